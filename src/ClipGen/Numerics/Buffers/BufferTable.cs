using System.Diagnostics;
using ClipGen.Numerics.Norms;

namespace ClipGen.Numerics.Buffers;

/// <summary>
/// The entries of all buffers, in visiting order, for operations that need more than one running total. Each thread keeps one table, so
/// that nothing is allocated after the first call of its size.
/// </summary>
internal sealed class BufferTable
{
    [ThreadStatic]
    private static BufferTable? _kept;

    private GradientEntry[] _entries = new GradientEntry[64];
    private ClipRule[] _rules = new ClipRule[4];
    private int _ruleCount;
    private CommonNorm[] _norms = new CommonNorm[4];
    private int _normCount;
    private nuint[] _starts = [];
    private int[] _ordinals = [];

    /// <summary>The units of buffers that are divided into units.</summary>
    internal UnitTable Units { get; } = new();

    /// <summary>The number of buffers.</summary>
    internal int Count { get; set; }

    /// <summary>The entries of the last traversal.</summary>
    internal Span<GradientEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>The rules of the operation.</summary>
    internal ReadOnlySpan<ClipRule> Rules => _rules.AsSpan(0, _ruleCount);

    /// <summary>The norms over several gradients that are measured.</summary>
    internal Span<CommonNorm> Norms => _norms.AsSpan(0, _normCount);

    /// <summary>
    /// The rules whose gradients stay unchanged because one of them in some process is not finite; null if only this process decides.
    /// </summary>
    internal bool[]? LeftRules { get; set; }

    /// <summary>Gets the buffer table of the current thread, or a new one if that is in use.</summary>
    internal static BufferTable Rent(ReadOnlySpan<ClipRule> rules)
    {
        BufferTable table = _kept ?? new BufferTable();
        _kept = null;

        // One element more, for RentForAll.
        if (table._rules.Length <= rules.Length)
            table._rules = new ClipRule[rules.Length + 1];
        rules.CopyTo(table._rules);
        table._ruleCount = rules.Length;
        table.Count = 0;
        table.Units.Clear();
        table.LeftRules = null;
        table._normCount = 0;
        return table;
    }

    /// <summary>
    /// Gets a table with a rule for every buffer. If all rules have a group, a rule for the remaining buffers is added. Its limit is
    /// infinite, so that it changes nothing, but its gradients count in the total norm, and a NaN or an infinity in them is found.
    /// </summary>
    /// <param name="rules">The rules.</param>
    /// <param name="totalOrder">The order of the total norm.</param>
    internal static BufferTable RentForAll(ReadOnlySpan<ClipRule> rules, double totalOrder)
    {
        BufferTable table = Rent(rules);
        NonFinitePolicy policy = rules[0].NonFinite;
        foreach (ref readonly ClipRule rule in rules)
        {
            if (rule.Group is null)
                return table;
            if (rule.NonFinite != policy)
                policy = NonFinitePolicy.Throw;
        }

        table._rules[table._ruleCount++] = ClipRule.Norm(double.PositiveInfinity, totalOrder, nonFinite: policy);
        return table;
    }

    internal static void Return(BufferTable table) => _kept = table;

    /// <summary>The entry of the buffer with the number <paramref name="ordinal"/> in visiting order.</summary>
    internal ref GradientEntry this[int ordinal]
    {
        get
        {
            if (ordinal >= _entries.Length)
                Array.Resize(ref _entries, Math.Max(ordinal + 1, 2 * _entries.Length));
            return ref _entries[ordinal];
        }
    }

    /// <summary>The rule for a buffer of <paramref name="group"/>: the rule with that group, else the rule without a group.</summary>
    internal int RuleFor(string? group)
    {
        int rest = GradientEntry.NoRule;
        for (int i = 0; i < _ruleCount; i++)
        {
            string? named = _rules[i].Group;
            if (named is null)
                rest = i;
            if (named == group)
                return i;
        }

        return rest;
    }

    /// <summary>Removes all norms over several gradients.</summary>
    internal void ClearNorms() => _normCount = 0;

    /// <summary>Adds a norm to measure.</summary>
    internal void AddNorm(int rule, double order)
    {
        if (_normCount == _norms.Length)
            Array.Resize(ref _norms, 2 * _normCount);
        _norms[_normCount++] = new CommonNorm { Rule = rule, Order = order };
    }

    /// <summary>The measured norm over the gradients of a rule.</summary>
    internal ScaledNorm NormOf(int rule)
    {
        foreach (ref readonly CommonNorm norm in Norms)
        {
            if (norm.Rule == rule)
                return norm.Value;
        }

        throw new UnreachableException();
    }

    /// <summary>Gets memory for the addresses and ordinals of all buffers.</summary>
    internal (nuint[] Starts, int[] Ordinals) RentOrdering()
    {
        if (_starts.Length < Count)
        {
            _starts = new nuint[_entries.Length];
            _ordinals = new int[_entries.Length];
        }

        return (_starts, _ordinals);
    }
}
