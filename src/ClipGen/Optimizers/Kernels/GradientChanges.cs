using System.Numerics;
using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>A change of a gradient in registers.</summary>
internal interface IGradientChange<T>
    where T : unmanaged
{
    /// <summary>The changed elements.</summary>
    Vector<T> Apply(Vector<T> gradient);
}

/// <summary>x·factor. A factor of 1 keeps every bit, and a product costs nothing beside memory: no separate loop leaves it out.</summary>
internal readonly struct Scaled<T>(T factor) : IGradientChange<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Apply(Vector<T> gradient) => gradient * new Vector<T>(factor);
}

/// <summary>x·factor, then the nearest of [−limit, limit]; NaN stays, as every comparison with it is false.</summary>
internal readonly struct Clamped<T>(T factor, T limit) : IGradientChange<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Apply(Vector<T> gradient)
    {
        Vector<T> scaled = gradient * new Vector<T>(factor);
        Vector<T> high = new(limit);
        Vector<T> low = -high;
        Vector<T> below = Vector.ConditionalSelect(Vector.GreaterThan(scaled, high), high, scaled);
        return Vector.ConditionalSelect(Vector.LessThan(scaled, low), low, below);
    }
}
