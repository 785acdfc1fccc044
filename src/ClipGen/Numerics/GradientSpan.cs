using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Numerics;

/// <summary>Creates spans over buffers that have no conversion to a span, for generated code.</summary>
public static class GradientSpan
{
    /// <summary>All elements of an array of any rank, in memory order (the last index runs fastest).</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="array">The array, or <see langword="null"/> for an empty span.</param>
    /// <param name="expression">The caller's expression for the array. The compiler passes it.</param>
    /// <exception cref="ArgumentException">The array's elements are not of type <typeparamref name="T"/>.</exception>
    /// <exception cref="NotSupportedException">The array has more than 2^31 − 1 elements.</exception>
    public static Span<T> Of<T>(Array? array, [CallerArgumentExpression(nameof(array))] string? expression = null)
    {
        if (array is null)
        {
            return default;
        }

        if (array.GetType().GetElementType() != typeof(T))
        {
            throw new ArgumentException($"The array holds {array.GetType().GetElementType()}, not {typeof(T)}.", nameof(array));
        }

        int length = LengthOf(array.LongLength, expression);
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), length);
    }

    /// <summary>The elements of a struct marked with <see cref="InlineArrayAttribute"/>.</summary>
    /// <typeparam name="TArray">The struct.</typeparam>
    /// <typeparam name="T">The type of its one field.</typeparam>
    /// <param name="array">The struct, which must outlive the span.</param>
    /// <param name="length">The number of elements that its attribute states.</param>
    public static Span<T> OfInlineArray<TArray, T>(ref TArray array, int length)
        where TArray : struct =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<TArray, T>(ref array), length);

    /// <summary>The elements of a dense tensor, in memory order.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="tensor">The tensor. The span is empty if it is <see langword="null"/> or not dense.</param>
    /// <param name="expression">The caller's expression for the tensor. The compiler passes it.</param>
    /// <exception cref="NotSupportedException">The tensor has more than 2^31 − 1 elements.</exception>
    public static Span<T> OfDense<T>(Tensor<T>? tensor, [CallerArgumentExpression(nameof(tensor))] string? expression = null) =>
        tensor is { IsDense: true, IsEmpty: false }
            ? MemoryMarshal.CreateSpan(ref tensor.AsTensorSpan().GetPinnableReference(), LengthOf(tensor.FlattenedLength, expression))
            : default;

    /// <summary>Converts a number of elements to the length of a span, or throws if a span cannot hold them.</summary>
    internal static int LengthOf(long length, string? expression) => length <= int.MaxValue
        ? (int)length
        : throw new NotSupportedException(string.Create(
            CultureInfo.InvariantCulture,
            $"The gradient '{expression}' has {length} elements. A span, as which it is visited, holds at most "
            + $"{int.MaxValue}: use several arrays."));
}
