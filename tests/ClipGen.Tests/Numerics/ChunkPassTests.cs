using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>Gradients that exceed a cache, and that one thread changes from the last to the first.</summary>
public sealed class ChunkPassTests
{
    // Fewer bytes than several threads share.
    private const int MostElements = (int)(SharedChunks.LeastBytes / sizeof(float)) - 1;

    [Fact]
    public void Every_element_is_changed_once()
    {
        var random = new Random(12);
        int[] lengths = [0, 1, 100, 4095, 4096, 5000, 100_000, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 700_000];
        int several = 0;
        for (int trial = 0; trial < 60; trial++)
        {
            var arrays = new List<float[]>();
            int left = random.Next(MostElements / 2, MostElements);
            while (lengths[random.Next(lengths.Length)] is var length && length <= left && arrays.Count < 300)
            {
                arrays.Add(new float[length]);
                left -= length;
            }

            var order = new List<(int Ordinal, int Start)>();
            LongGradients gradients = LongOf(arrays);
            bool isChanged = ChunkPass.TryChange(new ArraySource([.. arrays]), new AddOne(order), gradients);

            Assert.Equal(gradients.Bytes > 2 << 20 && gradients.Chunks > 1, isChanged);
            Assert.All(arrays, array => Assert.False(array.AsSpan().ContainsAnyExcept(isChanged ? 1f : 0f)));
            several += isChanged ? 1 : 0;
        }

        Assert.True(several > 20, $"Only {several} trials had gradients that exceed the cache.");
    }

    [Fact]
    public void The_last_gradients_are_changed_first()
    {
        float[][] arrays = [.. Enumerable.Range(0, 16).Select(_ => new float[1 << 16])];

        Assert.Equal([14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1], OrderOf(arrays).Select(chunk => chunk.Ordinal));
    }

    [Fact]
    public void The_chunks_of_one_gradient_are_changed_from_the_last()
    {
        const int Chunk = 1 << 18;

        Assert.Equal([5 * Chunk, 4 * Chunk, 3 * Chunk, 2 * Chunk, Chunk, 0],
            OrderOf([new float[(5 * Chunk) + 1]]).Select(chunk => chunk.Start));
    }

    [Fact]
    public void Many_short_gradients_are_traversed_only_twice()
    {
        float[][] arrays =
            [.. Enumerable.Range(0, 20_000).Select(_ => new float[1]), .. Enumerable.Range(0, 16).Select(_ => new float[1 << 16])];

        Assert.Equal([14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
            OrderOf(arrays).Where(chunk => chunk.Ordinal >= 20_000).Select(chunk => chunk.Ordinal - 20_000));
    }

    private static List<(int Ordinal, int Start)> OrderOf(IReadOnlyCollection<float[]> arrays)
    {
        var order = new List<(int, int)>();
        Assert.True(ChunkPass.TryChange(new ArraySource([.. arrays]), new AddOne(order), LongOf(arrays)));
        return order;
    }

    private static LongGradients LongOf(IEnumerable<float[]> arrays) =>
        arrays.Where(array => array.Length >= SharedChunks.ShortestBuffer)
            .Aggregate(default(LongGradients), (sum, array) => sum.With<float>(array.Length));

    private readonly struct AddOne(List<(int Ordinal, int Start)> order) : IChunkWork
    {
        public static bool Sums => false;

        public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter)
        {
            order.Add((slot.Ordinal, start));
            foreach (ref T element in gradient)
                element = (T)(object)((float)(object)element! + 1);
            return 0;
        }
    }
}
