using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Norms;

namespace ClipGen.Numerics.Buffers;

/// <summary>The measurements and the change of one unit of a buffer, such as a row of a matrix.</summary>
internal struct UnitEntry
{
    /// <summary>The norm of its gradient.</summary>
    internal ScaledNorm Gradient;

    /// <summary>The norm of its weights.</summary>
    internal double Weight;

    /// <summary>The factor of its gradient; 1 for no change.</summary>
    internal ScaleFactor Factor;
}
