using System.ComponentModel;

namespace ClipGen.Numerics;

/// <summary>An operation over the gradients of a model; see <see cref="IClipModel"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IModelOperation
{
    /// <summary>Runs the operation.</summary>
    /// <typeparam name="TSource">The type that passes the gradients.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The declared limits.</param>
    /// <param name="isUntied">Whether the compiler has verified that no two gradients share memory.</param>
    void Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied)
        where TSource : IGradientSource;
}
