using System.Numerics;

namespace ClipGen.Torch.Gathering;

/// <summary>A bit map of the parts of a memory range that are in use.</summary>
internal sealed class MemoryMap
{
    private const int BitsOfWord = 64;

    private readonly nint _origin;
    private readonly long _unit;
    private readonly ulong[] _words;

    /// <summary>Creates an empty map over the memory of some regions.</summary>
    internal MemoryMap(params ReadOnlySpan<MemoryRegion> regions)
    {
        _origin = regions[0].Start;
        nint end = regions[0].End;
        foreach (MemoryRegion region in regions)
        {
            _origin = nint.Min(_origin, region.Start);
            end = nint.Max(end, region.End);
        }

        // The parts are as large as all regions allow, so that columns of a matrix need only a small map.
        foreach (MemoryRegion region in regions)
            _unit = MemoryRegion.Divisor(_unit, region.Unit(_origin));
        _words = new ulong[((end - _origin) / _unit / BitsOfWord) + 1];
    }

    /// <summary>The number of marked parts.</summary>
    internal long Marked { get; private set; }

    /// <summary>Marks the parts of a region.</summary>
    internal void Mark(MemoryRegion region) => ForEachWord(region, (index, mask) =>
    {
        Marked += BitOperations.PopCount(mask & ~_words[index]);
        _words[index] |= mask;
    });

    /// <summary>Counts the parts of a region, and how many of them are marked.</summary>
    internal (long Parts, long Taken) Count(MemoryRegion region)
    {
        long parts = 0;
        long taken = 0;
        ForEachWord(region, (index, mask) =>
        {
            parts += BitOperations.PopCount(mask);
            taken += BitOperations.PopCount(mask & _words[index]);
        });
        return (parts, taken);
    }

    private void ForEachWord(MemoryRegion region, Action<long, ulong> visit) => region.ForEachRun(_origin, _unit, (first, length) =>
    {
        while (length > 0)
        {
            int bit = (int)(first % BitsOfWord);
            int count = (int)Math.Min(length, BitsOfWord - bit);
            visit(first / BitsOfWord, (count == BitsOfWord ? ulong.MaxValue : (1UL << count) - 1) << bit);
            first += count;
            length -= count;
        }
    });
}
