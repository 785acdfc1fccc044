using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ClipGen.Numerics;

namespace ClipGen.Torch.Numerics;

/// <summary>
/// The operations over bfloat16, the upper half of a <see cref="float"/>. Widening is exact. Squares are summed in <see cref="double"/>, where they neither
/// overflow nor underflow, in lanes that depend on an element's position alone: the same gradients give the same bits on every machine.
/// </summary>
internal static class BFloat16Elements
{
    private const int BlockLength = 2048;
    private const ushort SignMask = 0x7fff;
    private const ushort Infinity = 0x7f80;
    private const ushort LargestFinite = 0x7f7f;

    /// <summary>The limit as the type holds it, and no larger than its largest number: that too replaces infinities.</summary>
    internal static double RoundLimit(double limit) => Widen(Math.Min(Narrow((float)limit), LargestFinite));

    /// <summary>The norm of order <paramref name="order"/>.</summary>
    internal static double Norm(ReadOnlySpan<ushort> elements, double order)
    {
        if (double.IsPositiveInfinity(order))
            return Largest(elements, isNumber: false);
        return order switch
        {
            2 => Math.Sqrt(Sum<Squares>(elements)),
            1 => Sum<Magnitudes>(elements),
            _ => NormOfBlocks(elements, order),
        };
    }

    /// <summary>The largest magnitude: of all elements, NaN when any is; or of the elements that are numbers.</summary>
    internal static double Largest(ReadOnlySpan<ushort> elements, bool isNumber)
    {
        Vector512<ushort> lanes = Vector512<ushort>.Zero;
        int i = 0;
        for (; i <= elements.Length - Vector512<ushort>.Count; i += Vector512<ushort>.Count)
        {
            Vector512<ushort> bits = Vector512.Create(elements[i..]) & Vector512.Create(SignMask);
            if (isNumber)
                bits = Vector512.ConditionalSelect(Vector512.GreaterThan(bits, Vector512.Create(Infinity)), Vector512<ushort>.Zero, bits);
            lanes = Vector512.Max(lanes, bits);
        }

        // Without the sign, bits order as magnitudes do, and every NaN lies above infinity.
        ushort largest = 0;
        for (int lane = 0; lane < Vector512<ushort>.Count; lane++)
            largest = Math.Max(largest, lanes[lane]);
        foreach (ushort element in elements[i..])
        {
            ushort bits = (ushort)(element & SignMask);
            if (!isNumber || bits <= Infinity)
                largest = Math.Max(largest, bits);
        }

        return Widen(largest);
    }

    /// <summary>x ← x·factor.</summary>
    internal static void Scale(Span<ushort> elements, double factor) => Transform(elements, new Multiply((float)factor));

    /// <summary>x ← the nearest of [−limit, limit], where the limit is rounded to the type; NaN stays.</summary>
    internal static void Clamp(Span<ushort> elements, double limit) => Transform(elements, new Clip((float)RoundLimit(limit)));

    /// <summary>The first element that is NaN, or also infinite when <paramref name="infinityToo"/>; −1 when there is none.</summary>
    internal static int IndexOfNonFinite(ReadOnlySpan<ushort> elements, bool infinityToo, out double value)
    {
        for (int i = 0; i < elements.Length; i++)
        {
            value = Widen(elements[i]);
            if (infinityToo ? !double.IsFinite(value) : double.IsNaN(value))
                return i;
        }

        value = 0;
        return -1;
    }

    private static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static ushort Narrow(float value) => (ushort)Narrow(Vector512.Create(value))[0];

