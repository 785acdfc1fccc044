using System.ComponentModel;

namespace ClipGen.Numerics;

/// <summary>
/// A model that allocates each of its gradients in a field initializer and never replaces one, so that no two gradients share memory.
/// Generated code implements the interface if the compiler can verify this; do not implement it yourself. If two gradients shared memory
/// nevertheless, their elements would count twice.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IUntiedSource : IGradientSource
{
    /// <summary>Whether the object is of exactly the type that was verified, and not of a derived one.</summary>
    bool IsUntied { get; }

    /// <summary>Whether all gradients are in blocks of unrolled code. A constant.</summary>
    bool IsUnrolled { get; }
}
