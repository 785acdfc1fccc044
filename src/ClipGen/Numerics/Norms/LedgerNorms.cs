using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Ledgers;

namespace ClipGen.Numerics.Norms;

/// <summary>Norms over the entries of a ledger: of one buffer, of the buffers of a rule, or of all.</summary>
internal static class LedgerNorms
{
    /// <summary>In place of the number of a rule: all entries that have one.</summary>
    internal const int EveryRule = -2;

    /// <summary>The order that the total norm is of: the one that all rules share, else that of the rule without a group, else 2.</summary>
    internal static double TotalOrder(ReadOnlySpan<ClipRule> rules, out bool isCommon)
    {
        isCommon = true;
        double order = double.NaN;
        foreach (ref readonly ClipRule rule in rules)
        {
            isCommon &= rule.NormType == rules[0].NormType;
            if (rule.Group is null)
                order = rule.NormType;
        }

        return isCommon ? rules[0].NormType : double.IsNaN(order) ? 2 : order;
    }

    /// <summary>Marks the entries whose sums do not give their common norm, to be measured again.</summary>
    /// <returns>Whether there are any.</returns>
    internal static bool RequestRefinement(Span<GradientEntry> entries, int rule, double order)
    {
        if (TrySum(entries, rule, order, out _))
            return false;
        bool any = false;
        foreach (ref GradientEntry entry in entries)
        {
            if (IsOf(entry, rule))
                entry.NeedsRefinement = any = true;
        }

        return any;
    }

    /// <summary>The common norm of the entries of a rule, which are refined where that was requested.</summary>
    internal static ScaledNorm Combine(ReadOnlySpan<GradientEntry> entries, int rule, double order)
    {
        if (TrySum(entries, rule, order, out double sum))
            return new ScaledNorm(1, order == 2 ? EuclideanNorm.Root(sum) : sum);

        double largest = 0;
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (IsOf(entry, rule))
                largest = Math.Max(largest, entry.Largest);
        }

        if (largest == 0 || !double.IsFinite(largest))
            return new ScaledNorm(largest, 1);
        double scaledSum = 0;
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (IsOf(entry, rule))
                scaledSum += entry.ScaledSum * Math.Pow(entry.Largest / largest, order);
        }

        double ratio = order switch
        {
            2 => Math.Sqrt(scaledSum),
            1 => scaledSum,
            _ => Math.Pow(scaledSum, 1 / order),
        };
        return new ScaledNorm(largest, ratio);
    }

    private static bool IsOf(in GradientEntry entry, int rule) => rule == EveryRule ? entry.Rule >= 0 : entry.Rule == rule;

    // The sum in the precision of the elements, as GradientOperations has it; and whether it can be trusted.
    private static bool TrySum(ReadOnlySpan<GradientEntry> entries, int rule, double order, out double sum)
    {
        sum = 0;
        bool isLargest = double.IsPositiveInfinity(order);
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (IsOf(entry, rule))
                sum = isLargest ? Math.Max(sum, entry.Sum) : sum + entry.Sum;
        }

        return order switch
        {
            2 => EuclideanNorm.IsExact(sum),
            1 => TaxicabNorm.IsExact(sum),
            double.PositiveInfinity => LargestNorm.IsExact(sum),
            _ => false,
        };
    }
}
