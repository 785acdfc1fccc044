using System.Runtime.InteropServices;
using ClipGen.Numerics;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Limits;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Walking;

namespace ClipGen;

/// <summary>
/// The result of one clip for every limit and every gradient. Pass it to <c>ClipGradients(report)</c>; every clip overwrites it.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="ClipResult"/> has one norm and one factor for the whole model. If groups, members or single gradients have their own limits,
/// a report shows which of them was exceeded.
/// </para>
/// <para>
/// A clip with a report changes the same gradients to the same bits as a clip without one. It takes one more pass over the gradients and
/// one over their names. Reuse the report in every step: it allocates nothing as long as the model has the same gradients.
/// </para>
/// <para>
/// If a clip throws <see cref="NonFiniteGradientException"/>, the report still contains all norms, so that it shows every gradient that is
/// not finite, not only the first.
/// </para>
/// </remarks>
public sealed class ClipReport
{
    private readonly List<LimitResult> _limits = [];
    private readonly List<GradientResult> _gradients = [];
    private readonly GradientNames _names = new();
    private readonly GradientPath _path = new();

    /// <summary>Creates an empty report.</summary>
    public ClipReport()
    {
        Limits = _limits.AsReadOnly();
        Gradients = _gradients.AsReadOnly();
    }

    /// <summary>The limits, in the order in which the model declares them. Every clip replaces them.</summary>
    public IReadOnlyList<LimitResult> Limits { get; }

    /// <summary>
    /// The gradients that have elements, in the order of <c>GetGradientNames()</c>, including those without a limit. Tied gradients appear
    /// once. Every clip replaces them.
    /// </summary>
    public IReadOnlyList<GradientResult> Gradients { get; }

    /// <summary>Returns one line for each limit, followed by one for each of its gradients. Gradients without a limit come last.</summary>
    public override string ToString()
    {
        var lines = new List<string>();
        for (int i = 0; i < _limits.Count; i++)
        {
            lines.Add(_limits[i].ToString());
            AddGradients(i);
        }

        AddGradients(-1);
        return string.Join(Environment.NewLine, lines);

        void AddGradients(int limit)
        {
            foreach (GradientResult gradient in _gradients)
            {
                if (gradient.LimitIndex == limit)
                    lines.Add("  " + gradient);
            }
        }
    }

    /// <summary>The limits. Valid until the next clip.</summary>
    internal ReadOnlySpan<LimitResult> LimitSpan => CollectionsMarshal.AsSpan(_limits);

    /// <summary>The gradients. Valid until the next clip.</summary>
    internal ReadOnlySpan<GradientResult> GradientSpan => CollectionsMarshal.AsSpan(_gradients);

    /// <summary>Divides the norms and limits by a loss scale.</summary>
    internal void DivideNorms(double scale)
    {
        foreach (ref LimitResult limit in CollectionsMarshal.AsSpan(_limits))
            limit = limit with { Norm = limit.Norm / scale, Limit = limit.Limit / scale };
        foreach (ref GradientResult gradient in CollectionsMarshal.AsSpan(_gradients))
            gradient = gradient with { Norm = gradient.Norm / scale, Limit = gradient.Limit / scale };
    }

    /// <summary>Writes the measured norms of all gradients, and that nothing was changed.</summary>
    /// <param name="gradients">The source, for the names.</param>
    /// <param name="table">The entries. Each is refined separately if its precision requires it.</param>
    /// <param name="declared">The number of rules that are limits of the model itself.</param>
    internal void WriteNorms<TSource>(TSource gradients, BufferTable table, int declared)
        where TSource : IGradientSource
    {
        _limits.Clear();
        _gradients.Clear();
        for (int i = 0; i < declared; i++)
        {
            ref readonly ClipRule rule = ref table.Rules[i];
            bool isOneNorm = rule is { ByValue: false, Scope: ClipScope.Global };
            _limits.Add(new LimitResult(rule) { Norm = isOneNorm ? BufferNorms.Combine(table.Entries, i, rule.NormType).Value : 0 });
        }

        _names.Read(gradients, _path);
        Span<LimitResult> limits = CollectionsMarshal.AsSpan(_limits);
        for (int i = 0; i < table.Count; i++)
        {
            ref GradientEntry entry = ref table[i];
            if (entry.IsTied)
                continue;
            ref readonly ClipRule rule = ref table.Rules[entry.Rule];
            double norm = rule.ByValue
                ? entry.Largest
                : BufferNorms.Combine(new Span<GradientEntry>(ref entry), entry.Rule, rule.NormType).Value;
            var result = new GradientResult { Name = _names[i], LimitIndex = -1, Limit = double.PositiveInfinity, Norm = norm, Factor = 1 };
            if (entry.Rule < declared)
            {
                ref LimitResult limit = ref limits[entry.Rule];
                bool isLargest = limit.ByValue || limit.Scope == ClipScope.PerParameter;
                limit = limit with { GradientCount = limit.GradientCount + 1, Norm = isLargest ? Math.Max(limit.Norm, norm) : limit.Norm };
                result = result with { LimitIndex = entry.Rule, Limit = limit.Limit, Group = limit.Group };
            }

            _gradients.Add(result);
        }
    }

