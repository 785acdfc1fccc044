using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ClipGen;

namespace TemporalOrder;

/// <summary>
/// A simple recurrent network (Elman 1990) of 50 tanh units with a softmax over four classes after the last symbol, and its hand-written
/// backpropagation through time. The clipping over its five gradients is written by the compiler.
/// </summary>
/// <remarks>
/// <c>h_t = tanh(Wx[symbol_t] + h_{t−1}·Wh + b)</c>, <c>h_0 = 0</c>; <c>logits = h_T·Wo + c</c>. Inputs are one-hot, so their product with Wx is a row of it.
/// <para>
/// A gradient that holds a NaN or an infinity is reported and left as it is, because the experiment counts such a run as diverged. A program
/// that expects none keeps the default, which throws.
/// </para>
/// </remarks>
[ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Leave)]
public sealed partial class ElmanRnn
{
    /// <summary>The number of hidden units.</summary>
    public const int Units = BatchKernels.Units;

    /// <summary>The length of a row of hidden units in memory: <see cref="Units"/> and zeros up to a whole number of vectors.</summary>
    public const int RowLength = BatchKernels.RowLength;

    private const int Classes = TemporalOrderTask.Classes;
    private const int BatchRows = SequenceBatch.Size * RowLength;

    [Parameter(Gradient = nameof(_dWx))]
    private readonly float[] _wx = new float[6 * RowLength];     // [symbol, to unit]
    private readonly float[] _dWx = new float[6 * RowLength];

    [Parameter(Gradient = nameof(_dWh))]
    private readonly float[] _wh = new float[Units * RowLength]; // [from unit, to unit]
    private readonly float[] _dWh = new float[Units * RowLength];

    [Parameter(Gradient = nameof(_dBias))]
    private readonly float[] _bias = new float[RowLength];
    private readonly float[] _dBias = new float[RowLength];

    [Parameter(Gradient = nameof(_dWo))]
    private readonly float[] _wo = new float[Units * Classes];   // [from unit, class]
    private readonly float[] _dWo = new float[Units * Classes];

    [Parameter(Gradient = nameof(_dOutputBias))]
    private readonly float[] _outputBias = new float[Classes];
    private readonly float[] _dOutputBias = new float[Classes];

    // What the forward pass leaves for the backward pass. Rows of hidden units, time-major as in the batch.
    private readonly int _length;
    private readonly float[] _hidden;                            // h_1 … h_T: [time, sequence, unit]
    private readonly float[] _probabilities = new float[SequenceBatch.Size * Classes];

    // Scratch: errors are gradients of the loss by the sum that enters a tanh, [time, sequence, unit].
    private readonly float[] _errors;

    // Per symbol: forward Wx[symbol] + b, backward the sum of the errors at all its places.
    private readonly float[] _inputRows = new float[6 * RowLength];
    private readonly float[] _whTransposed = new float[Units * RowLength];

    /// <summary>Creates a network with all weights zero, for sequences of <paramref name="length"/> symbols.</summary>
    public ElmanRnn(int length)
    {
        _length = length;
        _hidden = new float[length * BatchRows];
        _errors = new float[length * BatchRows];
        Parameters =
        [
            new(_wx, _dWx),
            new(_wh, _dWh),
            new(_bias, _dBias),
            new(_wo, _dWo),
            new(_outputBias, _dOutputBias),
        ];
    }

    /// <summary>All weights with their gradients, for the optimizer.</summary>
    public IReadOnlyList<TrainableParameter> Parameters { get; }

    /// <summary>Wx, one row of units for each symbol.</summary>
    public Span<float> InputWeights => _wx;

    /// <summary>Wh, one row of units for each unit.</summary>
    public Span<float> RecurrentWeights => _wh;

    /// <summary>Wo, one row of classes for each unit.</summary>
    public Span<float> OutputWeights => _wo;

    /// <summary>Runs the network over <paramref name="batch"/>.</summary>
    /// <returns>The mean cross-entropy of the predicted classes, in nats.</returns>
    public double Forward(SequenceBatch batch)
    {
        RunHiddenLayer(batch);
        return RunOutputLayer(batch.Classes);
    }

    /// <summary>Runs the network over <paramref name="batch"/> and counts the sequences whose most probable class is the wrong one.</summary>
    public int CountErrors(SequenceBatch batch)
    {
        Forward(batch);
        int errors = 0;
        for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
        {
            ReadOnlySpan<float> probabilities = _probabilities.AsSpan(sequence * Classes, Classes);
            float right = probabilities[batch.Classes[sequence]];
            int atLeastAsProbable = 0;
            foreach (float probability in probabilities)
            {
                if (probability >= right) atLeastAsProbable++;
            }

            // Exactly one class, itself, when the answer is right; none when the network has diverged to NaN.
            if (atLeastAsProbable != 1) errors++;
        }

        return errors;
    }

