using ClipGen.Exchange;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Ledgers;
using ClipGen.Numerics.Limits;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>
/// The complete form of the operations, with an entry per buffer between the traversals: several rules, norms per buffer, orders other than
/// 1, 2 and ∞, values at the ends of the range, NaN, ties. <see cref="GradientOperations"/> comes here when its one running total does not
/// do.
/// </summary>
internal static class LedgerOperations
{
    // Where the order of every buffer's rule is meant.
    private const double OwnOrder = double.NaN;

    /// <summary>Clips.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="everything">Whether the first rule, which is the only one, is for all buffers, whatever their group.</param>
    /// <param name="report">Receives what is found and done, or null.</param>
    internal static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool everything, ClipReport? report = null)
        where TSource : IGradientSource
    {
        GradientLedger ledger = RentFor(rules, everything);
        try
        {
            ClipPlan plan = Plan(gradients, ledger, rules, everything, report);
            if (plan.Zeros)
                Walk.Through(gradients, default(Clear));
            else if (plan.Acts)
                Apply(gradients, ref plan, report);
            ClipState.Commit(rules, plan.Result);
            return plan.Result;
        }
        finally
        {
            GradientLedger.Return(ledger);
        }
    }

    /// <summary>A ledger for a clip by some rules.</summary>
    internal static GradientLedger RentFor(ReadOnlySpan<ClipRule> rules, bool everything) =>
        everything ? GradientLedger.Rent(rules) : GradientLedger.RentForAll(rules, LedgerNorms.TotalOrder(rules, out _));

    /// <summary>Measures, and decides what is to be done. Changes nothing.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="ledger">The ledger, as <see cref="RentFor"/> gives it.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="everything">Whether the first rule, which is the only one, is for all buffers, whatever their group.</param>
    /// <param name="report">Receives what is found, or null.</param>
    /// <param name="ranks">The processes that hold other gradients of the same model, or null.</param>
    internal static ClipPlan Plan<TSource>(
        TSource gradients,
        GradientLedger ledger,
        ReadOnlySpan<ClipRule> rules,
        bool everything,
        ClipReport? report = null,
        RankExchange? ranks = null)
        where TSource : IGradientSource
    {
        double totalOrder = LedgerNorms.TotalOrder(rules, out bool isCommon);
        ScaledNorm total = default;
        if (!isCommon)
            total = Measure(gradients, ledger, everything, totalOrder, isTotal: true, ranks: ranks);
        ScaledNorm own = Measure(gradients, ledger, everything, OwnOrder, isTotal: isCommon, eachBuffer: report is not null, ranks);
        if (isCommon)
            total = own;
        report?.WriteNorms(gradients, ledger, rules.Length);
        UnitProblems.ThrowIfAny(gradients, ledger);

        var plan = new ClipPlan { Ledger = ledger, Result = new ClipResult { TotalNorm = total.Value, Scale = 1 } };
        var nonFinite = NonFiniteFinding.Of(ledger);
        if (ranks is not null)
            SharedFinding.Agree(gradients, ledger, ranks, ref nonFinite, ref plan.Result);
        else if (nonFinite.First >= 0)
            plan.Result = plan.Result with { NonFiniteGradient = NameOrThrow(gradients, ledger, nonFinite) };
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
            (rules[i].State as BufferLimitState)?.Bind(gradients, ledger, i);

        var excess = new Excess();
        plan.Acts = Decide(ledger, ref excess);
        report?.WriteLimits(ledger);
        plan.Result = excess.WriteTo(plan.Result);
        plan.Excess = excess;
        return plan;
    }

    // The name of the first gradient that is not finite, unless one is under Throw.
    private static string NameOrThrow<TSource>(TSource gradients, GradientLedger ledger, in NonFiniteFinding nonFinite)
        where TSource : IGradientSource
    {
        var names = GradientNames.Of(gradients);
        return nonFinite.Throwing < 0 ? names[nonFinite.First] : throw ExceptionFor(gradients, ledger, nonFinite.Throwing, names);
    }

    private static void Apply<TSource>(TSource gradients, ref ClipPlan plan, ClipReport? report)
        where TSource : IGradientSource
    {
        GradientLedger ledger = plan.Ledger!;
        Walk.Through(gradients, new Apply(ledger));
        CountClamped(ref plan);
        report?.WriteFactors(ledger);
    }

    /// <summary>
    /// Writes into the result what was clamped. Which gradients had elements beyond their limit is known when they have been read.
    /// </summary>
    internal static void CountClamped(ref ClipPlan plan)
    {
        plan.Excess.AddClamped(plan.Ledger!.Entries, plan.Ledger.Rules);
        plan.Result = plan.Excess.WriteTo(plan.Result);
    }

    /// <summary>Writes the norms into a report, before one rule clips everything.</summary>
    internal static void Report<TSource>(TSource gradients, in ClipRule rule, ClipReport report)
        where TSource : IGradientSource
    {
        GradientLedger ledger = GradientLedger.Rent([rule]);
        try
        {
            Measure(gradients, ledger, everything: true, OwnOrder, isTotal: true, eachBuffer: true);
            report.WriteNorms(gradients, ledger, declared: 1);
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
                    norms[count++] = LedgerNorms.Combine(new Span<GradientEntry>(ref entry), LedgerNorms.EveryRule, normType).Value;
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

            // Nothing was measured: an entry still holds what an earlier clip of this thread left there.
            foreach (ref GradientEntry entry in ledger.Entries)
            {
                bool isTied = entry.IsTied;
                entry = new GradientEntry { IsTied = isTied, Rule = GradientEntry.NoRule, Scale = !isTied, Factor = factor };
            }

            Walk.Through(gradients, new Apply(ledger));
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
            var names = GradientNames.Of(gradients);
            var untied = new List<string>(names.Count);
            for (int i = 0; i < names.Count; i++)
            {
                if (!ledger[i].IsTied)
                    untied.Add(names[i]);
            }

            return untied;
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

    // Fills the entries, ties and refinements included. Returns the norm of all buffers that have a rule when isTotal, else of none. With
    // eachBuffer, the norm of every buffer on its own is known as well, in the order of its rule.
    private static ScaledNorm Measure<TSource>(
        TSource gradients,
        GradientLedger ledger,
        bool everything,
        double order,
        bool isTotal,
        bool eachBuffer = false,
        RankExchange? ranks = null)
        where TSource : IGradientSource
    {
        int collections = GC.CollectionCount(0);
        var measure = Walk<Measure>.Through(gradients, new Measure(ledger, everything, order));
        ledger.Count = measure.Count;
        bool moved = GC.CollectionCount(0) != collections;
        if (moved || measure.Operation.MayOverlap)
        {
            TieSearch.MarkTied(gradients, ledger, hasAddresses: !moved);
            foreach (ref GradientEntry entry in ledger.Entries)
            {
                if (entry.IsTied)
                    entry.Rule = GradientEntry.NoRule;
            }
        }

        bool isOwn = double.IsNaN(order);
        int total = RequestNorms(ledger, isOwn, isOwn ? ledger.Rules[0].NormType : order, isTotal);
        bool refine = CommonNorms.Sum(ledger, ranks);
        if (isOwn)
            refine |= RequestRefinement(ledger, eachBuffer);
        if (refine)
            Walk.Through(gradients, new Refine(ledger, order));
        CommonNorms.Complete(ledger, ranks);
        return isTotal ? ledger.NormOf(total) : default;
    }

    // Returns the rule that the norm of all gradients is found by.
    private static int RequestNorms(GradientLedger ledger, bool isOwn, double totalOrder, bool isTotal)
    {
        ledger.ClearNorms();
        for (int i = 0; isOwn && i < ledger.Rules.Length; i++)
        {
            if (ledger.Rules[i] is { Scope: ClipScope.Global, ByValue: false } rule)
                ledger.AddNorm(i, rule.NormType);
        }

        // The only rule is for all gradients.
        if (isOwn && ledger.Rules.Length == 1 && ledger.Norms.Length == 1)
            return 0;
        if (isTotal)
            ledger.AddNorm(LedgerNorms.EveryRule, totalOrder);
        return LedgerNorms.EveryRule;
    }

    // Of the norm of every buffer.
    private static bool RequestRefinement(GradientLedger ledger, bool eachBuffer)
    {
        bool refine = false;
        for (int i = 0; i < ledger.Rules.Length; i++)
        {
            ref readonly ClipRule rule = ref ledger.Rules[i];
            if ((rule.ByValue || rule.Scope == ClipScope.Global) && !eachBuffer)
                continue;
            foreach (ref GradientEntry entry in ledger.Entries)
                refine |= LedgerNorms.RequestRefinement(new Span<GradientEntry>(ref entry), i, rule.NormType);
        }

        return refine;
    }

    private static NonFiniteGradientException ExceptionFor<TSource>(
        TSource gradients, GradientLedger ledger, int ordinal, GradientNames names)
        where TSource : IGradientSource
    {
        Locate locate = Walk.Through(gradients, new Locate(ordinal, NonFiniteFinding.InfinityOffends(ledger.Rules[ledger[ordinal].Rule])));
        string name = names[ordinal];
        return NonFiniteOrigin.RankOf(name, locate.Index) is { } rank
            ? new NonFiniteGradientException(name, locate.Index, locate.Value, rank)
            : new NonFiniteGradientException(name, locate.Index, locate.Value);
    }

    // Writes into the entries what is to be done. Returns whether anything is.
    private static bool Decide(GradientLedger ledger, ref Excess excess)
    {
        bool acts = false;
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

            if (rule.NonFinite == NonFinitePolicy.Leave && (ledger.LeftRules?[i] ?? NonFiniteFinding.AnyOffends(ledger.Entries, i, rule)))
                continue;
            if (rule.State is BufferLimitState state)
            {
                acts |= state.Decide(ledger, i, ref excess);
                continue;
            }

            if (rule.Scope == ClipScope.Global)
            {
                acts |= Decide(ledger.Entries, ledger.NormOf(i), i, rule, ref excess);
                continue;
            }

            foreach (ref GradientEntry entry in ledger.Entries)
            {
                Span<GradientEntry> alone = new(ref entry);
                acts |= Decide(alone, LedgerNorms.Combine(alone, i, rule.NormType), i, rule, ref excess);
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
