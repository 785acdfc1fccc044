using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClipGen.Optimizers;

/// <summary>
/// Elements of type <see cref="float"/> or <see cref="double"/>, at first 0, that start at a cache line. A vector across two cache lines
/// takes two accesses: without this, a step of small parameters takes 5 % longer.
/// </summary>
internal sealed class AlignedElements
{
    private const int CacheLine = 64;

    private readonly Array _array;
    private readonly int _first;

    /// <summary>Allocates elements.</summary>
    /// <param name="isDouble">Whether they are of type <see cref="double"/>.</param>
    /// <param name="length">Their number.</param>
    internal AlignedElements(bool isDouble, int length)
    {
        Length = length;
        int size = SizeOfElement(isDouble);
        int room = (CacheLine / size) - 1;
        bool hasRoom = length <= Array.MaxLength - room;
        int total = hasRoom ? length + room : length;

        // The array is pinned, because the garbage collector would move it to another place in a cache line.
        _array = isDouble ? GC.AllocateArray<double>(total, pinned: true) : GC.AllocateArray<float>(total, pinned: true);
        if (hasRoom)
            _first = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) & (CacheLine - 1)) / size;
    }

    /// <summary>Allocates elements of type <see cref="double"/>.</summary>
    /// <param name="values">Their values.</param>
    internal AlignedElements(ReadOnlySpan<double> values)
        : this(isDouble: true, values.Length) => values.CopyTo(Span<double>());

    /// <summary>The number of elements.</summary>
    internal int Length { get; }

    /// <summary>Whether the elements are of type <see cref="double"/>.</summary>
    internal bool IsDouble => _array is double[];

    /// <summary>The number of bytes of one element.</summary>
    internal int ElementSize => SizeOfElement(IsDouble);

    /// <summary>All elements, as bytes.</summary>
    internal Span<byte> Bytes => IsDouble ? MemoryMarshal.AsBytes(Span<double>()) : MemoryMarshal.AsBytes(Span<float>());

    /// <summary>The number of bytes of one element of a type.</summary>
    internal static int SizeOfElement(bool isDouble) => isDouble ? sizeof(double) : sizeof(float);

    /// <summary>All elements.</summary>
    internal Span<T> Span<T>() => Slice<T>(0, Length);

    /// <summary>A range of elements.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<T> Slice<T>(int start, int length) => Unsafe.As<T[]>(_array).AsSpan(_first + start, length);
}
