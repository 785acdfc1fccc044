using ClipGen.Numerics.Buffers;

namespace ClipGen.Numerics.Overlap;

/// <summary>
/// Finds the buffers whose memory an earlier buffer covers: the same array reached by two paths, or a slice of an array visited
/// before. They count once, at their first visit. Buffers that overlap in any other way (a slice first and the whole array after it, two
/// slices that share some elements) have no order in which every element counts once, and are refused.
/// </summary>
internal static class TiedGradients
{
    /// <summary>Marks the entries that are tied to an earlier one.</summary>
    /// <param name="table">Start and end of every buffer, all of one moment: no garbage collection moved any meanwhile.</param>
    /// <returns>The first entry that overlaps an earlier one in part and that one, or (−1, −1).</returns>
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
            // A cluster: buffers each of which begins before the ones before it have ended.
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
