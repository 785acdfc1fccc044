namespace ClipGen;

/// <summary>
/// A type that declares gradient buffers or holds other gradient sources. Implemented by generated code for every type with
/// <see cref="GradientAttribute"/> members; implement it by hand to bring a type of your own form into the models that hold it.
/// </summary>
/// <example>
/// <code>
/// public void VisitGradients&lt;TVisitor&gt;(ref TVisitor visitor) where TVisitor : struct, IGradientVisitor
/// {
///     visitor.Visit&lt;float&gt;("dW", _dW);
///     visitor.Enter("head");
///     _head.VisitGradients(ref visitor);
///     visitor.Leave();
/// }
/// </code>
/// </example>
public interface IGradientSource
{
    /// <summary>
    /// Hands every gradient buffer to <paramref name="visitor"/>, once, always in the same order. One clipping makes several such
    /// traversals, so the buffers must not change between them; allocate nothing here. Large gradients are visited by several threads at a
    /// time, see <see cref="Numerics.GradientThreads"/>: only read here.
    /// </summary>
    /// <typeparam name="TVisitor">The operation. A struct, so that the traversal is compiled for each operation on its own.</typeparam>
    /// <param name="visitor">Receives the buffers.</param>
    void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor;
}
