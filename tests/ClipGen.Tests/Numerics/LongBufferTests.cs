using System.Runtime.InteropServices;
using ClipGen.Numerics;
using ClipGen.Numerics.Threads;

namespace ClipGen.Tests.Numerics;

/// <summary>Buffers of the largest length of arrays and spans.</summary>
public sealed partial class LongBufferTests
{
    // The elements are of type Half. Only the last page takes memory: all others are reserved addresses, which the system reads as its page
    // of zeros.
    [Fact]
    public void The_longest_array()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The memory is mapped by mmap.");
        using var source = new MappedSource();
        source.Last = (Half)3;

        Assert.Equal(3, GradientOperations.Norm(source));
        ClipResult result = GradientOperations.Clip(source, ClipRule.Value(4));
        Assert.Equal((3, false), (result.TotalNorm, result.Clipped));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1 << 18, 1)]
    [InlineData((1 << 18) + 1, 2)]
    [InlineData(int.MaxValue, 8192)]
    public void Chunks_of_a_buffer(int length, int chunks) => Assert.Equal(chunks, SharedChunks.CountOf(length));

    [Fact]
    public void A_gradient_that_no_span_can_hold_is_refused_by_name()
    {
        Assert.Equal(int.MaxValue, GradientSpan.LengthOf(int.MaxValue, "_dW"));
        NotSupportedException thrown = Assert.Throws<NotSupportedException>(() => GradientSpan.LengthOf(2_500_000_000, "_dW"));
        Assert.Contains("'_dW' has 2500000000 elements", thrown.Message, StringComparison.Ordinal);
    }

    private sealed unsafe partial class MappedSource : IGradientSource, IDisposable
    {
        // A multiple of the page size of every system.
        private const int Page = 1 << 16;

        private readonly nuint _bytes = ((nuint)Array.MaxLength * sizeof(ushort)) + (2 * Page);

        private readonly byte* _memory;

        internal MappedSource()
        {
            const int Read = 1, ReadWrite = 3, Private = 2;
            int anonymous = OperatingSystem.IsMacOS() ? 0x1000 : 0x20;
            _memory = (byte*)Map(null, _bytes, Read, Private | anonymous, -1, 0);
            Assert.NotEqual(-1, (nint)_memory);
            Assert.Equal(0, Protect(_memory + ((_bytes / Page) - 2) * Page, 2 * Page, ReadWrite));
        }

        internal Half Last
        {
            set => ((Half*)_memory)[Array.MaxLength - 1] = value;
        }

        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor =>
            visitor.Visit("mapped", new Span<Half>(_memory, Array.MaxLength));

        public void Dispose() => Unmap(_memory, _bytes);

        [LibraryImport("libc", EntryPoint = "mmap")]
        private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

        [LibraryImport("libc", EntryPoint = "mprotect")]
        private static partial int Protect(void* address, nuint length, int protection);

        [LibraryImport("libc", EntryPoint = "munmap")]
        private static partial int Unmap(void* address, nuint length);
    }
}
