using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Norms;

namespace ClipGen.Numerics.Buffers;

/// <summary>What is known of one unit of a buffer, such as a row of a matrix, and what is to be done with it.</summary>
internal struct UnitEntry
{
    /// <summary>The norm of its gradient.</summary>
    internal ScaledNorm Gradient;

    /// <summary>The norm of its weights.</summary>
    internal double Weight;

    /// <summary>What to scale its gradient by; 1 for nothing.</summary>
    internal ScaleFactor Factor;
}