    /// <summary>Writes the limits that adaptive limits have chosen.</summary>
    internal void WriteLimits(BufferTable table)
    {
        for (int i = 0; i < _limits.Count; i++)
            WriteLimit(i, table.Rules[i]);
        int written = 0;
        foreach (ref readonly GradientEntry entry in table.Entries)
        {
            if (entry.IsTied)
                continue;
            if (table.Rules[entry.Rule].State is BufferLimitState)
                WriteOwnLimit(written, entry.UnitCount > 0 ? entry.Compared : _gradients[written].Norm, entry.Limit);
            written++;
        }

        for (int i = 0; i < _limits.Count; i++)
        {
            if (table.Rules[i].State is BufferLimitState { ExceededTotal.Norm: > 0 } state)
                WriteLimitIfWorse(i, state.ExceededTotal.Norm, state.ExceededTotal.Limit);
        }
    }

    /// <summary>Writes the limit of a norm, if an adaptive limit has chosen it.</summary>
    internal void WriteLimit(int number, in ClipRule rule)
    {
        if (rule.State is not NormLimitState state)
            return;
        _limits[number] = _limits[number] with { Limit = state.LastLimit };
        foreach (ref GradientResult gradient in CollectionsMarshal.AsSpan(_gradients))
        {
            if (gradient.LimitIndex == number)
                gradient = gradient with { Limit = state.LastLimit };
        }
    }

    private void WriteOwnLimit(int written, double norm, double limit)
    {
        ref GradientResult gradient = ref CollectionsMarshal.AsSpan(_gradients)[written];
        gradient = gradient with { Norm = norm, Limit = limit };
        WriteLimitIfWorse(gradient.LimitIndex, norm, limit);
    }

    // Of a rule with several limits, the one that is exceeded most, or else the closest.
    private void WriteLimitIfWorse(int number, double norm, double limit)
    {
        ref LimitResult result = ref CollectionsMarshal.AsSpan(_limits)[number];
        if (double.IsPositiveInfinity(result.Limit) || norm * result.Limit > result.Norm * limit)
            result = result with { Norm = norm, Limit = limit };
    }

    /// <summary>Writes the factors from the entries.</summary>
    internal void WriteFactors(BufferTable table)
    {
        int written = 0;
        foreach (ref readonly GradientEntry entry in table.Entries)
        {
            if (entry.IsTied)
                continue;
            double factor = entry.Scale ? entry.Factor.Value : 1;
            WriteFactor(written++, factor, entry.Clamp || (entry.Scale && !double.IsNaN(factor)));
        }
    }

    /// <summary>Writes one factor for all gradients.</summary>
    internal void WriteFactor(in ClipResult result)
    {
        for (int i = 0; i < _gradients.Count; i++)
            WriteFactor(i, result.Scale, result.Clipped);
    }

    /// <summary>Writes the result of the only limit, with the norm that the clip itself has computed.</summary>
    internal void WriteResult(in ClipResult result)
    {
        _limits[0] = _limits[0] with { Norm = result.TotalNorm };
        WriteFactor(result);
    }

    private void WriteFactor(int i, double factor, bool clipped)
    {
        ref GradientResult gradient = ref CollectionsMarshal.AsSpan(_gradients)[i];
        gradient = gradient with { Factor = factor, Clipped = clipped };
        if (gradient.LimitIndex < 0)
            return;
        ref LimitResult limit = ref CollectionsMarshal.AsSpan(_limits)[gradient.LimitIndex];
        limit = limit with { Factor = Math.Min(limit.Factor, factor), Clipped = limit.Clipped | clipped };
    }
}
