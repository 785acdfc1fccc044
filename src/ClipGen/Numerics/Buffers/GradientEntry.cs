using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Buffers;

/// <summary>What is known of one buffer, and what is to be done with it, between two traversals.</summary>
internal struct GradientEntry
{
    /// <summary>The rule of a buffer whose memory an earlier buffer covers.</summary>
    internal const int NoRule = -1;

    /// <summary>The buffer's first byte when <see cref="BufferTable"/> last looked.</summary>
    internal nuint Start;

    /// <summary>The byte behind its last one.</summary>
    internal nuint End;

    /// <summary>The position of its rule, or <see cref="NoRule"/>.</summary>
    internal int Rule;

    /// <summary>Whether an earlier buffer covers its memory.</summary>
    internal bool IsTied;

    /// <summary>Whether every process holds it.</summary>
    internal bool IsReplicated;

    /// <summary>Whether the next refinement is to take it.</summary>
    internal bool NeedsRefinement;

    /// <summary>Whether it is to be clamped to its rule's limit, and afterwards whether it was.</summary>
    internal bool Clamp;

    /// <summary>Whether it is to be scaled by <see cref="Factor"/>.</summary>
    internal bool Scale;

    /// <summary>The sum of its rule's norm, in the precision of its elements.</summary>
    internal double Sum;

    /// <summary>The largest magnitude, where measured: NaN if any element is.</summary>
    internal double Largest;

    /// <summary>Σ(|x|/<see cref="Largest"/>)^p, where refined.</summary>
    internal double ScaledSum;

    /// <summary>What to scale by. Where the buffer has units, each of them has a factor of its own.</summary>
    internal ScaleFactor Factor;

    /// <summary>The limit that a state has decided on for the buffer alone.</summary>
    internal double Limit;

    /// <summary>The position of its first unit in the buffer table's table.</summary>
    internal int FirstUnit;

    /// <summary>The number of its units; 0 where it is not divided.</summary>
    internal int UnitCount;

    /// <summary>The number of elements of each of them.</summary>
    internal int UnitLength;

    /// <summary>What keeps it from being divided.</summary>
    internal UnitProblem UnitProblem;

    /// <summary>A factor just below 1, so that a scaled unit is within its limit although its elements are rounded.</summary>
    internal double RoundingMargin;

    /// <summary>The norm of the unit that <see cref="Limit"/> is of.</summary>
    internal double Compared;
}
