using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Traversal;

/// <summary>Begins the entries: address, rule and sum of every buffer.</summary>
/// <param name="ledger">Where the entries go.</param>
/// <param name="everything">Whether the first rule is for all buffers, whatever their group.</param>
/// <param name="order">The order of every sum; NaN for that of each buffer's rule.</param>
internal struct MeasureVisitor(GradientLedger ledger, bool everything, double order) : IGradientVisitor
{
    private readonly GradientLedger _ledger = ledger;
    private readonly bool _everything = everything;
    private readonly double _order = order;
    private GroupScope _groups;
    private NestingDepth _depth;
    private int _ordinal;
    private AddressRuns _runs;

    public readonly bool MayOverlap => _runs.MayOverlap;

    public readonly int Count => _ordinal;

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        GradientElements.ThrowIfUnsupported<T>();
        if (gradient.IsEmpty)
            return;
        _runs.Add(gradient);
        ref GradientEntry entry = ref _ledger[_ordinal++];
        entry = default;
        AddressVisitor.SetAddress(ref entry, gradient);
        entry.Rule = _everything ? 0 : _ledger.RuleFor(_groups.Of(group));
        if (entry.Rule < 0)
            return;

        ref readonly ClipRule rule = ref _ledger.Rules[entry.Rule];
        double order = double.IsNaN(_order) ? rule.NormType : _order;
        if (order == 2 && rule.ByValue)
            (entry.Sum, entry.Largest) = GradientElements.SumOfSquaresAndLargest(gradient);
        else if (order == 2)
            entry.Sum = GradientElements.SumOfSquares(gradient);
        else if (order == 1)
            entry.Sum = GradientElements.SumOfMagnitudes(gradient);
        else if (double.IsPositiveInfinity(order))
            entry.Sum = entry.Largest = GradientElements.LargestMagnitude(gradient);
    }

    public void Enter(string name, string? group = null)
    {
        _depth.Enter();
        _groups.Enter(group);
    }

    public void EnterItem<TKey>(TKey key)
    {
        _depth.Enter();
        _groups.Enter(null);
    }

    public void Leave()
    {
        _groups.Leave();
        _depth.Leave();
    }
}

/// <summary>Notes where every buffer lies now.</summary>
internal struct AddressVisitor(GradientLedger ledger) : IGradientVisitor
{
    private readonly GradientLedger _ledger = ledger;
    private NestingDepth _depth;
    private int _ordinal;

    public readonly int Count => _ordinal;

    /// <summary>Whether a buffer lay elsewhere at the reading before.</summary>
    public bool Changed { get; private set; }

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        GradientElements.ThrowIfUnsupported<T>();
        if (gradient.IsEmpty)
            return;
        ref GradientEntry entry = ref _ledger[_ordinal++];
        (nuint start, nuint end) = (entry.Start, entry.End);
        SetAddress(ref entry, gradient);
        Changed |= entry.Start != start || entry.End != end;
    }

    internal static unsafe void SetAddress<T>(ref GradientEntry entry, Span<T> gradient)
    {
        entry.Start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(gradient));
        entry.End = entry.Start + ((nuint)gradient.Length * (nuint)Unsafe.SizeOf<T>());
    }

    public void Enter(string name, string? group = null) => _depth.Enter();

    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    public void Leave() => _depth.Leave();
}

/// <summary>Measures again, scaled by the largest magnitude and in <see cref="double"/>, the buffers marked so.</summary>
/// <param name="ledger">The entries.</param>
/// <param name="order">The order of every sum; NaN for that of each buffer's rule.</param>
internal struct RefineVisitor(GradientLedger ledger, double order) : IGradientVisitor
{
    private readonly GradientLedger _ledger = ledger;
    private readonly double _order = order;
    private NestingDepth _depth;
    private int _ordinal;

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        if (gradient.IsEmpty)
            return;
        ref GradientEntry entry = ref _ledger[_ordinal++];
        if (!entry.NeedsRefinement)
            return;
        entry.NeedsRefinement = false;
        entry.Largest = GradientElements.LargestMagnitude(gradient);
        double order = double.IsNaN(_order) ? _ledger.Rules[entry.Rule].NormType : _order;
        if (entry.Largest > 0 && double.IsFinite(entry.Largest))
            entry.ScaledSum = double.IsPositiveInfinity(order) ? 1 : WideElements.SumOfScaledPowers(gradient, entry.Largest, order);
    }

    public void Enter(string name, string? group = null) => _depth.Enter();

    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    public void Leave() => _depth.Leave();
}

/// <summary>
/// Does what the entries say; of those that were to be clamped, only the ones with elements beyond the limit stay marked so.
/// </summary>
/// <param name="ledger">The entries.</param>
/// <param name="onlyMarks">Whether no buffer is changed, and only the marks are.</param>
internal struct ApplyVisitor(GradientLedger ledger, bool onlyMarks = false) : IGradientVisitor
{
    private readonly GradientLedger _ledger = ledger;
    private readonly bool _onlyMarks = onlyMarks;
    private NestingDepth _depth;
    private int _ordinal;

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null)
    {
        if (gradient.IsEmpty)
            return;
        ref GradientEntry entry = ref _ledger[_ordinal++];
        if (entry.Scale)
        {
            if (!_onlyMarks)
                GradientElements.Scale(gradient, entry.Factor);
        }
        else if (entry.Clamp)
        {
            double limit = _ledger.Rules[entry.Rule].Limit;
            if (double.IsNaN(entry.Largest))
                entry.Largest = WideElements.LargestNumber(gradient);
            entry.Clamp = entry.Largest > GradientElements.RoundLimit<T>(limit);
            if (entry.Clamp && !_onlyMarks)
                GradientElements.Clamp(gradient, limit);
        }
    }

    public void Enter(string name, string? group = null) => _depth.Enter();

    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    public void Leave() => _depth.Leave();
}
