using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Ledgers;

/// <summary>What is known of one buffer, and what is to be done with it, between two traversals.</summary>
internal struct GradientEntry
{
    /// <summary>The rule of a buffer whose memory an earlier buffer covers.</summary>
    internal const int NoRule = -1;

    /// <summary>The buffer's first byte when <see cref="GradientLedger"/> last looked.</summary>
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

    /// <summary>What to scale by.</summary>
    internal ScaleFactor Factor;
}
