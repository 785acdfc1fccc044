using ClipGen.Numerics.Kernels;

namespace ClipGen.Optimizers.Stepping;

/// <summary>The type of a parameter's elements.</summary>
internal enum ElementType
{
    Single,
    Double,
    Half,
    BFloat16,
}

/// <summary>The element types of generic code.</summary>
internal static class ElementTypes
{
    /// <summary>The element type that represents <typeparamref name="T"/>.</summary>
    internal static ElementType Of<T>() =>
        typeof(T) == typeof(float) ? ElementType.Single
        : typeof(T) == typeof(double) ? ElementType.Double
        : typeof(T) == typeof(Half) ? ElementType.Half
        : typeof(T) == typeof(BFloat16) ? ElementType.BFloat16
        : throw GradientElements.Unsupported<T>();
}
