using System.Runtime.Intrinsics;
using ClipGen;

namespace TemporalOrder.Networks;

/// <summary>
/// The cell of a network with gated recurrent units (Cho et al. 2014): <c>h_t = z ⊙ h_{t−1} + (1 − z) ⊙ n</c>, where the gates
/// <c>r, z = σ(…)</c> read the symbol and <c>h_{t−1}</c>, and the candidate <c>n = tanh(…)</c> reads the symbol and <c>r ⊙ h_{t−1}</c>.
/// </summary>
[GradientSource]
public sealed partial class Gru(int length) : ICell
{
    private readonly RecurrentUnits _reset = new(length);
    private readonly RecurrentUnits _update = new(length);
    private readonly RecurrentUnits _candidate = new(length);

    private readonly UnitSequence _states = new(length + 1);     // h_0 … h_T
    private readonly UnitSequence _gated = new(length);          // r ⊙ h_{t−1}
    private readonly UnitSequence _gatedErrors = new(1);

    /// <inheritdoc/>
    public IReadOnlyList<RecurrentUnits> Parts => [_reset, _update, _candidate];

    /// <inheritdoc/>
    public ReadOnlySpan<float> FinalState => _states[length];

    /// <inheritdoc/>
    public void Forward(SequenceBatch batch)
    {
        foreach (RecurrentUnits part in Parts) part.StartForward(batch);

        for (int time = 0; time < length; time++)
        {
            if (time > 0)
            {
                _reset.AddState(time, _states[time]);
                _update.AddState(time, _states[time]);
            }

            BatchKernels.Sigmoid(_reset.Values[time]);
            BatchKernels.Sigmoid(_update.Values[time]);
            Gate(time);
            if (time > 0) _candidate.AddState(time, _gated[time]);

            BatchKernels.Tanh(_candidate.Values[time]);
            Mix(time);
        }
    }

    /// <inheritdoc/>
    public void Backward(SequenceBatch batch, Span<float> stateErrors)
    {
        foreach (RecurrentUnits part in Parts) part.StartBackward();

        for (int time = length - 1; time >= 0; time--)
        {
            ComputeErrors(time, stateErrors);
            _gatedErrors[0].Clear();
            if (time > 0) _candidate.AddStateErrors(time, _gatedErrors[0]);

            ComputeResetErrors(time, stateErrors);
            if (time > 0)
            {
                _reset.AddStateErrors(time, stateErrors);
                _update.AddStateErrors(time, stateErrors);
            }
        }

        _reset.AddGradients(batch, _states.Times(1, length - 1));
        _update.AddGradients(batch, _states.Times(1, length - 1));
        _candidate.AddGradients(batch, _gated.Times(1, length - 1));
    }

    // r ⊙ h_{t−1}
    private void Gate(int time)
    {
        Span<Vector512<float>> gated = BatchKernels.Vectors(_gated[time]), before = BatchKernels.Vectors(_states[time]);
        Span<Vector512<float>> r = BatchKernels.Vectors(_reset.Values[time]);
        for (int i = 0; i < gated.Length; i++) gated[i] = r[i] * before[i];
    }

    // h_t = z ⊙ h_{t−1} + (1 − z) ⊙ n
    private void Mix(int time)
    {
        Span<Vector512<float>> before = BatchKernels.Vectors(_states[time]), after = BatchKernels.Vectors(_states[time + 1]);
        Span<Vector512<float>> z = BatchKernels.Vectors(_update.Values[time]), n = BatchKernels.Vectors(_candidate.Values[time]);
        for (int i = 0; i < after.Length; i++) after[i] = z[i] * before[i] + (Vector512<float>.One - z[i]) * n[i];
    }

    // The errors of candidate and update gate. Those of h_t become the part of the error of h_{t−1} that bypasses the candidate.
    private void ComputeErrors(int time, Span<float> stateErrors)
    {
        Span<Vector512<float>> z = BatchKernels.Vectors(_update.Values[time]), updateErrors = BatchKernels.Vectors(_update.Errors[time]);
        Span<Vector512<float>> n = BatchKernels.Vectors(_candidate.Values[time]),
            candidateErrors = BatchKernels.Vectors(_candidate.Errors[time]);
        Span<Vector512<float>> before = BatchKernels.Vectors(_states[time]), state = BatchKernels.Vectors(stateErrors);
        Vector512<float> one = Vector512<float>.One;
        for (int i = 0; i < state.Length; i++)
        {
            candidateErrors[i] = state[i] * (one - z[i]) * (one - n[i] * n[i]);
            updateErrors[i] = state[i] * (before[i] - n[i]) * (z[i] * (one - z[i]));
            state[i] *= z[i];
        }
    }

    // The errors of the reset gate, and the contribution to h_{t−1} through r ⊙ h_{t−1}.
    private void ComputeResetErrors(int time, Span<float> stateErrors)
    {
        Span<Vector512<float>> r = BatchKernels.Vectors(_reset.Values[time]), resetErrors = BatchKernels.Vectors(_reset.Errors[time]);
        Span<Vector512<float>> gatedErrors = BatchKernels.Vectors(_gatedErrors[0]), before = BatchKernels.Vectors(_states[time]);
        Span<Vector512<float>> state = BatchKernels.Vectors(stateErrors);
        for (int i = 0; i < state.Length; i++)
        {
            resetErrors[i] = gatedErrors[i] * before[i] * (r[i] * (Vector512<float>.One - r[i]));
            state[i] += gatedErrors[i] * r[i];
        }
    }
}
