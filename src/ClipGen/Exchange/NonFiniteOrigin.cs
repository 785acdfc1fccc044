using ClipGen.Numerics.Walking;

namespace ClipGen.Exchange;

/// <summary>
/// The origin of a NaN or an infinity in an averaged gradient. Every process holds the value after averaging. The clip that finds it names
/// the process that computed it.
/// </summary>
/// <param name="ordinal">The ordinal of the gradient.</param>
/// <param name="index">The index of the element in the gradient.</param>
/// <param name="rank">The rank of the process.</param>
internal sealed class NonFiniteOrigin(int ordinal, long index, long rank)
{
    // The origins of the last average of this thread.
    [ThreadStatic]
    private static List<NonFiniteOrigin>? _kept;

    private string? _name;

    /// <summary>Discards the origins of the last average.</summary>
    internal static void Clear() => _kept = null;

    /// <summary>Stores the origins of an average, by the names of the gradients.</summary>
    internal static void Keep(List<NonFiniteOrigin> found, GradientNames names)
    {
        foreach (NonFiniteOrigin origin in found)
            origin._name = names[origin.Ordinal];
        _kept = found;
    }

    /// <summary>The rank that the value came from, if the last average on this thread recorded it.</summary>
    internal static int? RankOf(string name, long index) =>
        (int?)_kept?.Find(origin => origin._name == name && origin.Index == index)?.Rank;

    private int Ordinal => ordinal;

    private long Index => index;

    private long Rank => rank;
}
