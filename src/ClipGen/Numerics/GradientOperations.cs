using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;
using ClipGen.Observing;

namespace ClipGen.Numerics;

/// <summary>
/// The operations that generated code offers on a model, for any <see cref="IGradientSource"/>. Pass the source as a struct, as generated
/// code does, so that the JIT compiles the traversal for it.
/// </summary>
/// <remarks>
/// <para>
/// <b>Tied gradients.</b> A buffer that lies inside the memory of an earlier buffer is skipped, so that tied gradients count once and are
/// scaled once. Buffers that overlap in another way cause an <see cref="InvalidOperationException"/>. The check takes two comparisons per
/// buffer if buffers are visited roughly in the order of their allocation; otherwise it sorts their addresses.
/// comparisons a buffer as long as buffers are visited in about the order of their allocation, else a sort of their addresses.
/// </para>
/// <para>
/// <b>Range.</b> The norm is infinite only if it exceeds <see cref="double.MaxValue"/>; squares that overflow do not make it so. Finite
/// gradients whose norm exceeds that range are still scaled to the limit.
/// </para>
/// <para>
/// <b>Precision.</b> The relative error of a norm is at most 1e-6, whatever the elements.
/// </para>
/// <para>
/// <b>Reproducibility.</b> The same gradients, visited in the same order, give the same norm to the last bit on every instruction set and
/// for every number of threads (see <see cref="GradientThreads"/>). There are two exceptions: norms of other orders than 1, 2 and ∞ depend
/// on the C library's <c>pow</c>, and the payload of a NaN may differ.
/// </para>
/// <para>
/// <b>Memory.</b> Names and exceptions are allocated. Each thread also allocates one buffer table the first time it is needed: for several
/// rules, a norm per buffer, clipping by value, norms of other orders than 1, 2 and ∞, and tied, zero, tiny or overflowing gradients.
/// Nothing else is allocated.
/// </para>
/// </remarks>
public static class GradientOperations
{
    /// <summary>Clips all gradients by one rule. Groups are ignored.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rule">The limit.</param>
    /// <returns>The norm before clipping (L2 when clipping by value) and what was done.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The limit or the order of the norm is not greater than 0, or epsilon is negative or not finite. No gradient was changed.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity (by value: a NaN), under <see cref="NonFinitePolicy.Throw"/>. No gradient was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The source passes elements that are not <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Two buffers overlap in part, or the source contains itself. No gradient was changed.
    /// </exception>
    // Not inlined: the JIT has one inlining budget per method, and the caller's loop would use it up.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ClipResult Clip<TSource>(TSource gradients, in ClipRule rule)
        where TSource : IGradientSource
    {
        if (ClipObservation.IsOn)
            return ClipObservation.Clip(gradients, rule);
        Validate(rule, nameof(rule));
        return NormClip<DisjointRanges>.TryClip(gradients, rule, out ClipResult result) ? result : ClipByTable(gradients, rule);
    }

    /// <summary>Clips all gradients by one rule, without notifying observers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ClipResult ClipUnobserved<TSource>(TSource gradients, in ClipRule rule)
        where TSource : IGradientSource
    {
        Validate(rule, nameof(rule));
        return NormClip<DisjointRanges>.TryClip(gradients, rule, out ClipResult result) ? result : ClipByTable(gradients, rule);
    }