    // To the nearest, ties to even: the rounding carries into the upper half, and a NaN must not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Narrow(Vector512<float> values)
    {
        Vector512<uint> bits = values.AsUInt32();
        Vector512<uint> rounded = (bits + Vector512.Create(0x7fffu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        return Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create(0x7fc0u));
    }

    private static double Sum<TTerm>(ReadOnlySpan<ushort> elements)
        where TTerm : ITerm
    {
        Vector512<double> lanes0 = Vector512<double>.Zero;
        Vector512<double> lanes1 = Vector512<double>.Zero;
        Vector512<double> lanes2 = Vector512<double>.Zero;
        Vector512<double> lanes3 = Vector512<double>.Zero;
        ref ushort first = ref MemoryMarshal.GetReference(elements);
        int i = 0;
        for (; i <= elements.Length - Vector512<ushort>.Count; i += Vector512<ushort>.Count)
        {
            (Vector512<uint> lower, Vector512<uint> upper) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i));
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen((lower << 16).AsSingle());
            (Vector512<double> c, Vector512<double> d) = Vector512.Widen((upper << 16).AsSingle());
            lanes0 += TTerm.Of(a);
            lanes1 += TTerm.Of(b);
            lanes2 += TTerm.Of(c);
            lanes3 += TTerm.Of(d);
        }

        Vector512<double> lanes = (lanes0 + lanes1) + (lanes2 + lanes3);
        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
            sum += lanes[lane];
        foreach (ushort element in elements[i..])
            sum += TTerm.Of(Vector512.CreateScalar((double)Widen(element)))[0];
        return sum;
    }

    // Any other order: the norm of the norms of blocks, which the runtime computes over their float values.
    private static double NormOfBlocks(ReadOnlySpan<ushort> elements, double order)
    {
        float[] block = new float[Math.Min(elements.Length, BlockLength)];
        double[] norms = new double[((elements.Length - 1) / BlockLength) + 1];
        for (int i = 0; i < norms.Length; i++)
        {
            ReadOnlySpan<ushort> bits = elements.Slice(i * BlockLength, Math.Min(BlockLength, elements.Length - (i * BlockLength)));
            for (int j = 0; j < bits.Length; j++)
                block[j] = Widen(bits[j]);
            norms[i] = GradientOperations.Norm(new ArraySource<float>(block, bits.Length), order);
        }

        return GradientOperations.Norm(new ArraySource<double>(norms, norms.Length), order);
    }

    private static void Transform<TTransform>(Span<ushort> elements, TTransform transform)
        where TTransform : ITransform
    {
        ref ushort first = ref MemoryMarshal.GetReference(elements);
        int i = 0;
        for (; i <= elements.Length - Vector512<ushort>.Count; i += Vector512<ushort>.Count)
        {
            (Vector512<uint> lower, Vector512<uint> upper) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i));
            lower = Narrow(transform.Apply((lower << 16).AsSingle()));
            upper = Narrow(transform.Apply((upper << 16).AsSingle()));
            Vector512.Narrow(lower, upper).StoreUnsafe(ref first, (nuint)i);
        }

        for (; i < elements.Length; i++)
            elements[i] = (ushort)Narrow(transform.Apply(Vector512.Create(Widen(elements[i]))))[0];
    }

    private interface ITerm
    {
        static abstract Vector512<double> Of(Vector512<double> values);
    }

    private interface ITransform
    {
        Vector512<float> Apply(Vector512<float> values);
    }

    private readonly struct Squares : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(Vector512<double> values) => values * values;
    }

    private readonly struct Magnitudes : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(Vector512<double> values) => Vector512.Abs(values);
    }

    private readonly struct Multiply(float factor) : ITransform
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Apply(Vector512<float> values) => values * Vector512.Create(factor);
    }

    private readonly struct Clip(float limit) : ITransform
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Apply(Vector512<float> values)
        {
            Vector512<float> high = Vector512.Create(limit);
            Vector512<float> below = Vector512.ConditionalSelect(Vector512.GreaterThan(values, high), high, values);
            return Vector512.ConditionalSelect(Vector512.LessThan(values, -high), -high, below);
        }
    }

    private readonly struct ArraySource<T>(T[] elements, int length) : IGradientSource
    {
        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor =>
            visitor.Visit("", elements.AsSpan(0, length));
    }
}
