namespace ClipGen.Optimizers;

/// <summary>
/// A custom update rule: a struct whose method computes the new parameters and states for one vector of elements.
/// <see cref="Optimizer{TUpdate}"/> clips, traverses the model, keeps the states by path, and saves and loads them.
/// </summary>
/// <remarks>
/// <para>
/// The method is called for every vector of every buffer. Buffers of <see cref="float"/> and <see cref="double"/> are computed in their own
/// type, buffers of <see cref="Half"/> in <see cref="float"/>. Compute each element independently: the length of a vector depends on the
/// hardware, and the last vector of a buffer may be padded with zeros. Sums, products, quotients and square roots have the same bits on all
/// hardware; fused operations do not.
/// </para>
/// <para>
/// Convert coefficients with <see cref="UpdateStep{T}.Of(double)"/>. Anything that does not depend on the elements, even a power of the
/// step number, is then computed once per buffer. Mark the method with
/// <see cref="System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining"/>. Otherwise the JIT may call it for each vector and
/// compute the coefficients each time, which takes two to four times as long.
/// </para>
/// </remarks>
/// <example>
/// Lion (Chen et al. 2023):
/// <code>
/// public readonly struct Lion(double beta1, double beta2) : IUpdate
/// {
///     public static IReadOnlyList&lt;string&gt; StateNames =&gt; ["exp_avg"];
///
///     [MethodImpl(MethodImplOptions.AggressiveInlining)]
///     public void Update&lt;T&gt;(in UpdateStep&lt;T&gt; step, ref UpdateElements&lt;T&gt; elements)
///         where T : unmanaged
///     {
///         Vector&lt;T&gt; mixed = (step.Of(beta1) * elements.State0) + (step.Of(1 - beta1) * elements.Gradient);
///         elements.Parameter *= step.Of(1 - (step.LearningRate * step.WeightDecay));
///         elements.Parameter -= step.Of(step.LearningRate) * step.Sign(mixed);
///         elements.State0 = (step.Of(beta2) * elements.State0) + (step.Of(1 - beta2) * elements.Gradient);
///     }
/// }
/// </code>
/// </example>
public interface IUpdate
{
    /// <summary>
    /// The names under which the states are saved, such as <c>exp_avg</c>: one for each state that the rule keeps per parameter, at most
    /// three.
    /// </summary>
    static abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>Computes the new parameters and states of one vector of elements.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="step">The learning rate, the weight decay and the number of the step.</param>
    /// <param name="elements">
    /// The clipped gradient, and the parameter and the states, which the method replaces. States start as zeros.
    /// </param>
    void Update<T>(in UpdateStep<T> step, ref UpdateElements<T> elements)
        where T : unmanaged;
}
