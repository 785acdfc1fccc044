using ClipGen.Exchange;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Sums;

namespace ClipGen.Numerics.Norms;

/// <summary>Computes the norms of a buffer table that cover several gradients, of this process or of all processes.</summary>
internal static class CommonNorms
{
    /// <summary>Adds the sums of the entries, and marks the entries whose sums are not sufficient for a norm.</summary>
    /// <returns>Whether any entry is marked.</returns>
    internal static bool Sum(BufferTable table, RankExchange? ranks)
    {
        if (ranks is not null)
            return SumOverRanks(table, ranks);
        bool refine = false;
        foreach (ref CommonNorm norm in table.Norms)
            refine |= BufferNorms.RequestRefinement(table.Entries, norm.Rule, norm.Order);
        return refine;
    }

    /// <summary>Computes the norms after the marked entries are refined.</summary>
    internal static void Complete(BufferTable table, RankExchange? ranks)
    {
        if (ranks is not null)
        {
            CompleteOverRanks(table, ranks);
            return;
        }

        foreach (ref CommonNorm norm in table.Norms)
            norm.Value = BufferNorms.Combine(table.Entries, norm.Rule, norm.Order);
    }

    /// <summary>Whether an entry counts for a norm in this process. A replicated entry counts in the first process.</summary>
    private static bool Counts(in GradientEntry entry, in CommonNorm norm, RankExchange ranks) =>
        BufferNorms.IsOf(entry, norm.Rule) && (!entry.IsReplicated || ranks.CountsReplicated);

    private static bool SumOverRanks(BufferTable table, RankExchange ranks)
    {
        Span<CommonNorm> norms = table.Norms;
        using ExactSums sums = new(norms.Length);
        Span<double> largest = norms.Length <= 16 ? stackalloc double[norms.Length] : new double[norms.Length];
        bool hasLargest = false;
        for (int i = 0; i < norms.Length; i++)
        {
            ref readonly CommonNorm norm = ref norms[i];
            bool isLargest = double.IsPositiveInfinity(norm.Order);
            hasLargest |= isLargest;
            largest[i] = 0;
            foreach (ref readonly GradientEntry entry in table.Entries)
            {
                if (!Counts(entry, norm, ranks))
                    continue;
                if (isLargest)
                    largest[i] = Math.Max(largest[i], entry.Sum);
                else
                    sums.Add(i, entry.Sum);
            }
        }

        ranks.AddUp(sums.Words);
        if (hasLargest)
            ranks.FindLargest(largest);
        bool refine = false;
        for (int i = 0; i < norms.Length; i++)
        {
            ref CommonNorm norm = ref norms[i];
            double sum = double.IsPositiveInfinity(norm.Order) ? largest[i] : sums.Round(i);
            norm.IsExact = BufferNorms.IsExact(sum, norm.Order);
            if (norm.IsExact)
                norm.Value = new ScaledNorm(1, BufferNorms.Root(sum, norm.Order));
            else
                refine |= BufferNorms.MarkForRefinement(table.Entries, norm.Rule);
        }

        return refine;
    }

    private static void CompleteOverRanks(BufferTable table, RankExchange ranks)
    {
        Span<CommonNorm> norms = table.Norms;
        bool isComplete = true;
        foreach (ref readonly CommonNorm norm in norms)
            isComplete &= norm.IsExact;
        if (isComplete)
            return;

        Span<double> largest = norms.Length <= 16 ? stackalloc double[norms.Length] : new double[norms.Length];
        for (int i = 0; i < norms.Length; i++)
            largest[i] = norms[i].IsExact ? 0 : BufferNorms.Largest(table.Entries, norms[i].Rule);
        ranks.FindLargest(largest);

        using ExactSums sums = new(norms.Length);
        for (int i = 0; i < norms.Length; i++)
        {
            if (norms[i].IsExact || !BufferNorms.IsScalable(largest[i]))
                continue;
            foreach (ref readonly GradientEntry entry in table.Entries)
            {
                if (Counts(entry, norms[i], ranks))
                    sums.Add(i, BufferNorms.ScaledTerm(entry, norms[i].Order, largest[i]));
            }
        }

        ranks.AddUp(sums.Words);
        for (int i = 0; i < norms.Length; i++)
        {
            if (norms[i].IsExact)
                continue;
            double ratio = BufferNorms.IsScalable(largest[i]) ? BufferNorms.ScaledRoot(sums.Round(i), norms[i].Order) : 1;
            norms[i].Value = new ScaledNorm(largest[i], ratio);
        }
    }
}
