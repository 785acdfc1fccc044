using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ClipGen.Numerics;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Walking;

namespace ClipGen.Exchange;

/// <summary>Combines the results of processes that hold other gradients of one model, so that all make the same decision.</summary>
internal static class SharedFinding
{
    /// <summary>
    /// Tells every process which gradients of any process are not finite or cannot be compared with their parameters.
    /// </summary>
    /// <param name="gradients">The gradients of this process.</param>
    /// <param name="table">The buffer table, after the measurement.</param>
    /// <param name="ranks">The processes.</param>
    /// <param name="finding">The finding of this process; receives the finding of all.</param>
    /// <param name="result">Receives the name of the first such gradient.</param>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient of any process is not finite, under <see cref="NonFinitePolicy.Throw"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// A gradient of any process is to be compared with its parameter, and cannot be.
    /// </exception>
    internal static void Agree<TSource>(
        TSource gradients, BufferTable table, RankExchange ranks, ref NonFiniteFinding finding, ref ClipResult result)
        where TSource : IGradientSource
    {
        if (!MayHoldNonFinite(table))
            return;
        int uncompared = UnitProblems.Find(table);
        var own = new Finding(finding.First >= 0, finding.Throwing >= 0, finding.Zero, finding.Leave, uncompared >= 0);
        Finding[] all = ranks.Gather(own);
        if (Array.Exists(all, other => other.IsUncompared))
            ThrowUncompared(gradients, table, ranks, uncompared);
        int first = Array.FindIndex(all, other => other.Any);
        if (first < 0)
            return;

        int throwing = Array.FindIndex(all, other => other.Throws);
        int named = throwing >= 0 ? throwing : first;
        int ordinal = throwing >= 0 ? finding.Throwing : finding.First;
        Place place = default;
        string name = "";
        if (named == ranks.Rank)
        {
            name = GradientNames.Of(gradients)[ordinal];
            Locate locate = Walk.Through(
                gradients, new Locate(ordinal, NonFiniteFinding.InfinityOffends(table.Rules[table[ordinal].Rule])));
            place = new Place(locate.Index, locate.Value, NonFiniteOrigin.RankOf(name, locate.Index) ?? named);
        }

        name = ranks.Gather(name)[named];
        place = ranks.Gather(place)[named];
        if (throwing >= 0)
            throw new NonFiniteGradientException(name, place.Index, place.Value, (int)place.Rank);
        result = result with { NonFiniteGradient = name, NonFiniteRank = (int)place.Rank };
        bool zeros = Array.Exists(all, other => other.Zeros);
        finding = new NonFiniteFinding(finding.First, -1, zeros, Array.Exists(all, other => other.Leaves));
        table.LeftRules = FindLeft(table, ranks);
    }

    /// <summary>Tells every process what exceeded its limit in any process, for norms of one gradient and limits by value.</summary>
    internal static void Merge(BufferTable table, RankExchange ranks, ref ClipPlan plan)
    {
        if (!HasOwnDecisions(table))
            return;
        var merged = new Excess();
        foreach (Excess excess in ranks.Gather(plan.Excess))
            merged.Merge(excess);
        plan.Excess = merged;
        plan.Result = merged.WriteTo(plan.Result);
    }

    [DoesNotReturn]
    private static void ThrowUncompared<TSource>(TSource gradients, BufferTable table, RankExchange ranks, int ordinal)
        where TSource : IGradientSource
    {
        string own = ordinal < 0 ? "" : UnitProblems.Describe(GradientNames.Of(gradients)[ordinal], table[ordinal].UnitProblem);
        string[] all = ranks.Gather(own);
        int rank = Array.FindIndex(all, text => text.Length > 0);
        throw new InvalidOperationException($"Rank {rank} cannot clip. {all[rank]}");
    }

    // A finite norm proves that all its gradients are finite.
    private static bool MayHoldNonFinite(BufferTable table)
    {
        foreach (ref readonly CommonNorm norm in table.Norms)
        {
            if (!norm.IsExact)
                return true;
        }

        return HasOwnDecisions(table);
    }

    private static bool HasOwnDecisions(BufferTable table)
    {
        foreach (ref readonly ClipRule rule in table.Rules)
        {
            if (rule.ByValue || rule.Scope != ClipScope.Global)
                return true;
        }

        return false;
    }

    private static bool[] FindLeft(BufferTable table, RankExchange ranks)
    {
        int count = table.Rules.Length;
        bool[] own = new bool[count];
        for (int i = 0; i < count; i++)
            own[i] = NonFiniteFinding.AnyOffends(table.Entries, i, table.Rules[i]);
        bool[] all = ranks.Gather<bool>(own);
        for (int i = 0; i < all.Length; i++)
            own[i % count] |= all[i];
        return own;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Finding(bool Any, bool Throws, bool Zeros, bool Leaves, bool IsUncompared);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Place(long Index, double Value, long Rank);
}
