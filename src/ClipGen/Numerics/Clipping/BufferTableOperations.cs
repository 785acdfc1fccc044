using ClipGen.Exchange;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Limits;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>
/// The general form of the operations, which keeps an entry per buffer between traversals: for several rules, norms per buffer, orders
/// other than 1, 2 and ∞, values near the limits of the range, NaN and tied buffers. <see cref="GradientOperations"/> uses it when its
/// single running total is not sufficient.
/// </summary>
internal static class BufferTableOperations
{
    // The order of each buffer's own rule.
    private const double OwnOrder = double.NaN;

    /// <summary>Clips.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="everything">Whether the first rule, which is then the only one, covers all buffers of any group.</param>
    /// <param name="report">Receives the results, or null.</param>
    internal static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool everything, ClipReport? report = null)
        where TSource : IGradientSource
    {
        BufferTable table = RentFor(rules, everything);
        try
        {
            ClipPlan plan = Plan(gradients, table, rules, everything, report);
            if (plan.Zeros)
                Walk.Through(gradients, default(Clear));
            else if (plan.Acts)
                Apply(gradients, ref plan, report);
            ClipState.Commit(rules, plan.Result);
            return plan.Result;
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    /// <summary>Gets a buffer table for a clip by several rules.</summary>
    internal static BufferTable RentFor(ReadOnlySpan<ClipRule> rules, bool everything) =>
        everything ? BufferTable.Rent(rules) : BufferTable.RentForAll(rules, BufferNorms.TotalOrder(rules, out _));

    /// <summary>Measures the gradients and decides how to change them. Changes nothing.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="table">A buffer table from <see cref="RentFor"/>.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="everything">Whether the first rule, which is then the only one, covers all buffers of any group.</param>
    /// <param name="report">Receives the norms, or null.</param>
    /// <param name="ranks">The processes that hold the other gradients of the model, or null.</param>
    internal static ClipPlan Plan<TSource>(
        TSource gradients,
        BufferTable table,
        ReadOnlySpan<ClipRule> rules,
        bool everything,
        ClipReport? report = null,
        RankExchange? ranks = null)
        where TSource : IGradientSource
    {
        double totalOrder = BufferNorms.TotalOrder(rules, out bool isCommon);
        ScaledNorm total = default;
        if (!isCommon)
            total = Measure(gradients, table, everything, totalOrder, isTotal: true, ranks: ranks);
        ScaledNorm own = Measure(gradients, table, everything, OwnOrder, isTotal: isCommon, eachBuffer: report is not null, ranks);
        if (isCommon)
            total = own;
        report?.WriteNorms(gradients, table, rules.Length);
        if (ranks is null)
            UnitProblems.ThrowIfAny(gradients, table);

        var plan = new ClipPlan { Buffers = table, Result = new ClipResult { TotalNorm = total.Value, Scale = 1 } };
        var nonFinite = NonFiniteFinding.Of(table);
        if (ranks is not null)
            SharedFinding.Agree(gradients, table, ranks, ref nonFinite, ref plan.Result);
        else if (nonFinite.First >= 0)
            plan.Result = plan.Result with { NonFiniteGradient = NameOrThrow(gradients, table, nonFinite) };
        if (!plan.Result.IsFinite)
        {
            plan.Skips = nonFinite.Zero || nonFinite.Leave;
            if (nonFinite.Zero)
            {
                plan.Zeros = true;
                plan.Result = plan.Result with { Scale = 0 };
                report?.WriteFactor(plan.Result);
                return plan;
            }
        }

        for (int i = 0; i < rules.Length; i++)
            (rules[i].State as BufferLimitState)?.Bind(gradients, table, i);

        var excess = new Excess();
        plan.Acts = Decide(table, ranks, ref excess);
        report?.WriteLimits(table);
        plan.Result = excess.WriteTo(plan.Result);
        plan.Excess = excess;
        return plan;
    }

    // Returns the name of the first gradient that is not finite. Throws if one has the policy Throw.
    private static string NameOrThrow<TSource>(TSource gradients, BufferTable table, in NonFiniteFinding nonFinite)
        where TSource : IGradientSource
    {
        var names = GradientNames.Of(gradients);
        return nonFinite.Throwing < 0 ? names[nonFinite.First] : throw ExceptionFor(gradients, table, nonFinite.Throwing, names);
    }

    private static void Apply<TSource>(TSource gradients, ref ClipPlan plan, ClipReport? report)
        where TSource : IGradientSource
    {
        BufferTable table = plan.Buffers!;
        Walk.Through(gradients, new Apply(table));
        CountClamped(ref plan);
        report?.WriteFactors(table);
    }

    /// <summary>
    /// Adds the clamped gradients to the result. Which gradients had elements beyond their limit is known only after they are read.
    /// </summary>
    internal static void CountClamped(ref ClipPlan plan)
    {
        plan.Excess.AddClamped(plan.Buffers!.Entries, plan.Buffers.Rules);
        plan.Result = plan.Excess.WriteTo(plan.Result);
    }

    /// <summary>Writes the norms into a report, before one rule clips all gradients.</summary>
    internal static void Report<TSource>(TSource gradients, in ClipRule rule, ClipReport report)
        where TSource : IGradientSource
    {
        BufferTable table = BufferTable.Rent([rule]);
        try
        {
            Measure(gradients, table, everything: true, OwnOrder, isTotal: true, eachBuffer: true);
            report.WriteNorms(gradients, table, declared: 1);
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    internal static double Norm<TSource>(TSource gradients, double normType)
        where TSource : IGradientSource
    {
        BufferTable table = BufferTable.Rent([ClipRule.Norm(double.PositiveInfinity, normType)]);
        try
        {
            return Measure(gradients, table, everything: true, OwnOrder, isTotal: true).Value;
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    internal static int Norms<TSource>(TSource gradients, Span<double> norms, double normType)
        where TSource : IGradientSource
    {
        BufferTable table = BufferTable.Rent([ClipRule.Norm(double.PositiveInfinity, normType, ClipScope.PerParameter)]);
        try
        {
            Measure(gradients, table, everything: true, OwnOrder, isTotal: false);
            int count = 0;
            foreach (ref GradientEntry entry in table.Entries)
                count += entry.IsTied ? 0 : 1;
            if (norms.Length < count)
                throw new ArgumentException($"There are {count} gradients, but room for only {norms.Length} norms.", nameof(norms));
            count = 0;
            foreach (ref GradientEntry entry in table.Entries)
            {
                if (!entry.IsTied)
                    norms[count++] = BufferNorms.Combine(new Span<GradientEntry>(ref entry), BufferNorms.EveryRule, normType).Value;
            }

            return count;
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    /// <summary>Scales gradients that may be tied.</summary>
    internal static void Scale<TSource>(TSource gradients, ScaleFactor factor)
        where TSource : IGradientSource
    {
        BufferTable table = BufferTable.Rent([]);
        try
        {
            TieSearch.MarkTied(gradients, table, hasAddresses: false);

            // Nothing was measured: the entries still contain the values of an earlier clip on this thread.
            foreach (ref GradientEntry entry in table.Entries)
            {
                bool isTied = entry.IsTied;
                entry = new GradientEntry { IsTied = isTied, Rule = GradientEntry.NoRule, Scale = !isTied, Factor = factor };
            }

            Walk.Through(gradients, new Apply(table));
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    internal static List<string> Names<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        BufferTable table = BufferTable.Rent([]);
        try
        {
            TieSearch.MarkTied(gradients, table, hasAddresses: false);
            var names = GradientNames.Of(gradients);
            var untied = new List<string>(names.Count);
            for (int i = 0; i < names.Count; i++)
            {
                if (!table[i].IsTied)
                    untied.Add(names[i]);
            }

            return untied;
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    /// <summary>Whether any buffer lies in the memory of an earlier one.</summary>
    internal static bool HasTied<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        BufferTable table = BufferTable.Rent([]);
        try
        {
            return TieSearch.MarkTied(gradients, table, hasAddresses: false);
        }
        finally
        {
            BufferTable.Return(table);
        }
    }

    // Fills the entries, including ties and refinements. Returns the norm of all buffers that have a rule if isTotal is true. With
    // eachBuffer, the norm of each buffer in the order of its rule is also known afterwards.
    private static ScaledNorm Measure<TSource>(
        TSource gradients,
        BufferTable table,
        bool everything,
        double order,
        bool isTotal,
        bool eachBuffer = false,
        RankExchange? ranks = null)
        where TSource : IGradientSource
    {
        int collections = GC.CollectionCount(0);
        var measure = Walk<Measure>.Through(gradients, new Measure(table, everything, order));
        table.Count = measure.Count;
        bool moved = GC.CollectionCount(0) != collections;
        if (moved || measure.Operation.MayOverlap)
        {
            TieSearch.MarkTied(gradients, table, hasAddresses: !moved);
            foreach (ref GradientEntry entry in table.Entries)
            {
                if (entry.IsTied)
                    entry.Rule = GradientEntry.NoRule;
            }
        }

        bool isOwn = double.IsNaN(order);
        int total = RequestNorms(table, isOwn, isOwn ? table.Rules[0].NormType : order, isTotal);
        bool refine = CommonNorms.Sum(table, ranks);
        if (isOwn)
            refine |= RequestRefinement(table, eachBuffer);
        if (refine)
            Walk.Through(gradients, new Refine(table, order));
        CommonNorms.Complete(table, ranks);
        return isTotal ? table.NormOf(total) : default;
    }

    // Returns the rule whose norm is the norm of all gradients.
    private static int RequestNorms(BufferTable table, bool isOwn, double totalOrder, bool isTotal)
    {
        table.ClearNorms();
        for (int i = 0; isOwn && i < table.Rules.Length; i++)
        {
            if (table.Rules[i] is { Scope: ClipScope.Global, ByValue: false } rule)
                table.AddNorm(i, rule.NormType);
        }

        // The only rule covers all gradients.
        if (isOwn && table.Rules.Length == 1 && table.Norms.Length == 1)
            return 0;
        if (isTotal)
            table.AddNorm(BufferNorms.EveryRule, totalOrder);
        return BufferNorms.EveryRule;
    }

    // Requests the refinement of the norms of single buffers.
    private static bool RequestRefinement(BufferTable table, bool eachBuffer)
    {
        bool refine = false;
        for (int i = 0; i < table.Rules.Length; i++)
        {
            ref readonly ClipRule rule = ref table.Rules[i];
            if ((rule.ByValue || rule.Scope == ClipScope.Global) && !eachBuffer)
                continue;
            foreach (ref GradientEntry entry in table.Entries)
                refine |= BufferNorms.RequestRefinement(new Span<GradientEntry>(ref entry), i, rule.NormType);
        }

        return refine;
    }

    private static NonFiniteGradientException ExceptionFor<TSource>(
        TSource gradients, BufferTable table, int ordinal, GradientNames names)
        where TSource : IGradientSource
    {
        Locate locate = Walk.Through(gradients, new Locate(ordinal, NonFiniteFinding.InfinityOffends(table.Rules[table[ordinal].Rule])));
        string name = names[ordinal];
        return NonFiniteOrigin.RankOf(name, locate.Index) is { } rank
            ? new NonFiniteGradientException(name, locate.Index, locate.Value, rank)
            : new NonFiniteGradientException(name, locate.Index, locate.Value);
    }

    // Writes the changes into the entries. Returns whether there are any.
    private static bool Decide(BufferTable table, RankExchange? ranks, ref Excess excess)
    {
        bool acts = false;
        for (int i = 0; i < table.Rules.Length; i++)
        {
            ref readonly ClipRule rule = ref table.Rules[i];
            if (rule.ByValue)
            {
                // An infinite limit changes nothing, not even infinities next to a NaN.
                foreach (ref GradientEntry entry in table.Entries)
                {
                    entry.Clamp |= entry.Rule == i && !double.IsPositiveInfinity(rule.Limit) && !(entry.Largest <= rule.Limit);
                    acts |= entry.Clamp;
                }

                continue;
            }

            if (rule.NonFinite == NonFinitePolicy.Leave && (table.LeftRules?[i] ?? NonFiniteFinding.AnyOffends(table.Entries, i, rule)))
                continue;
            if (rule.State is BufferLimitState state)
            {
                acts |= state.Decide(table, i, ranks, ref excess);
                continue;
            }

            if (rule.Scope == ClipScope.Global)
            {
                acts |= Decide(table.Entries, table.NormOf(i), i, rule, ref excess);
                continue;
            }

            foreach (ref GradientEntry entry in table.Entries)
            {
                Span<GradientEntry> alone = new(ref entry);
                acts |= Decide(alone, BufferNorms.Combine(alone, i, rule.NormType), i, rule, ref excess);
            }
        }

        return acts;
    }

    private static bool Decide(Span<GradientEntry> entries, ScaledNorm norm, int number, in ClipRule rule, ref Excess excess)
    {
        double limit = rule.LimitFor(norm.Value);
        if (!norm.Exceeds(limit, rule.Epsilon))
            return false;
        ScaleFactor factor = norm.FactorTo(limit, rule.Epsilon);
        excess.AddScaled(norm.Value, limit, factor.Value);
        foreach (ref GradientEntry entry in entries)
        {
            if (entry.Rule != number)
                continue;
            entry.Scale = true;
            entry.Factor = factor;
        }

        return true;
    }
}
