using ClipGen.Numerics.Walking;

namespace ClipGen.Exchange;

/// <summary>
/// Where the NaN or infinity in an averaged gradient came from. Every process holds it after averaging; the clip that finds it names the
/// process that computed it.
/// </summary>
/// <param name="ordinal">The gradient's number.</param>
/// <param name="index">The element's index there.</param>
/// <param name="rank">The process.</param>
internal sealed class NonFiniteOrigin(int ordinal, long index, long rank)
{
    // Of the last average of this thread.
    [ThreadStatic]
    private static List<NonFiniteOrigin>? _kept;

    private string? _name;

    /// <summary>Forgets the last average.</summary>
    internal static void Clear() => _kept = null;

    /// <summary>Remembers what an average has found, by the names of the gradients.</summary>
    internal static void Keep(List<NonFiniteOrigin> found, GradientNames names)
    {
        foreach (NonFiniteOrigin origin in found)
            origin._name = names[origin.Ordinal];
        _kept = found;
    }

    /// <summary>The process that the value came from, where the last average on this thread met it.</summary>
    internal static int? RankOf(string name, long index) =>
        (int?)_kept?.Find(origin => origin._name == name && origin.Index == index)?.Rank;

    private int Ordinal => ordinal;

    private long Index => index;

    private long Rank => rank;
}
