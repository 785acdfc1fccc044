namespace ClipGen;

/// <summary>
/// A type that declares gradient buffers or holds other gradient sources. Generated code implements it for every type with
/// <see cref="GradientAttribute"/> members. Implement it yourself for a type that stores its gradients in another form, so that models can
/// hold it.
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
    /// Passes every gradient buffer to <paramref name="visitor"/>, once, always in the same order. One clip makes several traversals, so
    /// the buffers must not change between them, and the method should not allocate. Several threads may traverse large gradients at the
    /// same time, so the method must only read; see <see cref="Numerics.GradientThreads"/>.
    /// </summary>
    /// <typeparam name="TVisitor">The operation. It is a struct, so that the JIT compiles the traversal for each operation.</typeparam>
    /// <param name="visitor">Receives the buffers.</param>
    void VisitGradients<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor;
}
