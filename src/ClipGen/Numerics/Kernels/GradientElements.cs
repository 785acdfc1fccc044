using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The kernels for a buffer of any supported element type. The JIT evaluates the type comparisons.
/// </summary>
internal static class GradientElements
{
    // 16-bit elements are widened in a buffer on the stack, because vectors of them have no arithmetic.
    private const int WidenedLength = Reduction.LongestBlock;

    /// <summary>Σx².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double SumOfSquares<T>(Span<T> gradient)
    {
        if (typeof(T) == typeof(float))
            return Reduction.Reduce<float, SumOfSquares<float>>(ref First<T, float>(gradient), (nuint)gradient.Length);
        if (typeof(T) == typeof(double))
            return Reduction.Reduce<double, SumOfSquares<double>>(ref First<T, double>(gradient), (nuint)gradient.Length);
        if (IsShort<T>())
            return ReduceWidened<T, SumOfSquares<float>>(gradient);
        throw Unsupported<T>();
    }

    /// <summary>Σx² of each unit of a gradient, with the bits of <see cref="SumOfSquares"/>.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="length">The number of elements of a unit.</param>
    /// <param name="sums">Receives the sum of each unit.</param>
    internal static void SumsOfSquares<T>(Span<T> gradient, int length, Span<double> sums)
    {
        if (typeof(T) == typeof(float))
        {
            Reduction.ReduceEach<float, SumOfSquares<float>>(ref First<T, float>(gradient), (nuint)length, sums);
            return;
        }

        for (int i = 0; i < sums.Length; i++)
            sums[i] = SumOfSquares(gradient.Slice(i * length, length));
    }

    /// <summary>Σ|x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double SumOfMagnitudes<T>(Span<T> gradient)
    {
        if (typeof(T) == typeof(float))
            return Reduction.Reduce<float, SumOfMagnitudes<float>>(ref First<T, float>(gradient), (nuint)gradient.Length);
        if (typeof(T) == typeof(double))
            return Reduction.Reduce<double, SumOfMagnitudes<double>>(ref First<T, double>(gradient), (nuint)gradient.Length);
        if (IsShort<T>())
            return ReduceWidened<T, SumOfMagnitudes<float>>(gradient);
        throw Unsupported<T>();
    }

    /// <summary>max|x|; NaN if any element is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double LargestMagnitude<T>(Span<T> gradient)
    {
        if (typeof(T) == typeof(float))
            return Reduction.Reduce<int, LargestMagnitude<int, float>>(ref First<T, int>(gradient), (nuint)gradient.Length);
        if (typeof(T) == typeof(double))
            return Reduction.Reduce<long, LargestMagnitude<long, double>>(ref First<T, long>(gradient), (nuint)gradient.Length);
        if (typeof(T) == typeof(Half))
            return Reduction.Reduce<short, LargestMagnitude<short, Half>>(ref First<T, short>(gradient), (nuint)gradient.Length);
        if (typeof(T) == typeof(BFloat16))
            return Reduction.Reduce<short, LargestMagnitude<short, BFloat16>>(ref First<T, short>(gradient), (nuint)gradient.Length);
        throw Unsupported<T>();
    }

    /// <summary>
    /// Σx², with the bits of <see cref="SumOfSquares"/>, and max|x|. In chunks, so that the second pass reads from a cache.
    /// </summary>
    internal static (double SumOfSquares, double Largest) SumOfSquaresAndLargest<T>(Span<T> gradient)
    {
        double total = 0;
        double largest = 0;
        while (!gradient.IsEmpty)
        {
            Span<T> chunk = gradient[..Math.Min(gradient.Length, Reduction.ChunkLength)];
            total += SumOfSquares(chunk);
            largest = Math.Max(largest, LargestMagnitude(chunk));
            gradient = gradient[chunk.Length..];
        }

        return (total, largest);
    }

    /// <summary>x ← x·factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Scale<T>(Span<T> gradient, in ScaleFactor factor)
    {
        if (!factor.IsSimple)
        {
            WideElements.Scale(gradient, factor.First, factor.Second);
            return;
        }

        if (typeof(T) == typeof(float))
            Transformation.Apply(ref First<T, float>(gradient), (nuint)gradient.Length, new Multiply<float>(factor.Single));
        else if (typeof(T) == typeof(double))
            Transformation.Apply(ref First<T, double>(gradient), (nuint)gradient.Length, new Multiply<double>(factor.First));
        else if (IsShort<T>())
            TransformWidened(gradient, new Multiply<float>(factor.Single));
        else
            throw Unsupported<T>();
    }

