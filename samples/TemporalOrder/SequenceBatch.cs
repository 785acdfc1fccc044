namespace TemporalOrder;

/// <summary>
/// A batch of sequences of one length, with their classes. It is time-major, as a recurrent network reads it: the symbols of one time step
/// are consecutive.
/// </summary>
public sealed class SequenceBatch(int length)
{
    /// <summary>The number of sequences in every batch.</summary>
    public const int Size = 20;

    /// <summary>The number of time steps.</summary>
    public int Length { get; } = length;

    /// <summary>
    /// The symbol of sequence <c>b</c> at time <c>t</c>, an index into <see cref="TemporalOrderTask.Alphabet"/>, is at <c>t * Size + b</c>.
    /// </summary>
    public byte[] Symbols { get; } = new byte[length * Size];

    /// <summary>The class of each sequence, 0 to <see cref="TemporalOrderTask.Classes"/> − 1.</summary>
    public byte[] Classes { get; } = new byte[Size];
}
