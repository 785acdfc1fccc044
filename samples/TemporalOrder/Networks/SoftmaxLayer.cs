using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ClipGen;

namespace TemporalOrder.Networks;

/// <summary>Four classes from a row of units, <c>logits = h·Wo + c</c>, with softmax and cross-entropy.</summary>
public sealed partial class SoftmaxLayer
{
    private const int Units = BatchKernels.Units;
    private const int RowLength = BatchKernels.RowLength;
    private const int Classes = TemporalOrderTask.Classes;

    [Parameter(Gradient = nameof(_dWo))]
    private readonly float[] _wo = new float[Units * Classes]; // [from unit, class]
    private readonly float[] _dWo = new float[Units * Classes];

    [Parameter(Gradient = nameof(_dBias), WeightDecay = false)]
    private readonly float[] _bias = new float[Classes];
    private readonly float[] _dBias = new float[Classes];

    // Stored by the forward pass for the backward pass.
    private readonly float[] _probabilities = new float[SequenceBatch.Size * Classes];

    /// <summary>Wo, one row of classes for each unit.</summary>
    public Span<float> Weights => _wo;

    /// <summary>
    /// Computes the probabilities of the classes. The largest logit is subtracted first, so that no exponential overflows.
    /// </summary>
    /// <returns>The mean cross-entropy, in nats.</returns>
    internal double Forward(ReadOnlySpan<float> state, ReadOnlySpan<byte> classes)
    {
        ReadOnlySpan<Vector128<float>> wo = MemoryMarshal.Cast<float, Vector128<float>>(_wo);
        Span<double> exponentials = stackalloc double[Classes];
        double loss = 0;
        for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
        {
            ReadOnlySpan<float> hidden = state.Slice(sequence * RowLength, Units);
            Vector128<float> logits = Vector128.Create(_bias);
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

    /// <summary>How many sequences have another class than the most probable one.</summary>
    internal int CountErrors(ReadOnlySpan<byte> classes)
    {
        int errors = 0;
        for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
        {
            ReadOnlySpan<float> probabilities = _probabilities.AsSpan(sequence * Classes, Classes);
            float right = probabilities[classes[sequence]];
            int atLeastAsProbable = 0;
            foreach (float probability in probabilities)
            {
                if (probability >= right) atLeastAsProbable++;
            }

            // The count is 1 if the answer is right: the class itself. It is 0 if the network has diverged to NaN.
            if (atLeastAsProbable != 1) errors++;
        }

        return errors;
    }

    /// <summary>
    /// Adds the gradients, and sets the derivatives of the loss by the state: <c>d loss / d logits = (p − target) / batch</c>.
    /// </summary>
    internal void Backward(ReadOnlySpan<float> state, ReadOnlySpan<byte> classes, Span<float> stateErrors)
    {
        ReadOnlySpan<Vector128<float>> wo = MemoryMarshal.Cast<float, Vector128<float>>(_wo);
        Span<Vector128<float>> dWo = MemoryMarshal.Cast<float, Vector128<float>>(_dWo.AsSpan());
        for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
        {
            Vector128<float> logitErrors = Vector128.Create(_probabilities, sequence * Classes);
            logitErrors = logitErrors.WithElement(classes[sequence], logitErrors[classes[sequence]] - 1) / SequenceBatch.Size;
            (Vector128.Create(_dBias) + logitErrors).CopyTo(_dBias);

            ReadOnlySpan<float> hidden = state.Slice(sequence * RowLength, Units);
            Span<float> hiddenErrors = stateErrors.Slice(sequence * RowLength, Units);
            for (int unit = 0; unit < hidden.Length; unit++)
            {
                dWo[unit] += hidden[unit] * logitErrors;
                Vector128<float> shares = wo[unit] * logitErrors;
                hiddenErrors[unit] = (shares[0] + shares[1]) + (shares[2] + shares[3]);
            }
        }
    }
}
