using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Norms;

/// <summary>
/// Sums the squares of a source that consists of unrolled groups and has no ties. It is only a number, so that the JIT keeps it in a
/// register.
/// </summary>
internal struct GroupSumVisitor : IGradientVisitor, IGroupSum
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
        Sum += Reduction.ReduceTree<T, SumOfSquares<T>>(squares);

    public readonly void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
        in ParameterOptions options = default) => throw new UnreachableException();

    public readonly void Enter(string name, string? group = null, string? parameter = null) => throw new UnreachableException();

    public readonly void EnterItem<TKey>(TKey key) => throw new UnreachableException();

    public readonly void Leave() => throw new UnreachableException();
}
