using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Traversal;

namespace ClipGen.Numerics;

/// <summary>
/// What unrolled generated code is made of. Neighbouring buffers of at most 256 elements whose lengths the compiler saw are summed and scaled by
/// straight-line vector code, which makes sure first that they have these lengths. Nothing here checks them again; do not call it from other code.
/// </summary>
/// <remarks>Only where vectors of 256 bits are hardware: the JIT makes two of each 512-bit operation there, and calls of it on less.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Unrolled
{
    /// <summary>Hands a group of neighbouring buffers to an operation: unrolled where there is code for it, else one by one.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TGroup">The group.</typeparam>
    /// <typeparam name="TVisitor">The operation. Which one it is, is decided when a traversal is compiled.</typeparam>
    /// <param name="group">The buffers.</param>
    /// <param name="visitor">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Visit<T, TGroup, TVisitor>(TGroup group, ref TVisitor visitor)
        where T : unmanaged, INumber<T>
        where TGroup : struct, IUnrolledGradients<T>
        where TVisitor : struct, IGradientVisitor
    {
        if (typeof(TVisitor) == typeof(EuclideanNormVisitor))
        {
            ref EuclideanNormVisitor norm = ref Unsafe.As<TVisitor, EuclideanNormVisitor>(ref visitor);
            if (!Vector256.IsHardwareAccelerated || !group.TrySum(ref norm))
                SumOneByOne<T, TGroup>(group, ref norm);
        }
        else if (!Vector256.IsHardwareAccelerated
            || typeof(TVisitor) != typeof(ScaleVisitor)
            || !Unsafe.As<TVisitor, ScaleVisitor>(ref visitor).Factor.TryGet(out T factor)
            || !group.TryScale(factor))
        {
            group.Visit(ref visitor);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SumOneByOne<T, TGroup>(TGroup group, ref EuclideanNormVisitor norm)
        where T : unmanaged, INumber<T>
        where TGroup : struct, IUnrolledGradients<T>
    {
        var lanes = new GroupLanesVisitor<T>(norm);
        group.Visit(ref lanes);
        norm = lanes.End();
    }

    /// <summary>The squares of a 512-bit vector of elements.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="gradient">The buffer.</param>
    /// <param name="start">The first of the elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Squares<T>(Span<T> gradient, int start)
    {
        Vector512<T> elements = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(gradient), (nuint)start);
        return elements * elements;
    }

    /// <summary>The squares of the elements behind the last whole vector, each in the lane that the called form adds it to.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="gradient">The buffer.</param>
    /// <param name="length">Its length, a constant.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> SquaresOfRest<T>(Span<T> gradient, int length)
        where T : unmanaged
    {
        Vector512<T> elements = PartialVector.LoadRest(ref MemoryMarshal.GetReference(gradient), (nuint)length);
        return elements * elements;
    }

    /// <summary>A 512-bit vector of elements, scaled.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="gradient">The buffer.</param>
    /// <param name="start">The first of the elements.</param>
    /// <param name="factor">The factor.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Scaled<T>(Span<T> gradient, int start, T factor) =>
        Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(gradient), (nuint)start) * Vector512.Create(factor);

    /// <summary>Stores a 512-bit vector of elements.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="elements">The elements.</param>
    /// <param name="gradient">The buffer.</param>
    /// <param name="start">Where the first goes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector512<T> elements, Span<T> gradient, int start) =>
        elements.StoreUnsafe(ref MemoryMarshal.GetReference(gradient), (nuint)start);

    /// <summary>Scales a 512-bit vector of elements in place.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="gradient">The buffer.</param>
    /// <param name="start">The first of the elements.</param>
    /// <param name="factor">The factor.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale<T>(Span<T> gradient, int start, T factor)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Store(Scaled(gradient, start, factor), gradient, start);
            return;
        }

        // What the JIT would make of it; but these are no calls that it has to inline first, of which a method can have only so many.
        ref T first = ref Unsafe.Add(ref MemoryMarshal.GetReference(gradient), start);
        (Vector256.LoadUnsafe(ref first) * Vector256.Create(factor)).StoreUnsafe(ref first);
        ref T second = ref Unsafe.Add(ref first, Vector256<T>.Count);
        (Vector256.LoadUnsafe(ref second) * Vector256.Create(factor)).StoreUnsafe(ref second);
    }

    /// <summary>Scales a whole buffer of more than a few vectors.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="gradient">The buffer.</param>
    /// <param name="factor">The factor.</param>
    public static void ScaleMany<T>(Span<T> gradient, T factor)
        where T : unmanaged, INumber<T> =>
        Transformation.Apply(ref MemoryMarshal.GetReference(gradient), (nuint)gradient.Length, new Multiply<T>(factor));

    /// <summary>Scales a whole buffer that has fewer elements than a 512-bit vector.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="gradient">The buffer.</param>
    /// <param name="length">Its length, a constant.</param>
    /// <param name="factor">The factor.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleFew<T>(Span<T> gradient, int length, T factor)
        where T : unmanaged, INumber<T> =>
        Transformation.ApplyFew(ref MemoryMarshal.GetReference(gradient), (nuint)length, new Multiply<T>(factor));
}
