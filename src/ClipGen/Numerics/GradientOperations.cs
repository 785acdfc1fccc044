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
/// The operations that generated code offers on a model, over any <see cref="IGradientSource"/>. Pass the source as a struct
/// (generated code wraps the model in one), so that the whole traversal is compiled for it.
/// </summary>
/// <remarks>
/// <para>
/// <b>Tied gradients</b> count once and are scaled once, at their first visit: a buffer that lies inside the memory of one visited before
/// is passed over. Buffers that overlap in another way are refused with an <see cref="InvalidOperationException"/>. Finding out costs two
/// comparisons a buffer as long as buffers are visited in about the order of their allocation, else a sort of their addresses.
/// </para>
/// <para>
/// <b>Range.</b> A norm that <see cref="double"/> can hold is never infinite, whatever the squares of the elements are. Gradients whose
/// finite elements have a norm beyond that are still scaled to the limit.
/// </para>
/// <para>
/// <b>Precision.</b> The relative error of a norm is at most 1e-6, whatever the elements.
/// </para>
/// <para>
/// <b>Bits.</b> The same gradients, visited in the same order, give the same norm to the last bit on every instruction set and for every
/// number of threads, which <see cref="GradientThreads"/> sets. Exceptions are the orders other than 1, 2 and ∞, which depend on the C
/// library's <c>pow</c>, and the payload of a NaN.
/// </para>
/// <para>
/// Nothing is allocated, except for names and exceptions, and once per thread for a record of the buffers where one is needed: several
/// rules, a norm per buffer, clipping by value, orders other than 1, 2 and ∞, tied, zero, tiny or overflowing gradients.
/// </para>
/// </remarks>
public static class GradientOperations
{
    /// <summary>Clips everything by one rule. Groups are not looked at.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rule">The limit.</param>
    /// <returns>The norm before clipping (L2 when by value) and what was done.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The limit is not greater than 0, the norm's order not greater than 0, or epsilon negative or not finite. No gradient was changed.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient holds a NaN or an infinity (by value: a NaN), under <see cref="NonFinitePolicy.Throw"/>. No gradient was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">The source hands over elements that are not <see cref="float"/>, <see cref="double"/> or
    /// <see cref="Half"/>.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part, or the source holds itself. No gradient was
    /// changed.</exception>
    // Compiled on its own: drawn into a loop of the caller's, it would share the budget that the JIT has for what it inlines there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ClipResult Clip<TSource>(TSource gradients, in ClipRule rule)
        where TSource : IGradientSource
    {
        if (ClipObservation.IsOn)
            return ClipObservation.Clip(gradients, rule);
        Validate(rule, nameof(rule));
        return NormClip<DisjointRanges>.TryClip(gradients, rule, out ClipResult result) ? result : ClipByTable(gradients, rule);
    }

    /// <summary>Clips everything by one rule, and tells nobody.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ClipResult ClipUnobserved<TSource>(TSource gradients, in ClipRule rule)
        where TSource : IGradientSource
    {
        Validate(rule, nameof(rule));
        return NormClip<DisjointRanges>.TryClip(gradients, rule, out ClipResult result) ? result : ClipByTable(gradients, rule);
    }

