using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Limits;

/// <summary>Checks whether all gradients are the same as in the previous clip.</summary>
/// <param name="means">Their states, by ordinal.</param>
/// <param name="table">Tells which gradients belong to the rule.</param>
/// <param name="rule">The number of the rule.</param>
internal struct CheckMeans(AdaGCState.MeanNorm?[] means, BufferTable table, int rule) : IGradientOperation
{
    public static bool NeedsKeys => true;

    public static bool NeedsNames => true;

    internal bool AreAsBefore { get; private set; } = true;

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        AdaGCState.MeanNorm? mean = slot.Ordinal < means.Length ? means[slot.Ordinal] : null;
        if (table[slot.Ordinal].Rule == rule)
            AreAsBefore &= mean is not null && mean.Position == slot.Position && mean.Keys == slot.Keys;
        else
            AreAsBefore &= mean is null;
    }
}
