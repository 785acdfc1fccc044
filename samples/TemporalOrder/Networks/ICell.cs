using ClipGen;

namespace TemporalOrder.Networks;

/// <summary>
/// The recurrent part of a network, with its hand-written backpropagation through time. The state before the first symbol is zero.
/// </summary>
public interface ICell : IGradientSource
{
    /// <summary>The units of the cell.</summary>
    IReadOnlyList<RecurrentUnits> Parts { get; }

    /// <summary>The state after the last symbol, a row of units for each sequence.</summary>
    ReadOnlySpan<float> FinalState { get; }

    /// <summary>Computes the states over <paramref name="batch"/>.</summary>
    void Forward(SequenceBatch batch);

    /// <summary>Adds the gradients of the loss of the last <see cref="Forward"/>, which must have been over the same batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stateErrors">The derivatives of the loss by the final state. They are overwritten.</param>
    [BackwardPass]
    void Backward(SequenceBatch batch, Span<float> stateErrors);
}
