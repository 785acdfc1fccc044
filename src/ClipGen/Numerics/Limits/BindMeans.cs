using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Limits;

/// <summary>Finds the state of each gradient by its path.</summary>
/// <param name="byPath">The known states.</param>
/// <param name="names">The paths.</param>
/// <param name="byOrdinal">Receives the states, by the ordinal of the gradient.</param>
/// <param name="table">Tells which gradients belong to the rule.</param>
/// <param name="rule">The number of the rule.</param>
internal readonly struct BindMeans(
    Dictionary<string, AdaGCState.MeanNorm> byPath, GradientNames names, AdaGCState.MeanNorm?[] byOrdinal, BufferTable table, int rule)
    : IGradientOperation
{
    public static bool NeedsKeys => true;

    public static bool NeedsNames => true;

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        if (table[slot.Ordinal].Rule != rule)
            return;
        string path = names[slot.Ordinal];
        if (!byPath.TryGetValue(path, out AdaGCState.MeanNorm? mean))
            byPath.Add(path, mean = new AdaGCState.MeanNorm());
        mean.Position = slot.Position;
        mean.Keys = slot.Keys;
        byOrdinal[slot.Ordinal] = mean;
    }
}
