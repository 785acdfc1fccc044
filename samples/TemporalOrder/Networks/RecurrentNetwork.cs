using ClipGen;

namespace TemporalOrder.Networks;

/// <summary>
/// A recurrent network of 50 units with a softmax over four classes after the last symbol. The generator writes the clipping of all
/// gradients of cell and output, and the code that optimizers need.
/// </summary>
/// <remarks>
/// A gradient that holds a NaN or an infinity is reported and left unchanged, because the experiment counts such a run as diverged. Most
/// programs keep the default policy, which throws.
/// </remarks>
[ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Leave)]
public sealed partial class RecurrentNetwork
{
    private readonly ICell _cell;
    private readonly SoftmaxLayer _output = new();
    private readonly UnitSequence _stateErrors = new(1);

    /// <summary>Creates a network with all weights zero, for sequences of <paramref name="length"/> symbols.</summary>
    public RecurrentNetwork(CellKind cell, int length) => _cell = cell switch
    {
        CellKind.Rnn => new ElmanRnn(length),
        CellKind.Lstm => new Lstm(length),
        CellKind.Gru => new Gru(length),
        _ => throw new ArgumentOutOfRangeException(nameof(cell), cell, "There is no such cell."),
    };

    /// <summary>The recurrent part.</summary>
    public ICell Cell => _cell;

    /// <summary>The output layer.</summary>
    public SoftmaxLayer Output => _output;

    /// <summary>Runs the network over <paramref name="batch"/>.</summary>
    /// <returns>The mean cross-entropy of the predicted classes, in nats.</returns>
    public double Forward(SequenceBatch batch)
    {
        _cell.Forward(batch);
        return _output.Forward(_cell.FinalState, batch.Classes);
    }

    /// <summary>
    /// Runs the network over <paramref name="batch"/> and counts the sequences whose most probable class is the wrong one.
    /// </summary>
    public int CountErrors(SequenceBatch batch)
    {
        Forward(batch);
        return _output.CountErrors(batch.Classes);
    }

    /// <summary>
    /// Adds the gradients of the loss of the last <see cref="Forward"/>, which must have been over the same <paramref name="batch"/>,
    /// to the gradient buffers.
    /// </summary>
    [BackwardPass]
    public void Backward(SequenceBatch batch)
    {
        _output.Backward(_cell.FinalState, batch.Classes, _stateErrors[0]);
        _cell.Backward(batch, _stateErrors[0]);
    }
}