    /// <summary>
    /// Adds the gradients of the loss of the last <see cref="Forward"/>, which must have been over the same <paramref name="batch"/>,
    /// to the gradient buffers.
    /// </summary>
    [BackwardPass]
    public void Backward(SequenceBatch batch)
    {
        BackwardThroughOutputLayer(batch.Classes);
        BackwardThroughTime();

        // h_{t−1} meets the error at t: the same rows, one time step apart.
        BatchKernels.AddTransposedProduct(
            _hidden.AsSpan(0, (_length - 1) * BatchRows),
            _errors.AsSpan(BatchRows),
            _dWh);

        // A one-hot input passes the error to the row of its symbol; the bias, which every symbol passes through, gets it from all of them.
        _inputRows.AsSpan().Clear();
        for (int row = 0; row < batch.Symbols.Length; row++)
        {
            BatchKernels.AddRow(Row(_errors, row), Row(_inputRows, batch.Symbols[row]));
        }

        for (int symbol = 0; symbol < TemporalOrderTask.Alphabet.Length; symbol++)
        {
            BatchKernels.AddRow(Row(_inputRows, symbol), Row(_dWx, symbol));
            BatchKernels.AddRow(Row(_inputRows, symbol), _dBias);
        }
    }

    private void RunHiddenLayer(SequenceBatch batch)
    {
        for (int symbol = 0; symbol < TemporalOrderTask.Alphabet.Length; symbol++)
        {
            Span<float> sum = Row(_inputRows, symbol);
            _bias.CopyTo(sum);
            BatchKernels.AddRow(Row(_wx, symbol), sum);
        }

        for (int row = 0; row < batch.Symbols.Length; row++)
        {
            Row(_inputRows, batch.Symbols[row]).CopyTo(Row(_hidden, row));
        }

        for (int time = 0; time < _length; time++)
        {
            Span<float> hidden = _hidden.AsSpan(time * BatchRows, BatchRows);
            if (time > 0)
            {
                BatchKernels.AddProduct(_hidden.AsSpan((time - 1) * BatchRows, BatchRows), _wh, hidden);
            }

            BatchKernels.Tanh(hidden);
        }
    }

    // Softmax and cross-entropy; the largest logit is taken out first, so that no exponential overflows.
    private double RunOutputLayer(ReadOnlySpan<byte> classes)
    {
        ReadOnlySpan<float> last = _hidden.AsSpan((_length - 1) * BatchRows);
        ReadOnlySpan<Vector128<float>> wo = MemoryMarshal.Cast<float, Vector128<float>>(_wo);
        Span<double> exponentials = stackalloc double[Classes];
        double loss = 0;
        for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
        {
            ReadOnlySpan<float> hidden = last.Slice(sequence * RowLength, Units);
            Vector128<float> logits = Vector128.Create(_outputBias);
            for (int unit = 0; unit < hidden.Length; unit++)
            {
                logits = Vector128.FusedMultiplyAdd(Vector128.Create(hidden[unit]), wo[unit], logits);
            }

            double largest = Math.Max(Math.Max(logits[0], logits[1]), Math.Max(logits[2], logits[3]));
            double sum = 0;
            for (int c = 0; c < Classes; c++)
            {
                exponentials[c] = Math.Exp(logits[c] - largest);
                sum += exponentials[c];
            }

            for (int c = 0; c < Classes; c++)
            {
                _probabilities[sequence * Classes + c] = (float)(exponentials[c] / sum);
            }

            loss += Math.Log(sum) - (logits[classes[sequence]] - largest);
        }

        return loss / SequenceBatch.Size;
    }

    // d loss / d logits = (p − target) / batch.
    private void BackwardThroughOutputLayer(ReadOnlySpan<byte> classes)
    {
        ReadOnlySpan<float> last = _hidden.AsSpan((_length - 1) * BatchRows);
        Span<float> lastErrors = _errors.AsSpan((_length - 1) * BatchRows);
        ReadOnlySpan<Vector128<float>> wo = MemoryMarshal.Cast<float, Vector128<float>>(_wo);
        Span<Vector128<float>> dWo = MemoryMarshal.Cast<float, Vector128<float>>(_dWo.AsSpan());
        for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
        {
            Vector128<float> logitErrors = Vector128.Create(_probabilities, sequence * Classes);
            logitErrors = logitErrors.WithElement(classes[sequence], logitErrors[classes[sequence]] - 1) / SequenceBatch.Size;
            (Vector128.Create(_dOutputBias) + logitErrors).CopyTo(_dOutputBias);

            ReadOnlySpan<float> hidden = last.Slice(sequence * RowLength, Units);
            Span<float> hiddenErrors = lastErrors.Slice(sequence * RowLength, Units);
            for (int unit = 0; unit < hidden.Length; unit++)
            {
                dWo[unit] += hidden[unit] * logitErrors;
                Vector128<float> shares = wo[unit] * logitErrors;
                hiddenErrors[unit] = (shares[0] + shares[1]) + (shares[2] + shares[3]);
            }
        }
    }

    private void BackwardThroughTime()
    {
        for (int from = 0; from < Units; from++)
        {
            for (int to = 0; to < Units; to++)
            {
                _whTransposed[to * RowLength + from] = _wh[from * RowLength + to];
            }
        }

        // The loss reads the last time step alone; earlier ones get their errors from the step after them.
        _errors.AsSpan(0, (_length - 1) * BatchRows).Clear();
        for (int time = _length - 1; time >= 0; time--)
        {
            Span<float> errors = _errors.AsSpan(time * BatchRows, BatchRows);
            if (time < _length - 1)
            {
                BatchKernels.AddProduct(_errors.AsSpan((time + 1) * BatchRows, BatchRows), _whTransposed, errors);
            }

            BatchKernels.MultiplyByTanhDerivative(_hidden.AsSpan(time * BatchRows, BatchRows), errors);
        }
    }

    private static Span<float> Row(float[] matrix, int row) => matrix.AsSpan(row * RowLength, RowLength);
}
