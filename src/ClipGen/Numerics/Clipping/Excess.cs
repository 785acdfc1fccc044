using ClipGen.Numerics.Buffers;

namespace ClipGen.Numerics.Clipping;

/// <summary>Collects what exceeded its limit, over all norms of one clip.</summary>
internal struct Excess()
{
    private double _least = 1;
    private bool _hasScaled;

    /// <summary>The smallest factor; NaN if one is NaN.</summary>
    internal double Scale { get; private set; } = 1;

    /// <summary>Whether anything exceeded its limit. NaN does not count.</summary>
    internal bool Clipped { get; private set; }

    /// <summary>The norm with the smallest factor, or the magnitude that exceeded a limit by value most.</summary>
    internal double Norm { get; private set; }

    /// <summary>The limit that it exceeded.</summary>
    internal double Limit { get; private set; }

    /// <summary>Adds a norm that is scaled.</summary>
    internal void AddScaled(double norm, double limit, double factor)
    {
        Scale = Math.Min(Scale, factor);
        if (double.IsNaN(factor))
            return;
        _hasScaled = true;
        Add(norm, limit, factor);
    }

    /// <summary>Adds what exceeded its limit in another process.</summary>
    internal void Merge(in Excess other)
    {
        Scale = Math.Min(Scale, other.Scale);
        if (!other.Clipped || (_hasScaled && !other._hasScaled))
            return;
        if (other._hasScaled && !_hasScaled)
            Clipped = false;
        _hasScaled |= other._hasScaled;
        Add(other.Norm, other.Limit, other._least);
    }

    /// <summary>Adds what was clamped. It counts only if no norm was scaled.</summary>
    internal void AddClamped(ReadOnlySpan<GradientEntry> entries, ReadOnlySpan<ClipRule> rules)
    {
        bool isScaled = Clipped;
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (!entry.Clamp)
                continue;
            Clipped = true;
            if (!isScaled)
                Add(entry.Largest, rules[entry.Rule].Limit, rules[entry.Rule].Limit / entry.Largest);
        }
    }

    /// <summary>Writes the values into the result of the clip.</summary>
    internal readonly ClipResult WriteTo(in ClipResult result) =>
        result with { Scale = Scale, Clipped = Clipped, ExceedingNorm = Norm, ExceededLimit = Limit };

    private void Add(double norm, double limit, double factor)
    {
        // Of equal factors, the one with the largest norm: whatever their order, and whatever process holds them.
        if (Clipped && !(factor < _least || (factor == _least && norm > Norm)))
            return;
        Clipped = true;
        _least = factor;
        Norm = norm;
        Limit = limit;
    }
}
