namespace ClipGen.Mpi.Ranks;

/// <summary>The gradients of a model, and their distribution over processes.</summary>
internal static class Buffers
{
    // Short buffers, buffers that are summed in blocks, and one of several chunks.
    private static readonly int[] Lengths = [3, 16, 64, 100, 1000, 4096, 5000, 1, 257, 270_000, 33, 12_345, 0, 90];

    /// <summary>Random gradients that depend only on the seed.</summary>
    internal static float[][] Create(int seed, double scale = 1)
    {
        var random = new Random(seed);
        return [.. Lengths.Select(length => CreateOne(random, length, scale))];
    }

    /// <summary>Returns the buffers of one process. Buffers are assigned to processes in turn.</summary>
    internal static float[][] Of(float[][] buffers, IGradientExchange exchange) =>
        [.. buffers.Where((_, i) => i % exchange.Size == exchange.Rank)];

    /// <summary>A hash of all bits (64-bit FNV-1a over words). All NaN values are equal.</summary>
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
