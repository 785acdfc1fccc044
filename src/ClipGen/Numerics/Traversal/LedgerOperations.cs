using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Traversal;

/// <summary>
/// The complete form of the operations, with an entry per buffer between the traversals: several rules, norms per buffer, orders other than
/// 1, 2 and ∞, values at the ends of the range, NaN, ties. <see cref="GradientOperations"/> comes here when its one running total does not do.
/// </summary>
internal static class LedgerOperations
{
    // Where the order of every buffer's rule is meant.
    private const double OwnOrder = double.NaN;

    // In place of the number of a rule: all that have one.
    private const int EveryRule = -2;

    internal static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool everything)
        where TSource : IGradientSource
    {
        GradientLedger ledger = GradientLedger.Rent(rules);
        try
        {
            double totalOrder = TotalOrder(rules, out bool isCommon);
            ScaledNorm total = default;
            if (!isCommon)
                total = Measure(gradients, ledger, everything, totalOrder, isTotal: true);
            ScaledNorm own = Measure(gradients, ledger, everything, OwnOrder, isTotal: isCommon);
            if (isCommon)
                total = own;

            NonFiniteFinding finding = FindNonFinite(ledger);
            string? name = null;
            if (finding.Ordinal >= 0)
            {
                if (finding.Throwing >= 0)
                {
                    LocateVisitor thrown = Locate(gradients, finding.Throwing, infinityToo: !ledger.Rules[ledger[finding.Throwing].Rule].ByValue);
                    throw new NonFiniteGradientException(thrown.Name!, thrown.Index, thrown.Value);
                }

                name = Locate(gradients, finding.Ordinal, infinityToo: true).Name;
                if (finding.Zero)
                {
                    var zero = new ZeroVisitor();
                    gradients.VisitGradients(ref zero);
                    return new ClipResult { TotalNorm = total.Value, Scale = 0, NonFiniteGradient = name };
                }
            }

            double scale = Decide(ledger, out bool exceeded, out bool acts);
            if (acts)
            {
                var apply = new ApplyVisitor(ledger);
                gradients.VisitGradients(ref apply);
                exceeded |= apply.Clamped;
            }

            return new ClipResult { TotalNorm = total.Value, Scale = scale, Clipped = exceeded, NonFiniteGradient = name };
        }
        finally
        {
            GradientLedger.Return(ledger);
        }
    }

    internal static double Norm<TSource>(TSource gradients, double normType)
        where TSource : IGradientSource
    {
        GradientLedger ledger = GradientLedger.Rent([ClipRule.Norm(double.PositiveInfinity, normType)]);
        try
        {
            return Measure(gradients, ledger, everything: true, OwnOrder, isTotal: true).Value;
        }
        finally
        {
            GradientLedger.Return(ledger);
        }
    }

    internal static int Norms<TSource>(TSource gradients, Span<double> norms, double normType)
        where TSource : IGradientSource
    {
        GradientLedger ledger = GradientLedger.Rent([ClipRule.Norm(double.PositiveInfinity, normType, ClipScope.PerParameter)]);
        try
        {
            Measure(gradients, ledger, everything: true, OwnOrder, isTotal: false);
            int count = 0;
            foreach (ref GradientEntry entry in ledger.Entries)
                count += entry.IsTied ? 0 : 1;
            if (norms.Length < count)
                throw new ArgumentException($"There are {count} gradients, and room for {norms.Length} norms.", nameof(norms));
            count = 0;
            foreach (ref GradientEntry entry in ledger.Entries)
            {
                if (!entry.IsTied)
                    norms[count++] = Combine(new Span<GradientEntry>(ref entry), EveryRule, normType).Value;
            }

            return count;
        }
        finally
        {
            GradientLedger.Return(ledger);
        }
    }

    /// <summary>Scales, where buffers may be tied.</summary>
    internal static void Scale<TSource>(TSource gradients, ScaleFactor factor)
        where TSource : IGradientSource
    {
        GradientLedger ledger = GradientLedger.Rent([]);
        try
        {
            TieSearch.MarkTied(gradients, ledger, hasAddresses: false);
            foreach (ref GradientEntry entry in ledger.Entries)
            {
                entry.Scale = !entry.IsTied;
                entry.Clamp = false;
                entry.Factor = factor;
            }

            var apply = new ApplyVisitor(ledger);
            gradients.VisitGradients(ref apply);
        }
        finally
        {
            GradientLedger.Return(ledger);
        }
    }

    internal static List<string> Names<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        GradientLedger ledger = GradientLedger.Rent([]);
        try
        {
            TieSearch.MarkTied(gradients, ledger, hasAddresses: false);
            List<string> names = AllNames(gradients);
            int kept = 0;
            for (int i = 0; i < names.Count; i++)
            {
                if (!ledger[i].IsTied)
                    names[kept++] = names[i];
            }

            names.RemoveRange(kept, names.Count - kept);
            return names;
        }
        finally
        {
            GradientLedger.Return(ledger);
        }
    }

    /// <summary>Whether any buffer covers memory of an earlier one.</summary>
    internal static bool HasTied<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        GradientLedger ledger = GradientLedger.Rent([]);
        try
        {
            return TieSearch.MarkTied(gradients, ledger, hasAddresses: false);
        }
        finally
        {
            GradientLedger.Return(ledger);
        }
    }

    // The order that TotalNorm is of: the one that all rules share, else that of the rule without a group, else 2.
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

    // Fills the entries, ties and refinements included. Returns the norm of all buffers that have a rule when isTotal, else of none.
    private static ScaledNorm Measure<TSource>(TSource gradients, GradientLedger ledger, bool everything, double order, bool isTotal)
        where TSource : IGradientSource
    {
        int collections = GC.CollectionCount(0);
        var measure = new MeasureVisitor(ledger, everything, order);
        gradients.VisitGradients(ref measure);
        ledger.Count = measure.Count;
        bool moved = GC.CollectionCount(0) != collections;
        if (moved || measure.MayOverlap)
        {
            TieSearch.MarkTied(gradients, ledger, hasAddresses: !moved);
            foreach (ref GradientEntry entry in ledger.Entries)
            {
                if (entry.IsTied)
                    entry.Rule = GradientEntry.NoRule;
            }
        }

        bool refine = false;
        if (isTotal)
            refine |= RequestRefinement(ledger.Entries, EveryRule, double.IsNaN(order) ? ledger.Rules[0].NormType : order);
        if (double.IsNaN(order))
        {
            for (int i = 0; i < ledger.Rules.Length; i++)
            {
                ref readonly ClipRule rule = ref ledger.Rules[i];
                if (rule.Scope == ClipScope.Global)
                {
                    refine |= RequestRefinement(ledger.Entries, i, rule.NormType);
                    continue;
                }

                foreach (ref GradientEntry entry in ledger.Entries)
                    refine |= RequestRefinement(new Span<GradientEntry>(ref entry), i, rule.NormType);
            }
        }

        if (refine)
        {
            var refineVisitor = new RefineVisitor(ledger, order);
            gradients.VisitGradients(ref refineVisitor);
        }

        return isTotal ? Combine(ledger.Entries, EveryRule, double.IsNaN(order) ? ledger.Rules[0].NormType : order) : default;
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

    private static bool RequestRefinement(Span<GradientEntry> entries, int rule, double order)
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

    private static ScaledNorm Combine(ReadOnlySpan<GradientEntry> entries, int rule, double order)
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

    private static NonFiniteFinding FindNonFinite(GradientLedger ledger)
    {
        var finding = new NonFiniteFinding { Ordinal = -1, Throwing = -1 };
        for (int i = 0; i < ledger.Count; i++)
        {
            ref GradientEntry entry = ref ledger[i];
            if (entry.Rule < 0 || double.IsFinite(entry.Largest))
                continue;
            if (finding.Ordinal < 0)
                finding.Ordinal = i;
            ref readonly ClipRule rule = ref ledger.Rules[entry.Rule];
            if (!Offends(entry, rule))
                continue;
            if (rule.NonFinite == NonFinitePolicy.Throw && finding.Throwing < 0)
                finding.Throwing = i;
            finding.Zero |= rule.NonFinite == NonFinitePolicy.Zero;
        }

        return finding;
    }

    // An infinity can be clamped, so that clipping by value takes offence at NaN only.
    private static bool Offends(in GradientEntry entry, in ClipRule rule) =>
        rule.ByValue ? double.IsNaN(entry.Largest) : !double.IsFinite(entry.Largest);

    private static LocateVisitor Locate<TSource>(TSource gradients, int ordinal, bool infinityToo)
        where TSource : IGradientSource
    {
        var locate = new LocateVisitor(ordinal, infinityToo);
        gradients.VisitGradients(ref locate);
        return locate;
    }

    // Writes into the entries what is to be done. Returns the smallest factor.
    private static double Decide(GradientLedger ledger, out bool exceeded, out bool acts)
    {
        double smallest = 1;
        exceeded = acts = false;
        for (int i = 0; i < ledger.Rules.Length; i++)
        {
            ref readonly ClipRule rule = ref ledger.Rules[i];
            if (rule.ByValue)
            {
                // An infinite limit leaves everything, infinities beside a NaN too.
                foreach (ref GradientEntry entry in ledger.Entries)
                {
                    entry.Clamp |= entry.Rule == i && !double.IsPositiveInfinity(rule.Limit) && !(entry.Largest <= rule.Limit);
                    acts |= entry.Clamp;
                }

                continue;
            }

            if (rule.NonFinite == NonFinitePolicy.Leave && AnyOffends(ledger.Entries, i, rule))
                continue;
            if (rule.Scope == ClipScope.Global)
            {
                acts |= Decide(ledger.Entries, i, rule, ref smallest, ref exceeded);
                continue;
            }

            foreach (ref GradientEntry entry in ledger.Entries)
                acts |= Decide(new Span<GradientEntry>(ref entry), i, rule, ref smallest, ref exceeded);
        }

        return smallest;
    }

    private static bool Decide(Span<GradientEntry> entries, int number, in ClipRule rule, ref double smallest, ref bool exceeded)
    {
        ScaledNorm norm = Combine(entries, number, rule.NormType);
        if (!norm.Exceeds(rule.Limit, rule.Epsilon))
            return false;
        ScaleFactor factor = norm.FactorTo(rule.Limit, rule.Epsilon);
        exceeded |= !double.IsNaN(factor.First);
        smallest = Math.Min(smallest, factor.Value);
        foreach (ref GradientEntry entry in entries)
        {
            if (entry.Rule != number)
                continue;
            entry.Scale = true;
            entry.Factor = factor;
        }

        return true;
    }

    private static bool AnyOffends(ReadOnlySpan<GradientEntry> entries, int number, in ClipRule rule)
    {
        foreach (ref readonly GradientEntry entry in entries)
        {
            if (entry.Rule == number && Offends(entry, rule))
                return true;
        }

        return false;
    }

    internal static List<string> AllNames<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        var visitor = new NameVisitor();
        gradients.VisitGradients(ref visitor);
        return visitor.Names;
    }

    private struct NonFiniteFinding
    {
        // The first buffer that holds a NaN or an infinity.
        public int Ordinal;

        // The first that offends a rule under Throw.
        public int Throwing;

        // Whether one offends a rule under Zero.
        public bool Zero;
    }
}
