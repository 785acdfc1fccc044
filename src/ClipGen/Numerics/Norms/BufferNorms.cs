using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Sums;

namespace ClipGen.Numerics.Norms;

/// <summary>Computes norms over the entries of a buffer table: of one buffer, of the buffers of a rule, or of all buffers.</summary>
internal static class BufferNorms
{
    /// <summary>Instead of the number of a rule: all entries that have a rule.</summary>
    internal const int EveryRule = -2;

    /// <summary>The order of the total norm: the order that all rules share, else that of the rule without a group, else 2.</summary>
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

    /// <summary>Marks the entries whose sums are not reliable, to be measured again.</summary>
    /// <returns>Whether there are any.</returns>
    internal static bool RequestRefinement(Span<GradientEntry> entries, int rule, double order) =>
        !TrySum(entries, rule, order, out _) && MarkForRefinement(entries, rule);

    /// <summary>Marks the entries of a rule, to be measured again.</summary>
    /// <returns>Whether there are any.</returns>
    internal static bool MarkForRefinement(Span<GradientEntry> entries, int rule)
    {
        bool any = false;
        foreach (ref GradientEntry entry in entries)
        {
            if (IsOf(entry, rule))
                entry.NeedsRefinement = any = true;
        }

        return any;
    }

    /// <summary>Computes the norm of the entries of a rule, which must be refined if that was requested.</summary>
    internal static ScaledNorm Combine(ReadOnlySpan<GradientEntry> entries, int rule, double order)
    {
        if (TrySum(entries, rule, order, out double sum))
            return new ScaledNorm(1, Root(sum, order));
        double largest = Largest(entries, rule);
        return IsScalable(largest)
            ? new ScaledNorm(largest, ScaledRoot(ScaledSum(entries, rule, order, largest), order))
            : new ScaledNorm(largest, 1);
    }

    /// <summary>Whether an entry is part of the norm of a rule.</summary>
    internal static bool IsOf(in GradientEntry entry, int rule) => rule == EveryRule ? entry.Rule >= 0 : entry.Rule == rule;

    /// <summary>Whether the sum in the precision of the elements is reliable.</summary>
    internal static bool IsExact(double sum, double order) => order switch
    {
        2 => EuclideanNorm.IsExact(sum),
        1 => TaxicabNorm.IsExact(sum),
        double.PositiveInfinity => LargestNorm.IsExact(sum),
        _ => false,
    };

    /// <summary>Computes a norm from a sum in the precision of the elements.</summary>
    internal static double Root(double sum, double order) => order == 2 ? EuclideanNorm.Root(sum) : sum;

    /// <summary>Computes a norm from a sum of elements divided by the largest magnitude, in units of that magnitude.</summary>
    internal static double ScaledRoot(double scaledSum, double order) => order switch
    {
        2 => Math.Sqrt(scaledSum),
        1 => scaledSum,
        _ => Math.Pow(scaledSum, 1 / order),
    };

    /// <summary>Whether elements can be divided by the largest magnitude. If not, the largest magnitude is the norm.</summary>
    internal static bool IsScalable(double largest) => largest != 0 && double.IsFinite(largest);

    /// <summary>The largest magnitude in the refined entries of a rule; NaN if one is NaN.</summary>
    internal static double Largest(ReadOnlySpan<GradientEntry> entries, int rule)
    {
        double largest = 0;
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (IsOf(entry, rule))
                largest = Math.Max(largest, entry.Largest);
        }

        return largest;
    }

    /// <summary>The contribution of a refined entry to a sum of elements divided by the largest magnitude.</summary>
    internal static double ScaledTerm(in GradientEntry entry, double order, double largest) =>
        double.IsPositiveInfinity(order) ? 1 : entry.ScaledSum * Math.Pow(entry.Largest / largest, order);

    private static double ScaledSum(ReadOnlySpan<GradientEntry> entries, int rule, double order, double largest)
    {
        var compensated = new CompensatedSum();
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (IsOf(entry, rule))
                compensated.Add(ScaledTerm(entry, order, largest));
        }

        if (compensated.TryRound(out double sum))
            return sum;
        var exact = new ExactSum();
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (IsOf(entry, rule))
                exact.Add(ScaledTerm(entry, order, largest));
        }

        return exact.Round();
    }

    // Computes the sum in the precision of the elements, as GradientOperations does. Returns whether it is reliable.
    private static bool TrySum(ReadOnlySpan<GradientEntry> entries, int rule, double order, out double sum)
    {
        bool isLargest = double.IsPositiveInfinity(order);
        var compensated = new CompensatedSum();
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (!IsOf(entry, rule))
                continue;
            if (isLargest)
                compensated.Enlarge(entry.Sum);
            else
                compensated.Add(entry.Sum);
        }

        if (!compensated.TryRound(out sum) && compensated.IsFinite)
            sum = SumExactly(entries, rule);
        return IsExact(sum, order);
    }

    private static double SumExactly(ReadOnlySpan<GradientEntry> entries, int rule)
    {
        var exact = new ExactSum();
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (IsOf(entry, rule))
                exact.Add(entry.Sum);
        }

        return exact.Round();
    }
}