    /// <summary>Clips everything by one rule, and tells of every gradient what was found and done. Groups are not looked at.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rule">The limit.</param>
    /// <param name="report">Receives it.</param>
    /// <returns>As without <paramref name="report"/>, to the last bit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="report"/> is null.</exception>
    /// <inheritdoc cref="Clip{TSource}(TSource, in ClipRule)" path="/exception"/>
    public static ClipResult Clip<TSource>(TSource gradients, in ClipRule rule, ClipReport report)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(report);
        return ClipObservation.IsOn ? ClipObservation.Clip(gradients, rule, report) : ClipUnobserved(gradients, rule, report);
    }

    /// <summary>Clips everything by one rule with a report, and tells nobody else.</summary>
    internal static ClipResult ClipUnobserved<TSource>(TSource gradients, in ClipRule rule, ClipReport report)
        where TSource : IGradientSource
    {
        Validate(rule, nameof(rule));
        if (rule.ByValue || rule.Scope != ClipScope.Global)
            return BufferTableOperations.Clip(gradients, [rule], everything: true, report);

        // Measured for the report first, and then clipped as without one: the bits of a norm depend on the way in which it is summed.
        BufferTableOperations.Report(gradients, rule, report);
        ClipResult result = ClipUnobserved(gradients, rule);
        report.WriteResult(result);
        report.WriteLimit(0, rule);
        return result;
    }

    // On its own, so that the usual way need not make room for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ClipResult ClipByTable<TSource>(TSource gradients, in ClipRule rule)
        where TSource : IGradientSource => BufferTableOperations.Clip(gradients, [rule], everything: true);

    /// <summary>
    /// Clips by several rules, each over its own buffers: those in the group that it names, or, for the rule that names none, those in
    /// no group and in groups that no rule names. Buffers without a rule are not changed, but they are checked and count in the total norm.
    /// </summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <returns>
    /// The norm before clipping of all buffers, of the order that all rules share (by value counts as 2), else of the rule
    /// without a group, else L2. The smallest factor used.
    /// </returns>
    /// <remarks>
    /// Everything is checked before anything is changed. Where one rule finds a NaN or an infinity under
    /// <see cref="NonFinitePolicy.Zero"/>, all gradients of the source are set to zero, also those of other rules and of none: the step is
    /// to add nothing. Under <see cref="NonFinitePolicy.Leave"/> all buffers of that rule stay as they are. A buffer without a rule has the
    /// policy that all rules share, and <see cref="NonFinitePolicy.Throw"/> where they differ.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no rule, or two are for the same group.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit, order or epsilon is out of range. No gradient was changed.</exception>
    /// <exception cref="NonFiniteGradientException">A gradient is not finite, under <see cref="NonFinitePolicy.Throw"/>. No gradient was
    /// changed.</exception>
    /// <exception cref="NotSupportedException">The source hands over elements that are not <see cref="float"/>, <see cref="double"/> or
    /// <see cref="Half"/>.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part, or the source holds itself. No gradient was
    /// changed.</exception>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules)
        where TSource : IGradientSource =>
        ClipObservation.IsOn ? ClipObservation.Clip(gradients, rules) : ClipUnobserved(gradients, rules);

    /// <summary>Clips by several rules, and tells nobody.</summary>
    internal static ClipResult ClipUnobserved<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules)
        where TSource : IGradientSource
    {
        Validate(rules);
        return rules.Length == 1 && rules[0].Group is null
            ? ClipUnobserved(gradients, rules[0])
            : BufferTableOperations.Clip(gradients, rules, everything: false);
    }

    /// <summary>Clips by several rules, each over its own buffers, and tells of every rule and gradient what was found and done.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <param name="report">Receives it.</param>
    /// <returns>As without <paramref name="report"/>, to the last bit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="report"/> is null.</exception>
    /// <inheritdoc cref="Clip{TSource}(TSource, ReadOnlySpan{ClipRule})" path="/exception"/>
    public static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipReport report)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(report);
        return ClipObservation.IsOn ? ClipObservation.Clip(gradients, rules, report) : ClipUnobserved(gradients, rules, report);
    }

    /// <summary>Clips by several rules with a report, and tells nobody else.</summary>
    internal static ClipResult ClipUnobserved<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipReport report)
        where TSource : IGradientSource
    {
        Validate(rules);
        return rules.Length == 1 && rules[0].Group is null
            ? ClipUnobserved(gradients, rules[0], report)
            : BufferTableOperations.Clip(gradients, rules, everything: false, report);
    }

    /// <summary>Refuses rules that are out of range or contradict each other.</summary>
    internal static void Validate(ReadOnlySpan<ClipRule> rules)
    {
        if (rules.IsEmpty)
            throw new ArgumentException("There is no rule.", nameof(rules));
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
    /// Clips by several rules, with another limit in the place of the one for all gradients, or, where there is none, of every one.
    /// </summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <param name="limit">The limit of the rule without a group; if all rules have one, of each.</param>
    /// <returns>As without <paramref name="limit"/>.</returns>
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
    /// Clips by several rules, with another limit in the place of the one for all gradients, or, where there is none, of every one, and
    /// tells of every rule and gradient what was found and done.
    /// </summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rules">The limits; at least one, and at most one per group.</param>
    /// <param name="limit">The limit of the rule without a group; if all rules have one, of each.</param>
    /// <param name="report">Receives it.</param>
    /// <returns>As without <paramref name="report"/>, to the last bit.</returns>
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
    /// Copies rules, with another limit in the place of the one for all gradients, or, where there is none, of every one.
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
    /// The norm; 0 without gradients; infinite or NaN when a gradient is, or when it lies beyond <see cref="double.MaxValue"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is not greater than 0.</exception>
    /// <exception cref="NotSupportedException">The source hands over elements that are not <see cref="float"/>, <see cref="double"/> or
    /// <see cref="Half"/>.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part, or the source holds itself.</exception>
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
    /// <param name="factor">The factor. Any number: an infinite or NaN one does what it does in a multiplication.</param>
    /// <exception cref="NotSupportedException">The source hands over elements that are not <see cref="float"/>, <see cref="double"/> or
    /// <see cref="Half"/>.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part, or the source holds itself. No gradient was
    /// changed.</exception>
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

        NormClip<DisjointRanges>.Scale(gradients, scaleFactor, watch.IsLarge ? watch.Chunks : 0);
    }

    /// <summary>Sets all gradients to zero.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <exception cref="NotSupportedException">The source hands over elements that are not <see cref="float"/>, <see cref="double"/> or
    /// <see cref="Half"/>.</exception>
    /// <exception cref="InvalidOperationException">The source holds itself.</exception>
    public static void Zero<TSource>(TSource gradients)
        where TSource : IGradientSource => Walk.Through(gradients, default(Clear));

    /// <summary>
    /// The paths of the gradients, such as <c>_layers[3]._dBias</c>, in visiting order. Empty and tied buffers do not appear. No two are
    /// equal: where two buffers have the same path, the second is named <c>_dW#2</c>.
    /// </summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="gradients">The gradients.</param>
    /// <returns>A new list.</returns>
    /// <exception cref="NotSupportedException">The source hands over elements that are not <see cref="float"/>, <see cref="double"/> or
    /// <see cref="Half"/>.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part, or the source holds itself.</exception>
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
    /// <exception cref="NotSupportedException">The source hands over elements that are not <see cref="float"/>, <see cref="double"/> or
    /// <see cref="Half"/>.</exception>
    /// <exception cref="InvalidOperationException">Two buffers overlap in part, or the source holds itself.</exception>
    public static int Norms<TSource>(TSource gradients, Span<double> norms, double normType = 2.0)
        where TSource : IGradientSource
    {
        ValidateOrder(normType, nameof(normType));
        return BufferTableOperations.Norms(gradients, norms, normType);
    }

    /// <summary>Refuses numbers that are out of range.</summary>
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
                $"The limit of {settings.Kind} follows the gradients. Clip with what it has learned: a {nameof(ClipState)}.", limitName);
        }

        if (!(rule.Limit > 0))
            throw new ArgumentOutOfRangeException(limitName, rule.Limit, "A limit is greater than zero, or infinite to leave everything.");
        ValidateOrder(rule.NormType, orderName);
        throw new ArgumentOutOfRangeException(epsilonName, rule.Epsilon, "Epsilon is finite, and zero or greater.");
    }

    internal static void ValidateOrder(double normType, string name)
    {
        if (!(normType > 0))
        {
            throw new ArgumentOutOfRangeException(name, normType,
                "The order of a norm is greater than zero, or infinite for the largest magnitude.");
        }
    }
}
