using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The same operations in <see cref="double"/>, block by block through a buffer on the stack. They are exact over the whole range, but
/// slower.
/// </summary>
internal static class WideElements
{
    private const int BlockLength = 512;

    // Above this order, repeated multiplication is not faster than Math.Pow.
    private const double LargestWholePower = 16;

    /// <summary>
    /// Σ(|x|/<paramref name="largest"/>)^<paramref name="order"/>, where <paramref name="largest"/> is the largest magnitude. The result is
    /// between 1 and the number of elements.
    /// </summary>
    internal static double SumOfScaledPowers<T>(Span<T> gradient, double largest, double order)
    {
        Span<double> block = stackalloc double[BlockLength];
        double total = 0;
        while (!gradient.IsEmpty)
        {
            Span<double> elements = block[..Math.Min(gradient.Length, BlockLength)];
            Load(gradient[..elements.Length], elements);
            gradient = gradient[elements.Length..];

            // Divides instead of multiplying, because the reciprocal of a subnormal number is infinite.
            TensorPrimitives.Divide(elements, largest, elements);
            ref double first = ref MemoryMarshal.GetReference(elements);
            if (order == 2)
            {
                total += Reduction.Reduce<double, SumOfSquares<double>>(ref first, (nuint)elements.Length);
                continue;
            }

            if (order != 1)
                RaiseMagnitudes(elements, order);
            total += Reduction.Reduce<double, SumOfMagnitudes<double>>(ref first, (nuint)elements.Length);
        }

        return total;
    }

    /// <summary>x ← x·first·second, rounded once to the element's type.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Scale<T>(Span<T> gradient, double first, double second)
    {
        Span<double> block = stackalloc double[BlockLength];
        while (!gradient.IsEmpty)
        {
            Span<double> elements = block[..Math.Min(gradient.Length, BlockLength)];
            Load(gradient[..elements.Length], elements);
            Transformation.Apply(ref MemoryMarshal.GetReference(elements), (nuint)elements.Length, new Multiply<double>(first));
            if (second != 1)
                Transformation.Apply(ref MemoryMarshal.GetReference(elements), (nuint)elements.Length, new Multiply<double>(second));
            Store(elements, gradient);
            gradient = gradient[elements.Length..];
        }
    }

    /// <summary>max|x| over the elements that are not NaN.</summary>
    internal static double LargestNumber<T>(Span<T> gradient)
    {
        double largest = 0;
        foreach (T element in gradient)
        {
            double magnitude = Math.Abs(ToDouble(element));
            if (magnitude > largest)
                largest = magnitude;
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double ToDouble<T>(T element)
    {
        if (typeof(T) == typeof(float))
            return Unsafe.As<T, float>(ref element);
        if (typeof(T) == typeof(double))
            return Unsafe.As<T, double>(ref element);
        if (typeof(T) == typeof(Half))
            return (double)Unsafe.As<T, Half>(ref element);
        if (typeof(T) == typeof(BFloat16))
            return Unsafe.As<T, BFloat16>(ref element).ToSingle();
        throw GradientElements.Unsupported<T>();
    }

    // Powers of integer and half-integer order are products and a square root, which IEEE 754 rounds the same everywhere. Other orders use
    // the C library's pow, whose last bit may differ between machines (but not between the instruction sets that .NET chooses from).
    private static void RaiseMagnitudes(Span<double> elements, double order)
    {
        double whole = Math.Floor(order);
        bool half = order - whole == 0.5;
        if (whole > LargestWholePower || (order != whole && !half))
        {
            foreach (ref double element in elements)
                element = Math.Pow(Math.Abs(element), order);
            return;
        }

        foreach (ref double element in elements)
        {
            double magnitude = Math.Abs(element);
            double power = half ? Math.Sqrt(magnitude) : 1;
            for (int i = 0; i < (int)whole; i++)
                power *= magnitude;
            element = power;
        }
    }

    /// <summary>Widens elements.</summary>
    internal static void Load<T>(Span<T> from, Span<double> to)
    {
        if (typeof(T) == typeof(float))
            TensorPrimitives.ConvertTruncating<float, double>(GradientElements.Cast<T, float>(from), to);
        else if (typeof(T) == typeof(double))
            GradientElements.Cast<T, double>(from).CopyTo(to);
        else if (typeof(T) == typeof(Half))
            TensorPrimitives.ConvertTruncating<Half, double>(GradientElements.Cast<T, Half>(from), to);
        else if (typeof(T) == typeof(BFloat16))
            LoadOneByOne(from, to);
        else
            throw GradientElements.Unsupported<T>();
    }

    /// <summary>Rounds to the nearest element.</summary>
    internal static void Store<T>(Span<double> from, Span<T> to)
    {
        if (typeof(T) == typeof(float))
            TensorPrimitives.ConvertTruncating<double, float>(from, GradientElements.Cast<T, float>(to));
        else if (typeof(T) == typeof(double))
            from.CopyTo(GradientElements.Cast<T, double>(to));
        else if (typeof(T) == typeof(Half))
            TensorPrimitives.ConvertTruncating<double, Half>(from, GradientElements.Cast<T, Half>(to));
        else if (typeof(T) == typeof(BFloat16))
            StoreOneByOne(from, GradientElements.Cast<T, BFloat16>(to));
        else
            throw GradientElements.Unsupported<T>();
    }

    private static void LoadOneByOne<T>(Span<T> from, Span<double> to)
    {
        for (int i = 0; i < from.Length; i++)
            to[i] = ToDouble(from[i]);
    }

    private static void StoreOneByOne(Span<double> from, Span<BFloat16> to)
    {
        for (int i = 0; i < from.Length; i++)
            to[i] = BFloat16.FromDouble(from[i]);
    }
}
