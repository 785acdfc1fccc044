namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// One update rule over one vector of elements, for the loop in <see cref="UpdateLoop"/>. Its coefficients are fields, computed in
/// <see cref="double"/> and rounded once per buffer and step. Each element is computed independently, and products and sums are never
/// fused, so that the bits do not depend on the vector width.
/// </summary>
/// <typeparam name="TSelf">The kernel itself.</typeparam>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="TStep">The options that the coefficients are computed from.</typeparam>
internal interface IUpdateKernel<TSelf, T, TStep>
    where TSelf : struct, IUpdateKernel<TSelf, T, TStep>
    where T : unmanaged
    where TStep : struct
{
    /// <summary>The number of states: 0 to 3. The remaining state arguments are unused.</summary>
    static abstract int StateCount { get; }

    /// <summary>Whether the rule supports vectors of any width, not only <see cref="Lanes{T}"/>.</summary>
    static abstract bool TakesAnyWidth { get; }

    /// <summary>
    /// Computes the coefficients. The loop calls this method, because passing a kernel goes through memory, which took 15 ns per buffer.
    /// </summary>
    static abstract TSelf Create(in TStep step);

    /// <summary>Computes the new parameters and states.</summary>
    void Update<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes state0, ref TLanes state1, ref TLanes state2)
        where TLanes : struct, ILanes<TLanes, T>;
}
