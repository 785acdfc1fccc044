using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Overlap;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Norms;

/// <summary>Fills the entries with the address, rule and sum of every buffer.</summary>
/// <param name="table">Receives the entries.</param>
/// <param name="everything">Whether the first rule covers all buffers of any group.</param>
/// <param name="order">The order of every sum; NaN for the order of each buffer's rule.</param>
internal struct Measure(BufferTable table, bool everything, double order) : IGradientOperation
{
    private readonly BufferTable _table = table;
    private readonly bool _everything = everything;
    private readonly double _order = order;
    private DisjointRanges _runs;

    public static bool NeedsGroups => true;

    public readonly bool MayOverlap => _runs.MayOverlap;

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        _runs.Add(gradient);
        ref GradientEntry entry = ref _table[slot.Ordinal];
        entry = default;
        ReadAddresses.SetAddress(ref entry, gradient);
        entry.IsReplicated = slot.IsReplicated;
        entry.Rule = _everything ? 0 : _table.RuleFor(slot.Group);
        if (entry.Rule < 0)
            return;

        ref readonly ClipRule rule = ref _table.Rules[entry.Rule];
        double order = double.IsNaN(_order) ? rule.NormType : _order;
        if (double.IsNaN(_order) && rule.NeedsParameters)
            _table.Units.Measure(ref entry, slot.Options.UnitLength, gradient, parameter);
        else if (order == 2 && rule.ByValue)
            (entry.Sum, entry.Largest) = GradientElements.SumOfSquaresAndLargest(gradient);
        else if (order == 2)
            entry.Sum = GradientElements.SumOfSquares(gradient);
        else if (order == 1)
            entry.Sum = GradientElements.SumOfMagnitudes(gradient);
        else if (double.IsPositiveInfinity(order))
            entry.Sum = entry.Largest = GradientElements.LargestMagnitude(gradient);
    }
}
