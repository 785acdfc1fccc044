namespace ClipGen.Mpi.Ranks;

/// <summary>Gradients of a model that is spread over processes, and how they are.</summary>
internal static class Buffers
{
    // Short ones, some that are summed in blocks, and one that is several chunks long.
    private static readonly int[] Lengths = [3, 16, 64, 100, 1000, 4096, 5000, 1, 257, 270_000, 33, 12_345, 0, 90];

    /// <summary>Random gradients: of a seed always the same ones.</summary>
    internal static float[][] Create(int seed, double scale = 1)
    {
        var random = new Random(seed);
        return [.. Lengths.Select(length => CreateOne(random, length, scale))];
    }

    /// <summary>Those of one process where they take turns.</summary>
    internal static float[][] Of(float[][] buffers, IGradientExchange exchange) =>
        [.. buffers.Where((_, i) => i % exchange.Size == exchange.Rank)];

    /// <summary>A hash of all bits (FNV-1a of 64 bits over words). One NaN is as good as another.</summary>
    internal static ulong Hash(params IEnumerable<float[]> buffers)
    {
        ulong hash = 14695981039346656037;
        foreach (float[] buffer in buffers)
        {
            foreach (float value in buffer)
                hash = (hash ^ BitConverter.SingleToUInt32Bits(float.IsNaN(value) ? float.NaN : value)) * 1099511628211;
        }

        return hash;
    }

    private static float[] CreateOne(Random random, int length, double scale)
    {
        float[] buffer = new float[length];
        for (int i = 0; i < length; i++)
            buffer[i] = (float)(scale * (random.NextDouble() - 0.5) * Math.Exp(4 * random.NextDouble()));
        return buffer;
    }
}
