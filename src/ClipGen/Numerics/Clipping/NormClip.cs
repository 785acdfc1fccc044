using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Threads;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Clipping;

/// <summary>
/// The common path of a clip: one pass with a running total, and one that scales, both without a record of the buffers.
/// </summary>
/// <typeparam name="TWatch">How the pass detects buffers that share memory.</typeparam>
internal static class NormClip<TWatch>
    where TWatch : struct, IAddressWatch
{
    /// <summary>
    /// Clips by a rule for all gradients. Returns false, and changes nothing, if the rule is of another kind or the norm is not reliable.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryClip<TSource>(TSource gradients, in ClipRule rule, out ClipResult result)
        where TSource : IGradientSource
    {
        Unsafe.SkipInit(out result);
        if (rule.ByValue || rule.Scope != ClipScope.Global)
            return false;
        if (!TryNorm(gradients, rule.NormType, out double norm, out LongGradients longGradients))
            return false;
        if (rule.State is not null)
        {
            result = ClipByState(gradients, rule, norm, longGradients);
            return true;
        }

        var scaledNorm = new ScaledNorm(1, norm);
        if (!scaledNorm.Exceeds(rule.Limit, rule.Epsilon))
        {
            result = new ClipResult { TotalNorm = norm, Scale = 1 };
            return true;
        }

        ScaleFactor factor = scaledNorm.FactorTo(rule.Limit, rule.Epsilon);
        Scale(gradients, factor, longGradients);
        result = new ClipResult
        {
            TotalNorm = norm,
            Scale = factor.Value,
            Clipped = true,
            ExceedingNorm = norm,
            ExceededLimit = rule.Limit,
        };
        return true;
    }

    /// <summary>Computes the norm in one pass. Returns false if it is not reliable.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryNorm<TSource>(TSource gradients, double normType, out double norm, out LongGradients longGradients)
        where TSource : IGradientSource
    {
        if (normType == 2)
            return TryEuclideanNorm(gradients, out norm, out longGradients);
        longGradients = default;
        if (normType == 1)
            return TryNorm<TSource, TaxicabNorm>(gradients, out norm);
        if (double.IsPositiveInfinity(normType))
            return TryNorm<TSource, LargestNorm>(gradients, out norm);
        norm = 0;
        return false;
    }

    /// <summary>Scales gradients none of which is tied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Scale<TSource>(TSource gradients, ScaleFactor factor, LongGradients longGradients)
        where TSource : IGradientSource
    {
        if (ChunkPass.TryChange(gradients, new ScaleChunks(factor), longGradients))
            return;
        var scale = new ScaleVisitor(factor);
        gradients.VisitGradients(ref scale);
    }

    // A separate method, so that the common path needs no stack space for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ClipResult ClipByState<TSource>(TSource gradients, in ClipRule rule, double norm, LongGradients longGradients)
        where TSource : IGradientSource
    {
        double limit = rule.LimitFor(norm);
        var scaledNorm = new ScaledNorm(1, norm);
        var result = new ClipResult { TotalNorm = norm, Scale = 1 };
        if (scaledNorm.Exceeds(limit, rule.Epsilon))
        {
            ScaleFactor factor = scaledNorm.FactorTo(limit, rule.Epsilon);
            Scale(gradients, factor, longGradients);
            result = result with { Scale = factor.Value, Clipped = true, ExceedingNorm = norm, ExceededLimit = limit };
        }

        rule.State!.Commit();
        return result;
    }

    private static bool TryNorm<TSource, TOrder>(TSource gradients, out double norm)
        where TSource : IGradientSource
        where TOrder : struct, INormOrder
    {
        int collections = CountCollections();
        Sum<TOrder, TWatch> pass = Walk.Through(gradients, default(Sum<TOrder, TWatch>));
        norm = 0;
        if (!pass.Total.TryRound(out double sum) && !(pass.Total.IsFinite && ExactNorm.TrySum<TSource, TOrder>(gradients, out sum)))
            return false;
        norm = TOrder.Root(sum);
        return TOrder.IsExact(sum) && IsUntied(gradients, pass.Watch.MayOverlap, collections);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryEuclideanNorm<TSource>(TSource gradients, out double norm, out LongGradients longGradients)
        where TSource : IGradientSource
    {
        int collections = CountCollections();
        int threads = GradientThreads.Maximum;
        var visitor = new EuclideanNormVisitor<TWatch>(threads);
        gradients.VisitGradients(ref visitor);
        longGradients = visitor.Long;
        norm = 0;
        if (!IsUntied(gradients, visitor.MayOverlap, collections))
            return false;
        visitor.AddLeft(gradients, threads);
        if (!visitor.Sum.TryRound(out double sum) && !(visitor.Sum.IsFinite && ExactNorm.TrySumSquares(gradients, out sum)))
            return false;
        norm = EuclideanNorm.Root(sum);
        return EuclideanNorm.IsExact(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountCollections() => TWatch.IsNeeded ? GC.CollectionCount(0) : 0;

    // Buffers that moved during the pass, or that are in no order, are seldom tied. If they are not, the sum is valid.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsUntied<TSource>(TSource gradients, bool mayOverlap, int collections)
        where TSource : IGradientSource =>
        !TWatch.IsNeeded || (!mayOverlap && GC.CollectionCount(0) == collections) || !BufferTableOperations.HasTied(gradients);
}
