using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Norms;

/// <summary>The sum of squares of one unrolled block without ties. It is a single field, so that the JIT keeps it in a register.</summary>
internal struct OneGroupSum : IGroupSum
{
    public double Sum;

    public readonly bool WatchesAddresses
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void MoveTo<T>(ref T first)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool TryTake<T>(ref T first, ref T last, int lastLength) => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<T>(Vector512<T> squares)
        where T : unmanaged, INumber<T> =>
        Sum = Reduction.ReduceTree<T, SumOfSquares<T>>(squares);
}
