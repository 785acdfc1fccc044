using System.ComponentModel;

namespace ClipGen.Numerics;

/// <summary>
/// A model that allocates every one of its gradients itself, where its fields are declared, and never replaces one. Generated code
/// implements it, because the compiler sees that; do not implement it yourself. Where two gradients shared memory all the same, their
/// elements would count twice.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IUntiedSource : IGradientSource
{
    /// <summary>Whether the object is of the type that the compiler saw, and not of one derived from it.</summary>
    bool IsUntied { get; }

    /// <summary>Whether all gradients are in groups of unrolled code. A constant.</summary>
    bool IsUnrolled { get; }
}
