using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Overlap;

namespace ClipGen.Numerics;

/// <summary>
/// The building blocks of unrolled generated code, which sums and scales neighbouring buffers of at most 256 elements with straight-line
/// vector code. The generated code first checks that the buffers have the lengths known at compile time. The methods here do not check them
/// again; call them only from generated code.
/// </summary>
/// <remarks>
/// Used only if 256-bit vectors are hardware-accelerated: the JIT then compiles each 512-bit operation to one or two instructions. With
/// less, it would emit calls.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Unrolled
{
    /// <summary>Passes a block of neighbouring buffers to an operation: unrolled if there is code for it, else one by one.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TGroup">The block.</typeparam>
    /// <typeparam name="TVisitor">The operation. The JIT selects the branch for it when it compiles the traversal.</typeparam>
    /// <param name="group">The buffers.</param>
    /// <param name="visitor">Receives the buffers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Visit<T, TGroup, TVisitor>(TGroup group, ref TVisitor visitor)
        where T : unmanaged, INumber<T>
        where TGroup : struct, IUnrolledGradients<T>
        where TVisitor : struct, IGradientVisitor
    {
        if (typeof(TVisitor) == typeof(GroupSumVisitor))
        {
            // If the call is not inlined, only this variable is in memory, so that the sums of different blocks do not depend on each
            // other.
            var sum = new OneGroupSum();
            group.TrySum(ref sum);
            Unsafe.As<TVisitor, GroupSumVisitor>(ref visitor).Sum.Add(sum.Sum);
        }
        else if (typeof(TVisitor) == typeof(GroupScaleVisitor))
        {
            group.TryScale(Unsafe.As<TVisitor, GroupScaleVisitor>(ref visitor).Get<T>());
        }
        else if (typeof(TVisitor) == typeof(EuclideanNormVisitor<NoAddresses>))
        {
            Sum<T, TGroup, NoAddresses>(group, ref Unsafe.As<TVisitor, EuclideanNormVisitor<NoAddresses>>(ref visitor));
        }
        else if (typeof(TVisitor) == typeof(EuclideanNormVisitor<DisjointRanges>))
        {
            Sum<T, TGroup, DisjointRanges>(group, ref Unsafe.As<TVisitor, EuclideanNormVisitor<DisjointRanges>>(ref visitor));
        }
        else if (typeof(TVisitor) == typeof(EuclideanNormVisitor<ExactTerms>))
        {
            Sum<T, TGroup, ExactTerms>(group, ref Unsafe.As<TVisitor, EuclideanNormVisitor<ExactTerms>>(ref visitor));
        }
        else if (!Vector256.IsHardwareAccelerated
            || typeof(TVisitor) != typeof(ScaleVisitor)
            || !Unsafe.As<TVisitor, ScaleVisitor>(ref visitor).Factor.TryGet(out T factor)
            || !group.TryScale(factor))
        {
            group.Visit(ref visitor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum<T, TGroup, TWatch>(TGroup group, ref EuclideanNormVisitor<TWatch> norm)
        where T : unmanaged, INumber<T>
        where TGroup : struct, IUnrolledGradients<T>
        where TWatch : struct, IAddressWatch
    {
        if (!Vector256.IsHardwareAccelerated || !group.TrySum(ref norm))
            SumOneByOne<T, TGroup, TWatch>(group, ref norm);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SumOneByOne<T, TGroup, TWatch>(TGroup group, ref EuclideanNormVisitor<TWatch> norm)
        where T : unmanaged, INumber<T>
        where TGroup : struct, IUnrolledGradients<T>
        where TWatch : struct, IAddressWatch
    {
        var lanes = new GroupLanesVisitor<T, TWatch>(norm);
        group.Visit(ref lanes);
        norm = lanes.End();
    }

    /// <summary>The first element of an array, which must not be null or empty. Nothing is checked.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="gradient">The array.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T First<T>(T[] gradient) => ref MemoryMarshal.GetArrayDataReference(gradient);

    /// <inheritdoc cref="First{T}(T[])"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T First<T>(Array gradient) => ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(gradient));

    /// <summary>
    /// True if <paramref name="first"/> starts at or after the end of <paramref name="other"/>, as consecutively allocated arrays do.
    /// </summary>
    /// <remarks>
    /// It takes two instructions per buffer: the unrolled code of eight buffers of 16 elements has time for about twelve in all.
    /// </remarks>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="first">The first element of the buffer.</param>
    /// <param name="other">The first element of the other buffer.</param>
    /// <param name="otherLength">The length of the other buffer, a constant.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBehind<T>(ref T first, ref T other, int otherLength) =>
        !Unsafe.IsAddressLessThan(ref first, ref Unsafe.Add(ref other, otherLength));

    /// <summary>The squares of a 512-bit vector of elements.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="first">The first element of the buffer.</param>
    /// <param name="start">The first of the elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Squares<T>(ref T first, int start)
    {
        Vector512<T> elements = Vector512.LoadUnsafe(ref first, (nuint)start);
        return elements * elements;
    }

    /// <summary>The squares of the elements after the last whole vector, each in the lane that it is added to.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="first">The first element of the buffer.</param>
    /// <param name="length">Its length, a constant.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> SquaresOfRest<T>(ref T first, int length)
        where T : unmanaged
    {
        Vector512<T> elements = PartialVector.LoadRest(ref first, (nuint)length);
        return elements * elements;
    }

    /// <summary>A 512-bit vector of elements, scaled.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="first">The first element of the buffer.</param>
    /// <param name="start">The first of the elements.</param>
    /// <param name="factor">The factor.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Scaled<T>(ref T first, int start, T factor) =>
        Vector512.LoadUnsafe(ref first, (nuint)start) * Vector512.Create(factor);

    /// <summary>Stores a 512-bit vector of elements.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="elements">The elements.</param>
    /// <param name="first">The first element of the buffer.</param>
    /// <param name="start">The position of the first of them in the buffer.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector512<T> elements, ref T first, int start) =>
        elements.StoreUnsafe(ref first, (nuint)start);

    /// <summary>Scales a 512-bit vector of elements in place.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="first">The first element of the buffer.</param>
    /// <param name="start">The first of the elements.</param>
    /// <param name="factor">The factor.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale<T>(ref T first, int start, T factor)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Store(Scaled(ref first, start, factor), ref first, start);
            return;
        }

        // The JIT would split a 512-bit operation in the same way. Written out, it needs no calls to inline, whose number per method is
        // limited.
        ref T low = ref Unsafe.Add(ref first, start);
        (Vector256.LoadUnsafe(ref low) * Vector256.Create(factor)).StoreUnsafe(ref low);
        ref T high = ref Unsafe.Add(ref low, Vector256<T>.Count);
        (Vector256.LoadUnsafe(ref high) * Vector256.Create(factor)).StoreUnsafe(ref high);
    }

    /// <summary>Scales a whole buffer of several vectors.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="first">The first element of the buffer.</param>
    /// <param name="length">Its length.</param>
    /// <param name="factor">The factor.</param>
    public static void ScaleMany<T>(ref T first, int length, T factor)
        where T : unmanaged, INumber<T> =>
        Transformation.Apply(ref first, (nuint)length, new Multiply<T>(factor));

    /// <summary>Scales a whole buffer that has fewer elements than a 512-bit vector.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="first">The first element of the buffer.</param>
    /// <param name="length">Its length, a constant.</param>
    /// <param name="factor">The factor.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleFew<T>(ref T first, int length, T factor)
        where T : unmanaged, INumber<T> =>
        Transformation.ApplyFew(ref first, (nuint)length, new Multiply<T>(factor));
}
