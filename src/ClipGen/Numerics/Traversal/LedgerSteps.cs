using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Traversal;

/// <summary>Begins the entries: address, rule and sum of every buffer.</summary>
/// <param name="ledger">Where the entries go.</param>
/// <param name="everything">Whether the first rule is for all buffers, whatever their group.</param>
/// <param name="order">The order of every sum; NaN for that of each buffer's rule.</param>
internal struct Measure(GradientLedger ledger, bool everything, double order) : IGradientOperation
{
    private readonly GradientLedger _ledger = ledger;
    private readonly bool _everything = everything;
    private readonly double _order = order;
    private AddressRuns _runs;

    public static bool NeedsGroups => true;

    public readonly bool MayOverlap => _runs.MayOverlap;

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        _runs.Add(gradient);
        ref GradientEntry entry = ref _ledger[slot.Ordinal];
        entry = default;
        ReadAddresses.SetAddress(ref entry, gradient);
        entry.Rule = _everything ? 0 : _ledger.RuleFor(slot.Group);
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
}

/// <summary>Notes where every buffer lies now.</summary>
internal struct ReadAddresses(GradientLedger ledger) : IGradientOperation
{
    private readonly GradientLedger _ledger = ledger;

    /// <summary>Whether a buffer lay elsewhere at the reading before.</summary>
    public bool Changed { get; private set; }

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        ref GradientEntry entry = ref _ledger[slot.Ordinal];
        (nuint start, nuint end) = (entry.Start, entry.End);
        SetAddress(ref entry, gradient);
        Changed |= entry.Start != start || entry.End != end;
    }

    internal static unsafe void SetAddress<T>(ref GradientEntry entry, Span<T> gradient)
    {
        entry.Start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(gradient));
        entry.End = entry.Start + ((nuint)gradient.Length * (nuint)Unsafe.SizeOf<T>());
    }
}

/// <summary>Measures again, scaled by the largest magnitude and in <see cref="double"/>, the buffers marked so.</summary>
/// <param name="ledger">The entries.</param>
/// <param name="order">The order of every sum; NaN for that of each buffer's rule.</param>
internal readonly struct Refine(GradientLedger ledger, double order) : IGradientOperation
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        ref GradientEntry entry = ref ledger[slot.Ordinal];
        if (!entry.NeedsRefinement)
            return;
        entry.NeedsRefinement = false;
        entry.Largest = GradientElements.LargestMagnitude(gradient);
        double own = double.IsNaN(order) ? ledger.Rules[entry.Rule].NormType : order;
        if (entry.Largest > 0 && double.IsFinite(entry.Largest))
            entry.ScaledSum = double.IsPositiveInfinity(own) ? 1 : WideElements.SumOfScaledPowers(gradient, entry.Largest, own);
    }
}

/// <summary>
/// Does what the entries say; of those that were to be clamped, only the ones with elements beyond the limit stay marked so.
/// </summary>
internal readonly struct Apply(GradientLedger ledger) : IGradientOperation
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        ref GradientEntry entry = ref ledger[slot.Ordinal];
        if (entry.Scale)
            GradientElements.Scale(gradient, entry.Factor);
        else if (ConfirmClamps.IsClamped(ledger, ref entry, gradient))
            GradientElements.Clamp(gradient, ledger.Rules[entry.Rule].Limit);
    }
}

/// <summary>Leaves those marked to be clamped that have elements beyond their limit, as their type rounds it. Changes no gradient.</summary>
internal readonly struct ConfirmClamps(GradientLedger ledger) : IGradientOperation
{
    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter) => IsClamped(ledger, ref ledger[slot.Ordinal], gradient);

    internal static bool IsClamped<T>(GradientLedger ledger, ref GradientEntry entry, Span<T> gradient)
    {
        if (!entry.Clamp)
            return false;
        if (double.IsNaN(entry.Largest))
            entry.Largest = WideElements.LargestNumber(gradient);
        entry.Clamp = entry.Largest > GradientElements.RoundLimit<T>(ledger.Rules[entry.Rule].Limit);
        return entry.Clamp;
    }
}