    /// <summary>Clips all gradients by one rule, and reports the result for every gradient. Groups are ignored.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rule">The limit.</param>
    /// <param name="report">Receives the results.</param>
    /// <returns>The same result as without <paramref name="report"/>, to the last bit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="report"/> is null.</exception>
    /// <inheritdoc cref="Clip{TSource}(TSource, in ClipRule)" path="/exception"/>
    public static ClipResult Clip<TSource>(TSource gradients, in ClipRule rule, ClipReport report)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(report);
        return ClipObservation.IsOn ? ClipObservation.Clip(gradients, rule, report) : ClipUnobserved(gradients, rule, report);
    }

    /// <summary>Clips all gradients by one rule with a report, without notifying observers.</summary>
    internal static ClipResult ClipUnobserved<TSource>(TSource gradients, in ClipRule rule, ClipReport report)
        where TSource : IGradientSource
    {
        Validate(rule, nameof(rule));
        if (rule.ByValue || rule.Scope != ClipScope.Global)
            return BufferTableOperations.Clip(gradients, [rule], everything: true, report);

        // The report is measured first, and then the gradients are clipped as without a report: the last bits of a norm depend on how it is
        // summed.
        BufferTableOperations.Report(gradients, rule, report);
        ClipResult result = ClipUnobserved(gradients, rule);
        report.WriteResult(result);
        report.WriteLimit(0, rule);
        return result;
    }

    // A separate method, so that the common path needs no stack space for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ClipResult ClipByTable<TSource>(TSource gradients, in ClipRule rule)
        where TSource : IGradientSource => BufferTableOperations.Clip(gradients, [rule], everything: true);

    /// <summary>
    /// Clips by several rules. A rule with a group covers the buffers of that group. The rule without a group covers all buffers that no
    /// other rule covers. Buffers without a rule are not changed, but they are checked and count in the total norm.
    /// </summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <returns>
    /// The norm of all buffers before clipping, and the smallest factor used. The order of the norm is the one that all rules share (2 for
    /// clipping by value), else the order of the rule without a group, else 2.
    /// </returns>
    /// <remarks>
    /// Everything is checked before anything is changed. If one rule finds a NaN or an infinity under <see cref="NonFinitePolicy.Zero"/>,
    /// all gradients of the source are set to zero, including those of other rules and of none, so that the step has no effect. Under
    /// <see cref="NonFinitePolicy.Leave"/>, all buffers of that rule stay unchanged. Buffers without a rule have the policy that all rules
    /// share, or <see cref="NonFinitePolicy.Throw"/> if the rules differ.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no rule, or two rules are for the same group.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit, order or epsilon is out of range. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient is not finite, under <see cref="NonFinitePolicy.Throw"/>. No gradient was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The source passes elements that are not <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Two buffers overlap in part, or the source contains itself. No gradient was changed.
    /// </exception>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules)
        where TSource : IGradientSource =>
        ClipObservation.IsOn ? ClipObservation.Clip(gradients, rules) : ClipUnobserved(gradients, rules);

    /// <summary>Clips by several rules, without notifying observers.</summary>
    internal static ClipResult ClipUnobserved<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules)
        where TSource : IGradientSource
    {
        Validate(rules);
        return rules.Length == 1 && rules[0].Group is null
            ? ClipUnobserved(gradients, rules[0])
            : BufferTableOperations.Clip(gradients, rules, everything: false);
    }

    /// <summary>Clips by several rules, and reports the result for every rule and gradient.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <param name="report">Receives the results.</param>
    /// <returns>The same result as without <paramref name="report"/>, to the last bit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="report"/> is null.</exception>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule})" path="/exception"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipReport report)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(report);
        return ClipObservation.IsOn ? ClipObservation.Clip(gradients, rules, report) : ClipUnobserved(gradients, rules, report);
    }

    /// <summary>Clips by several rules with a report, without notifying observers.</summary>
    internal static ClipResult ClipUnobserved<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipReport report)
        where TSource : IGradientSource
    {
        Validate(rules);
        return rules.Length == 1 && rules[0].Group is null
            ? ClipUnobserved(gradients, rules[0], report)
            : BufferTableOperations.Clip(gradients, rules, everything: false, report);
    }

    /// <summary>Throws if rules are out of range or contradict each other.</summary>
    internal static void Validate(ReadOnlySpan<ClipRule> rules)
    {
        if (rules.IsEmpty)
            throw new ArgumentException("At least one rule is required.", nameof(rules));
        for (int i = 0; i < rules.Length; i++)
        {
            Validate(rules[i], nameof(rules));
            for (int j = 0; j < i; j++)
            {
                if (rules[i].Group == rules[j].Group)
                {
                    throw new ArgumentException($"Two rules are for {(rules[i].Group is { } group ? $"the group '{group}'" : "no group")}.",
                        nameof(rules));
                }
            }
        }
    }

    /// <summary>
    /// Clips by several rules, with another limit instead of the one for all gradients. If there is none, it replaces every limit.
    /// </summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <param name="limit">The limit of the rule without a group; if every rule has a group, the limit of every rule.</param>
    /// <returns>The norm before clipping and what was done, as without <paramref name="limit"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than 0. No gradient was changed.</exception>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule})" path="/exception"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, double limit)
        where TSource : IGradientSource
    {
        ClipRule[] replaced = ArrayPool<ClipRule>.Shared.Rent(rules.Length);
        ReplaceLimit(rules, limit, replaced);
        try
        {
            return Clip(gradients, replaced.AsSpan(0, rules.Length));
        }
        finally
        {
            ArrayPool<ClipRule>.Shared.Return(replaced);
        }
    }

    /// <summary>
    /// Clips by several rules, with another limit instead of the one for all gradients, and reports the result for every rule and gradient.
    /// If there is no limit for all gradients, it replaces every limit.
    /// </summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <param name="limit">The limit of the rule without a group; if every rule has a group, the limit of every rule.</param>
    /// <param name="report">Receives the results.</param>
    /// <returns>The same result as without <paramref name="report"/>, to the last bit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="report"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than 0. No gradient was changed.</exception>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule})" path="/exception"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, double limit, ClipReport report)
        where TSource : IGradientSource
    {
        ClipRule[] replaced = ArrayPool<ClipRule>.Shared.Rent(rules.Length);
        ReplaceLimit(rules, limit, replaced);
        try
        {
            return Clip(gradients, replaced.AsSpan(0, rules.Length), report);
        }
        finally
        {
            ArrayPool<ClipRule>.Shared.Return(replaced);
        }
    }

    /// <summary>
    /// Copies rules, with another limit instead of the one for all gradients. If there is none, it replaces every limit.
    /// </summary>
    internal static void ReplaceLimit(ReadOnlySpan<ClipRule> rules, double limit, ClipRule[] replaced)
    {
        bool hasRuleForAll = false;
        foreach (ClipRule rule in rules)
            hasRuleForAll |= rule.Group is null;
        for (int i = 0; i < rules.Length; i++)
            replaced[i] = hasRuleForAll && rules[i].Group is not null ? rules[i] : rules[i].WithFixed(limit);
    }

    /// <summary>The norm over all gradients, as if they were one vector.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="normType">The order p of <c>(Σ|g|^p)^(1/p)</c>: greater than 0, or <see cref="double.PositiveInfinity"/> for the
    /// largest magnitude.</param>
    /// <returns>
    /// The norm; 0 if there are no gradients; infinite or NaN if a gradient is, or if the norm exceeds <see cref="double.MaxValue"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is not greater than 0.</exception>
    /// <exception cref="NotSupportedException">
    /// The source passes elements that are not <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part, or the source contains itself.</exception>
    public static double Norm<TSource>(TSource gradients, double normType = 2.0)
        where TSource : IGradientSource
    {
        ValidateOrder(normType, nameof(normType));
        return NormClip<DisjointRanges>.TryNorm(gradients, normType, out double norm, out _)
            ? norm
            : BufferTableOperations.Norm(gradients, normType);
    }

    /// <summary>Multiplies all gradients by one factor.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="factor">The factor. Any number; infinities and NaN follow the rules of multiplication.</param>
    /// <exception cref="NotSupportedException">
    /// The source passes elements that are not <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Two buffers overlap in part, or the source contains itself. No gradient was changed.
    /// </exception>
    public static void Scale<TSource>(TSource gradients, double factor)
        where TSource : IGradientSource
    {
        int collections = GC.CollectionCount(0);
        WatchMemory watch = Walk.Through(gradients, default(WatchMemory));
        var scaleFactor = new ScaleFactor(factor);
        if (watch.Runs.MayOverlap || GC.CollectionCount(0) != collections)
        {
            BufferTableOperations.Scale(gradients, scaleFactor);
            return;
        }

        NormClip<DisjointRanges>.Scale(gradients, scaleFactor, watch.Long);
    }

    /// <summary>Sets all gradients to zero.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <exception cref="NotSupportedException">
    /// The source passes elements that are not <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">The source contains itself.</exception>
    public static void Zero<TSource>(TSource gradients)
        where TSource : IGradientSource => Walk.Through(gradients, default(Clear));

    /// <summary>
    /// The paths of the gradients, such as <c>_layers[3]._dBias</c>, in visiting order. Empty and tied buffers are left out. Paths are
    /// unique: if two buffers have the same path, the second is named <c>_dW#2</c>.
    /// </summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <returns>A new list.</returns>
    /// <exception cref="NotSupportedException">
    /// The source passes elements that are not <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part, or the source contains itself.</exception>
    public static IReadOnlyList<string> Names<TSource>(TSource gradients)
        where TSource : IGradientSource => BufferTableOperations.Names(gradients);

    /// <summary>The norm of each gradient on its own, in the order of <see cref="Names"/>.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="norms">Receives the norms.</param>
    /// <param name="normType">The order of the norms: greater than 0 or infinite.</param>
    /// <returns>The number of norms written.</returns>
    /// <exception cref="ArgumentException"><paramref name="norms"/> is too short. Nothing was written.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is not greater than 0.</exception>
    /// <exception cref="NotSupportedException">
    /// The source passes elements that are not <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part, or the source contains itself.</exception>
    public static int Norms<TSource>(TSource gradients, Span<double> norms, double normType = 2.0)
        where TSource : IGradientSource
    {
        ValidateOrder(normType, nameof(normType));
        return BufferTableOperations.Norms(gradients, norms, normType);
    }

    /// <summary>Throws if a number is out of range.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="limitName">The parameter that the limit came from.</param>
    /// <param name="orderName">The parameter that the order came from.</param>
    /// <param name="epsilonName">The parameter that epsilon came from.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit, the order or epsilon is out of range.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Validate(in ClipRule rule, string limitName, string orderName, string epsilonName)
    {
        if (!(rule.Limit > 0 && rule.NormType > 0 && rule.Epsilon is >= 0 and <= double.MaxValue))
            ThrowInvalid(rule, limitName, orderName, epsilonName);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Validate(in ClipRule rule, string name) => Validate(rule, "limit", name, name);

    [DoesNotReturn]
    private static void ThrowInvalid(in ClipRule rule, string limitName, string orderName, string epsilonName)
    {
        if (rule is { Settings: { } settings, State: null })
        {
            throw new ArgumentException(
                $"The limit of {settings.Kind} is adaptive. Clip with its state, a {nameof(ClipState)}.", limitName);
        }

        if (!(rule.Limit > 0))
            throw new ArgumentOutOfRangeException(limitName, rule.Limit, "The limit must be greater than zero or infinite.");
        ValidateOrder(rule.NormType, orderName);
        throw new ArgumentOutOfRangeException(epsilonName, rule.Epsilon, "Epsilon must be finite, and zero or greater.");
    }

    internal static void ValidateOrder(double normType, string name)
    {
        if (!(normType > 0))
        {
            throw new ArgumentOutOfRangeException(name, normType,
                "The order of a norm must be greater than zero, or infinite for the largest magnitude.");
        }
    }
}
