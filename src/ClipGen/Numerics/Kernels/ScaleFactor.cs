using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Kernels;

/// <summary>A factor, and how to multiply by it without losing gradients to the rounding of the factor.</summary>
internal readonly struct ScaleFactor
{
    internal ScaleFactor(double first, double second = 1)
    {
        First = first;
        Second = second;
        Single = (float)first;

        // A factor that is subnormal or infinite as a float would turn gradients into zeros, imprecise numbers or infinities although the
        // product in double is representable: 1e38 · 1e-44 is 1e-6, but (float)1e-44 is 9.8e-45.
        IsSimple = second == 1 && (float.IsNormal(Single) || Single == first || double.IsNaN(first));
    }

    /// <summary>The factor; if one <see cref="double"/> cannot represent it, the first of two factors.</summary>
    internal double First { get; }

    /// <summary>The second of two factors, else 1.</summary>
    internal double Second { get; }

    /// <summary><see cref="First"/>, rounded.</summary>
    internal float Single { get; }

    /// <summary>Whether multiplying by <see cref="Single"/> is sufficient.</summary>
    internal bool IsSimple { get; }

    /// <summary>The product of both, which may round to a subnormal number or 0.</summary>
    internal double Value => First * Second;

    /// <summary>The product with a number, such as one over a loss scale. A power of two does not round.</summary>
    internal ScaleFactor Times(double number) => number == 1 ? this : new ScaleFactor(First * number, Second);

    /// <summary>The factor in an element type, if multiplying by it is sufficient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGet<T>(out T factor)
        where T : unmanaged
    {
        Unsafe.SkipInit(out factor);
        if (typeof(T) == typeof(float))
            Unsafe.As<T, float>(ref factor) = Single;
        else
            Unsafe.As<T, double>(ref factor) = First;
        return IsSimple;
    }
}