    /// <summary>x ← the nearest of [−limit, limit] in the element's own precision; NaN stays NaN.</summary>
    internal static void Clamp<T>(Span<T> gradient, double limit)
    {
        // A finite limit beyond the type's range still replaces infinities.
        if (typeof(T) == typeof(float))
        {
            Transformation.Apply(ref First<T, float>(gradient), (nuint)gradient.Length,
                new Clamp<float>((float)Math.Min(limit, float.MaxValue)));
        }
        else if (typeof(T) == typeof(double))
        {
            Transformation.Apply(ref First<T, double>(gradient), (nuint)gradient.Length, new Clamp<double>(limit));
        }
        else if (IsShort<T>())
        {
            TransformWidened(gradient, new Clamp<float>((float)RoundLimit<T>(limit)));
        }
        else
        {
            throw Unsupported<T>();
        }
    }

    /// <summary>The limit that <see cref="Clamp"/> uses: the given limit, rounded to the element's type.</summary>
    internal static double RoundLimit<T>(double limit)
    {
        if (typeof(T) == typeof(float))
            return (float)Math.Min(limit, float.MaxValue);
        if (typeof(T) == typeof(Half))
            return (double)(Half)Math.Min(limit, (double)Half.MaxValue);
        if (typeof(T) == typeof(BFloat16))
            return BFloat16.FromDouble(Math.Min(limit, BFloat16.MaxValue.ToSingle())).ToSingle();
        return limit;
    }

    /// <summary>The first element that is NaN, or infinite if <paramref name="infinityToo"/> is true; −1 if there is none.</summary>
    internal static int IndexOfNonFinite<T>(Span<T> gradient, bool infinityToo, out double value)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            value = WideElements.ToDouble(gradient[i]);
            if (infinityToo ? !double.IsFinite(value) : double.IsNaN(value))
                return i;
        }

        value = 0;
        return -1;
    }

    /// <summary>Throws unless <typeparamref name="T"/> is a supported element type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ThrowIfUnsupported<T>()
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double) && !IsShort<T>())
            throw Unsupported<T>();
    }

    internal static NotSupportedException Unsupported<T>() =>
        new($"Gradients of element type '{typeof(T)}' are not supported. Use float, double or Half.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Span<TElement> Cast<T, TElement>(Span<T> gradient) =>
        MemoryMarshal.CreateSpan(ref First<T, TElement>(gradient), gradient.Length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref TElement First<T, TElement>(Span<T> gradient) =>
        ref Unsafe.As<T, TElement>(ref MemoryMarshal.GetReference(gradient));

    // Whether elements have 16 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsShort<T>() => typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16);

    internal static void Widen<T>(Span<T> elements, Span<float> values)
    {
        if (typeof(T) == typeof(Half))
            TensorPrimitives.ConvertToSingle(Cast<T, Half>(elements), values);
        else
            BFloat16.ToSingle(Cast<T, BFloat16>(elements), values);
    }

    internal static void Narrow<T>(Span<float> values, Span<T> elements)
    {
        if (typeof(T) == typeof(Half))
            TensorPrimitives.ConvertToHalf(values, Cast<T, Half>(elements));
        else
            BFloat16.FromSingle(values, Cast<T, BFloat16>(elements));
    }

    [MethodImpl(JitOptions.Kernel)]
    private static double ReduceWidened<T, TReduction>(Span<T> gradient)
        where TReduction : struct, IReduction<float>
    {
        Span<float> block = stackalloc float[WidenedLength];
        double total = 0;
        while (!gradient.IsEmpty)
        {
            Span<T> chunk = gradient[..Math.Min(gradient.Length, Reduction.ChunkLength)];
            gradient = gradient[chunk.Length..];
            double sum = 0;
            while (!chunk.IsEmpty)
            {
                Span<float> elements = block[..Math.Min(chunk.Length, WidenedLength)];
                Widen(chunk[..elements.Length], elements);
                sum = TReduction.Combine(sum,
                    Reduction.Reduce<float, TReduction>(ref MemoryMarshal.GetReference(elements), (nuint)elements.Length));
                chunk = chunk[elements.Length..];
            }

            total = TReduction.Combine(total, sum);
        }

        return total;
    }

    [MethodImpl(JitOptions.Kernel)]
    private static void TransformWidened<T, TTransform>(Span<T> gradient, TTransform transform)
        where TTransform : struct, ITransform<float>
    {
        Span<float> block = stackalloc float[WidenedLength];
        while (!gradient.IsEmpty)
        {
            Span<float> elements = block[..Math.Min(gradient.Length, WidenedLength)];
            Widen(gradient[..elements.Length], elements);
            Transformation.Apply(ref MemoryMarshal.GetReference(elements), (nuint)elements.Length, transform);
            Narrow(elements, gradient[..elements.Length]);
            gradient = gradient[elements.Length..];
        }
    }
}
