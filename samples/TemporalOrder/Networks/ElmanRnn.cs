using ClipGen;

namespace TemporalOrder.Networks;

/// <summary>The cell of a simple recurrent network (Elman 1990): <c>h_t = tanh(Wx[symbol_t] + h_{t−1}·Wh + b)</c>.</summary>
[GradientSource]
public sealed partial class ElmanRnn(int length) : ICell
{
    // Their values are the states h_1 … h_T.
    private readonly RecurrentUnits _units = new(length);

    /// <inheritdoc/>
    public IReadOnlyList<RecurrentUnits> Parts => [_units];

    /// <inheritdoc/>
    public ReadOnlySpan<float> FinalState => _units.Values[length - 1];

    /// <inheritdoc/>
    public void Forward(SequenceBatch batch)
    {
        _units.StartForward(batch);
        for (int time = 0; time < length; time++)
        {
            if (time > 0) _units.AddState(time, _units.Values[time - 1]);

            BatchKernels.Tanh(_units.Values[time]);
        }
    }

    /// <inheritdoc/>
    public void Backward(SequenceBatch batch, Span<float> stateErrors)
    {
        _units.StartBackward();
        for (int time = length - 1; time >= 0; time--)
        {
            stateErrors.CopyTo(_units.Errors[time]);
            BatchKernels.MultiplyByTanhDerivative(_units.Values[time], _units.Errors[time]);
            stateErrors.Clear();
            if (time > 0) _units.AddStateErrors(time, stateErrors);
        }

        _units.AddGradients(batch, _units.Values.Times(0, length - 1));
    }
}
