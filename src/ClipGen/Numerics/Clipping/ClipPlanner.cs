using System.Runtime.CompilerServices;
using ClipGen.Exchange;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Limits;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>Plans a clip without changing gradients, for operations that make the changes in their own pass.</summary>
internal static class ClipPlanner
{
    /// <summary>Measures the gradients and decides how to change them. The caller must return the plan's buffer table at the end.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits.</param>
    /// <param name="isUntied">Whether the compiler has verified that no two gradients share memory.</param>
    /// <param name="ranks">The processes that hold the other gradients of the model, or null.</param>
    /// <param name="report">Receives the results, or null.</param>
    /// <param name="isForStep">
    /// Whether a step over all gradients follows, which can decide about units (<see cref="OpenUnits"/>). The caller must then call
    /// <see cref="ClipPlan.AddOpenUnits"/> after it.
    /// </param>
    /// <exception cref="NonFiniteGradientException">A gradient is not finite, under <see cref="NonFinitePolicy.Throw"/>.</exception>
    internal static ClipPlan Plan<TSource>(
        TSource gradients,
        ReadOnlySpan<ClipRule> rules,
        bool isUntied,
        RankExchange? ranks = null,
        ClipReport? report = null,
        bool isForStep = false)
        where TSource : IGradientSource
    {
        GradientOperations.Validate(rules);
        bool everything = rules is [{ Group: null }];
        bool isOneNorm = everything && rules[0] is { ByValue: false, Scope: ClipScope.Global };
        if (isOneNorm && report is not null)
            BufferTableOperations.Report(gradients, rules[0], report);
        bool isSimple = isOneNorm && (ranks is null || PartialNorm.IsSupported(rules[0].NormType));
        if (isSimple && TryPlan(gradients, rules[0], isUntied, ranks, out ClipPlan simple))
        {
            report?.WriteResult(simple.Result);
            report?.WriteLimit(0, rules[0]);
            return simple;
        }

        if (!isSimple)
            ranks?.Open();
        return PlanByTable(gradients, rules, everything, ranks, report, isForStep);
    }

    // A separate method, so that the common path does not clear stack space for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ClipPlan PlanByTable<TSource>(
        TSource gradients, ReadOnlySpan<ClipRule> rules, bool everything, RankExchange? ranks, ClipReport? report, bool isForStep)
        where TSource : IGradientSource
    {
        BufferTable table = BufferTableOperations.RentFor(rules, everything);
        bool isKept = false;
        try
        {
            LongGradients longGradients = FindLong(gradients);

            // Threads share a long gradient in chunks, which may end within a unit. Processes and reports need every decision first.
            if (isForStep && !longGradients.AreShared && ranks is null && report is null && AreDecidable(rules))
            {
                table.Units.AreOpen = true;
                table.Units.Open.Reset();
            }

            ClipPlan plan = BufferTableOperations.Plan(gradients, table, rules, everything, report, ranks);
            if (plan.Acts)
            {
                Walk.Through(gradients, new ConfirmClamps(table));
                BufferTableOperations.CountClamped(ref plan);
                report?.WriteFactors(table);
            }

            if (ranks is not null && !plan.Zeros)
                SharedFinding.Merge(table, ranks, ref plan);
            plan.Long = longGradients;
            isKept = true;
            return plan;
        }
        finally
        {
            if (!isKept)
                BufferTable.Return(table);
        }
    }

    /// <summary>A plan that changes no gradient, but contains which gradients are tied.</summary>
    internal static ClipPlan PlanNothing<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        int collections = GC.CollectionCount(0);
        WatchMemory watch = Walk.Through(gradients, default(WatchMemory));
        var plan = new ClipPlan
        {
            Result = new ClipResult { Scale = 1 },
            Factor = new Kernels.ScaleFactor(1),
            Long = watch.Long,
        };
        if (!watch.Runs.MayOverlap && GC.CollectionCount(0) == collections)
            return plan;
        BufferTable table = BufferTable.Rent([]);
        try
        {
            if (!TieSearch.MarkTied(gradients, table, hasAddresses: false))
                return plan;
            foreach (ref GradientEntry entry in table.Entries)
                entry = new GradientEntry { IsTied = entry.IsTied, Rule = GradientEntry.NoRule };
            plan.Buffers = table;
            return plan;
        }
        finally
        {
            if (plan.Buffers is null)
                BufferTable.Return(table);
        }
    }

    private static bool TryPlan<TSource>(TSource gradients, in ClipRule rule, bool isUntied, RankExchange? ranks, out ClipPlan plan)
        where TSource : IGradientSource
    {
        plan = default;
        bool isKnown = ranks is not null
            ? SharedNorm.TryMeasure(gradients, rule.NormType, isUntied, ranks, out double norm, out LongGradients longGradients)
            : isUntied ? NormClip<NoAddresses>.TryNorm(gradients, rule.NormType, out norm, out longGradients)
            : NormClip<DisjointRanges>.TryNorm(gradients, rule.NormType, out norm, out longGradients);
        if (!isKnown)
            return false;
        plan.Long = longGradients;
        var scaledNorm = new ScaledNorm(1, norm);
        double limit = rule.LimitFor(norm);
        plan.Acts = scaledNorm.Exceeds(limit, rule.Epsilon);
        plan.Factor = plan.Acts ? scaledNorm.FactorTo(limit, rule.Epsilon) : new Kernels.ScaleFactor(1);
        plan.Result = new ClipResult
        {
            TotalNorm = norm,
            Scale = plan.Factor.Value,
            Clipped = plan.Acts,
            ExceedingNorm = plan.Acts ? norm : 0,
            ExceededLimit = plan.Acts ? limit : 0,
        };
        return true;
    }

    private static bool AreDecidable(ReadOnlySpan<ClipRule> rules)
    {
        bool areUnits = false;
        foreach (ref readonly ClipRule rule in rules)
        {
            if (!rule.NeedsParameters)
                continue;
            areUnits = true;
            if (rule.State is not AdaptiveClipState { IsDecidable: true })
                return false;
        }

        return areUnits;
    }

    // A table is applied in one traversal, unless threads share it.
    private static LongGradients FindLong<TSource>(TSource gradients)
        where TSource : IGradientSource
    {
        if (GradientThreads.Maximum == 1)
            return default;
        WatchMemory watch = Walk.Through(gradients, default(WatchMemory));
        return watch.Long.AreShared ? watch.Long : default;
    }
}
