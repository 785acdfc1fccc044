using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>A change of a gradient in registers.</summary>
internal interface IGradientChange<T>
    where T : unmanaged
{
    /// <summary>The changed elements.</summary>
    TLanes Apply<TLanes>(TLanes gradient)
        where TLanes : struct, ILanes<TLanes, T>;
}

/// <summary>x·factor. A factor of 1 keeps every bit. Memory limits the loop, not the product, so there is no loop without it.</summary>
internal readonly struct Scaled<T>(T factor) : IGradientChange<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Apply<TLanes>(TLanes gradient)
        where TLanes : struct, ILanes<TLanes, T> =>
        gradient * factor;
}

/// <summary>x·factor, then the nearest of [−limit, limit]. NaN stays NaN, because comparisons with NaN are false.</summary>
internal readonly struct Clamped<T>(T factor, T limit) : IGradientChange<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Apply<TLanes>(TLanes gradient)
        where TLanes : struct, ILanes<TLanes, T> =>
        TLanes.Clamp(gradient * factor, limit);
}
