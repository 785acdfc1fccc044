using System.Runtime.Intrinsics;
using ClipGen;

namespace TemporalOrder.Networks;

/// <summary>
/// The cell of a network with long short-term memory and forget gates (Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins
/// 2000):
/// <c>c_t = f ⊙ c_{t−1} + i ⊙ g</c>, <c>h_t = o ⊙ tanh(c_t)</c>, where the gates <c>i, f, o = σ(…)</c> and the candidate <c>g = tanh(…)</c>
/// read the symbol and <c>h_{t−1}</c>. The biases of the forget gate begin at 1, so that the cell remembers at first.
/// </summary>
[GradientSource]
public sealed partial class Lstm : ICell
{
    private readonly RecurrentUnits _input;
    private readonly RecurrentUnits _forget;
    private readonly RecurrentUnits _output;
    private readonly RecurrentUnits _candidate;

    private readonly int _length;
    private readonly UnitSequence _memory;               // c_0 … c_T
    private readonly UnitSequence _squashed;             // tanh(c_1) … tanh(c_T)
    private readonly UnitSequence _states;               // h_0 … h_T
    private readonly UnitSequence _memoryErrors = new(1);

    /// <summary>Creates a cell with all weights zero, for sequences of <paramref name="length"/> symbols.</summary>
    public Lstm(int length)
    {
        _length = length;
        _input = new RecurrentUnits(length);
        _forget = new RecurrentUnits(length);
        _output = new RecurrentUnits(length);
        _candidate = new RecurrentUnits(length);
        _memory = new UnitSequence(length + 1);
        _squashed = new UnitSequence(length);
        _states = new UnitSequence(length + 1);
        _forget.Biases.Fill(1);
    }

    /// <inheritdoc/>
    public IReadOnlyList<RecurrentUnits> Parts => [_input, _forget, _output, _candidate];

    /// <inheritdoc/>
    public ReadOnlySpan<float> FinalState => _states[_length];

    /// <inheritdoc/>
    public void Forward(SequenceBatch batch)
    {
        IReadOnlyList<RecurrentUnits> parts = Parts;
        foreach (RecurrentUnits part in parts) part.StartForward(batch);

        for (int time = 0; time < _length; time++)
        {
            foreach (RecurrentUnits part in parts)
            {
                if (time > 0) part.AddState(time, _states[time]);
            }

            BatchKernels.Sigmoid(_input.Values[time]);
            BatchKernels.Sigmoid(_forget.Values[time]);
            BatchKernels.Sigmoid(_output.Values[time]);
            BatchKernels.Tanh(_candidate.Values[time]);
            Remember(time);
            _memory[time + 1].CopyTo(_squashed[time]);
            BatchKernels.Tanh(_squashed[time]);
            Reveal(time);
        }
    }

    /// <inheritdoc/>
    public void Backward(SequenceBatch batch, Span<float> stateErrors)
    {
        IReadOnlyList<RecurrentUnits> parts = Parts;
        foreach (RecurrentUnits part in parts) part.StartBackward();

        _memoryErrors[0].Clear();
        for (int time = _length - 1; time >= 0; time--)
        {
            ComputeErrors(time, stateErrors);
            stateErrors.Clear();
            foreach (RecurrentUnits part in parts)
            {
                if (time > 0) part.AddStateErrors(time, stateErrors);
            }
        }

        foreach (RecurrentUnits part in parts) part.AddGradients(batch, _states.Times(1, _length - 1));
    }

    // c_t = f ⊙ c_{t−1} + i ⊙ g
    private void Remember(int time)
    {
        Span<Vector512<float>> before = BatchKernels.Vectors(_memory[time]), after = BatchKernels.Vectors(_memory[time + 1]);
        Span<Vector512<float>> i = BatchKernels.Vectors(_input.Values[time]), f = BatchKernels.Vectors(_forget.Values[time]);
        Span<Vector512<float>> g = BatchKernels.Vectors(_candidate.Values[time]);
        for (int n = 0; n < after.Length; n++) after[n] = f[n] * before[n] + i[n] * g[n];
    }

    // h_t = o ⊙ tanh(c_t)
    private void Reveal(int time)
    {
        Span<Vector512<float>> state = BatchKernels.Vectors(_states[time + 1]), squashed = BatchKernels.Vectors(_squashed[time]);
        Span<Vector512<float>> o = BatchKernels.Vectors(_output.Values[time]);
        for (int n = 0; n < state.Length; n++) state[n] = o[n] * squashed[n];
    }

    // σ' = σ(1 − σ) and tanh' = 1 − tanh². The errors of the memory go on to the time before through the forget gate.
    private void ComputeErrors(int time, Span<float> stateErrors)
    {
        Span<Vector512<float>> i = BatchKernels.Vectors(_input.Values[time]), inputErrors = BatchKernels.Vectors(_input.Errors[time]);
        Span<Vector512<float>> f = BatchKernels.Vectors(_forget.Values[time]), forgetErrors = BatchKernels.Vectors(_forget.Errors[time]);
        Span<Vector512<float>> o = BatchKernels.Vectors(_output.Values[time]), outputErrors = BatchKernels.Vectors(_output.Errors[time]);
        Span<Vector512<float>> g = BatchKernels.Vectors(_candidate.Values[time]),
            candidateErrors = BatchKernels.Vectors(_candidate.Errors[time]);
        Span<Vector512<float>> before = BatchKernels.Vectors(_memory[time]), squashed = BatchKernels.Vectors(_squashed[time]);
        Span<Vector512<float>> memoryErrors = BatchKernels.Vectors(_memoryErrors[0]), state = BatchKernels.Vectors(stateErrors);
        Vector512<float> one = Vector512<float>.One;
        for (int n = 0; n < state.Length; n++)
        {
            Vector512<float> memory = memoryErrors[n] + state[n] * o[n] * (one - squashed[n] * squashed[n]);
            outputErrors[n] = state[n] * squashed[n] * (o[n] * (one - o[n]));
            inputErrors[n] = memory * g[n] * (i[n] * (one - i[n]));
            forgetErrors[n] = memory * before[n] * (f[n] * (one - f[n]));
            candidateErrors[n] = memory * i[n] * (one - g[n] * g[n]);
            memoryErrors[n] = memory * f[n];
        }
    }
}
