using System.Runtime.InteropServices;
using ClipGen;

namespace DataParallel;

/// <summary>Checks whether all ranks have computed the same number.</summary>
internal static class Agreement
{
    /// <summary>Whether the number has the same bits on every rank.</summary>
    /// <param name="exchange">The ranks.</param>
    /// <param name="number">The number of this rank, computed from all its weights.</param>
    internal static bool IsReached(IGradientExchange exchange, double number)
    {
        long[] all = new long[exchange.Size];
        long own = BitConverter.DoubleToInt64Bits(number);
        exchange.Gather(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in own)), MemoryMarshal.AsBytes(all.AsSpan()));
        return all.All(other => other == own);
    }
}
