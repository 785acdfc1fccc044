namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// One update rule over one vector of elements, for the loop in <see cref="UpdateLoop"/>. Its coefficients are fields, computed in
/// <see cref="double"/> and rounded once per buffer and step. Every element is computed alone, so the bits do not depend on the width of a
/// vector; products and sums are never fused.
/// </summary>
/// <typeparam name="TSelf">The kernel itself.</typeparam>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <typeparam name="TStep">What the coefficients come from.</typeparam>
internal interface IUpdateKernel<TSelf, T, TStep>
    where TSelf : struct, IUpdateKernel<TSelf, T, TStep>
    where T : unmanaged
    where TStep : struct
{
    /// <summary>The number of states: 0 to 3. Those beyond it hold nothing.</summary>
    static abstract int StateCount { get; }

    /// <summary>Whether the rule takes vectors of any width, not only <see cref="Lanes{T}"/>.</summary>
    static abstract bool TakesAnyWidth { get; }

    /// <summary>
    /// Computes the coefficients. The loop does it, because a kernel that is handed over goes through memory: that took 15 ns a buffer.
    /// </summary>
    static abstract TSelf Create(in TStep step);

    /// <summary>Computes the new parameters and states.</summary>
    void Update<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes state0, ref TLanes state1, ref TLanes state2)
        where TLanes : struct, ILanes<TLanes, T>;
}
