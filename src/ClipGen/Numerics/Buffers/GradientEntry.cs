using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Buffers;

/// <summary>The measurements and the change of one buffer, between two traversals.</summary>
internal struct GradientEntry
{
    /// <summary>The rule of a buffer whose memory an earlier buffer covers.</summary>
    internal const int NoRule = -1;

    /// <summary>The address of the first byte, at the last reading.</summary>
    internal nuint Start;

    /// <summary>The address after the last byte.</summary>
    internal nuint End;

    /// <summary>The position of its rule, or <see cref="NoRule"/>.</summary>
    internal int Rule;

    /// <summary>Whether an earlier buffer covers its memory.</summary>
    internal bool IsTied;

    /// <summary>Whether every process holds the buffer.</summary>
    internal bool IsReplicated;

    /// <summary>Whether the next refinement must include the buffer.</summary>
    internal bool NeedsRefinement;

    /// <summary>Whether to clamp the buffer to its rule's limit; afterwards, whether it was clamped.</summary>
    internal bool Clamp;

    /// <summary>Whether to scale the buffer by <see cref="Factor"/>.</summary>
    internal bool Scale;

    /// <summary>The sum for the norm of its rule, in the precision of its elements.</summary>
    internal double Sum;

    /// <summary>The largest magnitude, if measured; NaN if any element is NaN.</summary>
    internal double Largest;

    /// <summary>Σ(|x|/<see cref="Largest"/>)^p, if refined.</summary>
    internal double ScaledSum;

    /// <summary>The factor to scale by. If the buffer has units, each unit has its own factor, and this is the smallest.</summary>
    internal ScaleFactor Factor;

    /// <summary>The limit that an adaptive limit has chosen for this buffer alone.</summary>
    internal double Limit;

    /// <summary>The position of its first unit in the unit table of the buffer table.</summary>
    internal int FirstUnit;

    /// <summary>The number of its units; 0 if it is not divided into units.</summary>
    internal int UnitCount;

    /// <summary>The number of elements of each unit.</summary>
    internal int UnitLength;

    /// <summary>Whether the step decides the factors of the units (<see cref="OpenUnits"/>).</summary>
    internal bool IsOpen;

    /// <summary>The reason why the buffer cannot be divided into units.</summary>
    internal UnitProblem UnitProblem;

    /// <summary>A factor just below 1 that keeps a scaled unit within its limit although its elements are rounded.</summary>
    internal double RoundingMargin;

    /// <summary>The norm of the unit that <see cref="Limit"/> belongs to.</summary>
    internal double Compared;
}
