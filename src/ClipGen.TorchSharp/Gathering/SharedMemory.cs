namespace ClipGen.Torch.Gathering;

/// <summary>
/// Finds gradients that share memory if some of them are not plain memory; the runtime itself compares plain memory. The rules are the
/// same: a gradient whose elements all lie in the memory of earlier ones is tied and does not count. Any other overlap is an error.
/// </summary>
/// <remarks>
/// Elements are compared, not the ranges from the first to the last byte: columns of one matrix are independent, and a transposed view is
/// the same gradient.
/// </remarks>
internal static class SharedMemory
{
    /// <summary>Marks the tied records.</summary>
    /// <exception cref="InvalidOperationException">Two gradients overlap in part.</exception>
    internal static void Mark(GradientBatch batch)
    {
        List<MemoryRegion> regions = Regions(batch);
        regions.Sort((left, right) => left.Start.CompareTo(right.Start));
        for (int first = 0; first < regions.Count;)
        {
            // The regions whose memory ranges overlap.
            nint end = regions[first].End;
            int next = first + 1;
            for (; next < regions.Count && regions[next].Start < end; next++)
                end = nint.Max(end, regions[next].End);
            if (next - first > 1)
                Mark(batch, [.. regions.GetRange(first, next - first).OrderBy(region => region.Index)]);
            first = next;
        }
    }

    private static List<MemoryRegion> Regions(GradientBatch batch)
    {
        var regions = new List<MemoryRegion>();
        var parameters = new Dictionary<nint, int>();
        for (int i = 0; i < batch.Records.Length; i++)
        {
            ref GradientRecord record = ref batch.Records[i];
            if (record.Kind > GradientKind.Remote || record.Length == 0)
                continue;
            if (record.Data == 0)
            {
                // Gradients without an address are compared by parameter.
                if (!parameters.TryAdd(record.Parameter!.Handle, i))
                    Tie(ref record, parameters[record.Parameter.Handle]);
                continue;
            }

            var region = new MemoryRegion(i, record);
            regions.Add(region);
            record.IsReplaced |= record.Kind >= GradientKind.Copied && region.RepeatsElements();
        }

        return regions;
    }

    private static void Mark(GradientBatch batch, MemoryRegion[] regions)
    {
        // The runtime compares plain memory itself.
        if (Array.TrueForAll(regions, region => batch.Records[region.Index].Kind < GradientKind.Copied))
            return;

        var kept = new List<MemoryRegion>();
        MemoryMap? map = null;
        foreach (MemoryRegion region in regions)
        {
            ref GradientRecord record = ref batch.Records[region.Index];
            if (kept.Find(region.IsSameAs) is { } same)
            {
                Tie(ref record, same.Index);
                continue;
            }

            if (kept.Count > 0 && map is null)
            {
                map = new MemoryMap(regions);
                map.Mark(kept[0]);
            }

            (long parts, long taken) = map?.Count(region) ?? default;
            if (taken > 0)
            {
                // Replacing a gradient does not change the memory that it shared.
                bool isCovered = taken == parts;
                MemoryRegion? other = kept.Find(
                    earlier => (!isCovered || batch.Records[earlier.Index].IsReplaced) && Overlap(earlier, region));
                if (other is not null)
                    throw Refuse(batch, other, region);
                record.Kind = GradientKind.Tied;
                continue;
            }

            map?.Mark(region);
            kept.Add(region);
        }
    }

    private static void Tie(ref GradientRecord record, int earlier)
    {
        record.Kind = GradientKind.Tied;
        record.SameAs = earlier + 1;
    }

    private static bool Overlap(MemoryRegion left, MemoryRegion right)
    {
        var map = new MemoryMap(left, right);
        map.Mark(left);
        return map.Count(right).Taken > 0;
    }

    private static InvalidOperationException Refuse(GradientBatch batch, MemoryRegion earlier, MemoryRegion later) => new(
        $"The gradients '{batch.PathOf(batch.Records[earlier.Index])}' and '{batch.PathOf(batch.Records[later.Index])}' share a part of "
        + "their memory, so that some elements would count twice. Put the one that covers the other first, or give one a copy: "
        + "parameter.grad = parameter.grad.clone().");
}
