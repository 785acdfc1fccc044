using ClipGen.Numerics.Buffers;

namespace ClipGen.Numerics.Overlap;

/// <summary>
/// Finds buffers whose memory an earlier buffer covers: the same array on two paths, or a slice of an earlier array. They count once, at
/// their first visit. Buffers that overlap in another way (a slice before the whole array, or two slices that share some elements) cause an
/// error, because elements would count twice in any order.
/// </summary>
internal static class TiedGradients
{
    /// <summary>Marks the entries that are tied to an earlier one.</summary>
    /// <param name="table">The start and end of every buffer, all read at the same moment, without a garbage collection in between.</param>
    /// <returns>The first entry that partly overlaps an earlier one, and that earlier one; or (−1, −1).</returns>
    internal static (int Earlier, int Later) Mark(BufferTable table)
    {
        Span<GradientEntry> entries = table.Entries;
        (nuint[] starts, int[] ordinals) = table.RentOrdering();
        for (int i = 0; i < entries.Length; i++)
        {
            starts[i] = entries[i].Start;
            ordinals[i] = i;
            entries[i].IsTied = false;
        }

        Array.Sort(starts, ordinals, 0, entries.Length);
        for (int first = 0; first < entries.Length;)
        {
            // A cluster of buffers, each of which starts before the end of an earlier one.
            nuint end = entries[ordinals[first]].End;
            int next = first + 1;
            for (; next < entries.Length && starts[next] < end; next++)
                end = Math.Max(end, entries[ordinals[next]].End);
            if (next - first > 1)
            {
                (int Earlier, int Later) overlap = MarkCluster(entries, ordinals.AsSpan(first, next - first));
                if (overlap.Later >= 0)
                    return overlap;
            }

            first = next;
        }

        return (-1, -1);
    }

    private static (int Earlier, int Later) MarkCluster(Span<GradientEntry> entries, Span<int> ordinals)
    {
        ordinals.Sort();
        for (int i = 1; i < ordinals.Length; i++)
        {
            ref GradientEntry later = ref entries[ordinals[i]];
            for (int j = 0; j < i && !later.IsTied; j++)
            {
                ref GradientEntry earlier = ref entries[ordinals[j]];
                if (earlier.IsTied || later.Start >= earlier.End || earlier.Start >= later.End)
                    continue;
                if (later.Start < earlier.Start || later.End > earlier.End)
                    return (ordinals[j], ordinals[i]);
                later.IsTied = true;
            }
        }

        return (-1, -1);
    }
}
