using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Numerics;

/// <summary>Spans over buffers that do not convert to a span by themselves, as generated code needs them.</summary>
public static class GradientSpan
{
    /// <summary>All elements of an array of any rank, in memory order (the last index runs fastest).</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="array">The array, or <see langword="null"/> for an empty span.</param>
    /// <param name="expression">How the caller names the array. The compiler fills it in.</param>
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

    /// <summary>The elements of a struct marked <see cref="InlineArrayAttribute"/>.</summary>
    /// <typeparam name="TArray">The struct.</typeparam>
    /// <typeparam name="T">The type of its one field.</typeparam>
    /// <param name="array">The struct, which must outlive the span.</param>
    /// <param name="length">The number of elements that its attribute states.</param>
    public static Span<T> OfInlineArray<TArray, T>(ref TArray array, int length)
        where TArray : struct =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<TArray, T>(ref array), length);

    /// <summary>The elements of a dense tensor, in memory order.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="tensor">The tensor; <see langword="null"/> and a tensor that is not dense give an empty span.</param>
    /// <param name="expression">How the caller names the tensor. The compiler fills it in.</param>
    /// <exception cref="NotSupportedException">The tensor has more than 2^31 − 1 elements.</exception>
    public static Span<T> OfDense<T>(Tensor<T>? tensor, [CallerArgumentExpression(nameof(tensor))] string? expression = null) =>
        tensor is { IsDense: true, IsEmpty: false }
            ? MemoryMarshal.CreateSpan(ref tensor.AsTensorSpan().GetPinnableReference(), LengthOf(tensor.FlattenedLength, expression))
            : default;

    /// <summary>The length of a span over so many elements.</summary>
    internal static int LengthOf(long length, string? expression) => length <= int.MaxValue
        ? (int)length
        : throw new NotSupportedException(string.Create(
            CultureInfo.InvariantCulture,
            $"The gradient '{expression}' has {length} elements. A span, as which it is visited, holds at most "
            + $"{int.MaxValue}: use several arrays."));
}
