using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Optimizers;

namespace ClipGen.Tests.Optimizers;

public sealed class AlignedElementsTests
{
    [Fact]
    public void Elements_start_at_a_cache_line_after_a_collection_too()
    {
        var all = new List<AlignedElements>();
        for (int length = 1; length <= 70; length++)
            all.AddRange([new AlignedElements(isDouble: false, length), new AlignedElements(isDouble: true, length)]);
        GC.Collect();

        Assert.All(all, elements => Assert.Equal(0, AddressOf(elements) % 64));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    public void Elements_are_zeros_of_their_own(int length)
    {
        var singles = new AlignedElements(isDouble: false, length);
        var doubles = new AlignedElements(isDouble: true, length);

        Assert.Equal(new float[length], singles.Span<float>().ToArray());
        Assert.Equal(new double[length], doubles.Span<double>().ToArray());
        singles.Span<float>().Fill(1);
        doubles.Span<double>().Fill(2);
        Assert.Equal(length * sizeof(float), singles.Bytes.Length);
        Assert.Equal(length * sizeof(double), doubles.Bytes.Length);
        Assert.All(singles.Span<float>().ToArray(), element => Assert.Equal(1, element));
        Assert.All(doubles.Span<double>().ToArray(), element => Assert.Equal(2, element));
    }

    [Fact]
    public void Slices_are_ranges_of_the_elements()
    {
        double[] values = [.. Enumerable.Range(0, 40).Select(i => (double)i)];
        var elements = new AlignedElements(values);

        for (int start = 0; start <= values.Length; start++)
        {
            for (int length = 0; start + length <= values.Length; length++)
                Assert.Equal(values[start..(start + length)], elements.Slice<double>(start, length).ToArray());
        }
    }

    private static nint AddressOf(AlignedElements elements)
    {
        ref byte first = ref MemoryMarshal.GetReference(elements.Bytes);
        return Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref first);
    }
}
