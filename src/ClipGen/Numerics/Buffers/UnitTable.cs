using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Norms;

namespace ClipGen.Numerics.Buffers;

/// <summary>The units of the buffers whose gradients are compared with their weights.</summary>
internal sealed class UnitTable
{
    private UnitEntry[] _units = [];
    private int _count;

    /// <summary>Whether a step decides the factors of the units, when it reads the weights. Then only gradients are measured.</summary>
    internal bool AreOpen { get; set; }

    /// <summary>The units that a step decides about.</summary>
    internal OpenUnits Open { get; } = new();

    /// <summary>Removes all units, and keeps the memory.</summary>
    internal void Clear()
    {
        _count = 0;
        AreOpen = false;
    }

    /// <summary>The units of a buffer.</summary>
    internal Span<UnitEntry> Of(in GradientEntry entry) => _units.AsSpan(entry.FirstUnit, entry.UnitCount);

    /// <summary>Measures the units of a buffer.</summary>
    /// <param name="entry">The buffer's entry. Receives the position of its units and the sum of squares of its gradient.</param>
    /// <param name="unitLength">The number of elements of a unit; 0 if the buffer is one unit.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="parameter">The weights.</param>
    internal void Measure<T>(ref GradientEntry entry, int unitLength, Span<T> gradient, Span<T> parameter)
    {
        int length = unitLength == 0 ? gradient.Length : unitLength;
        entry.UnitProblem = parameter.IsEmpty ? UnitProblem.NoParameter
            : parameter.Length != gradient.Length ? UnitProblem.OtherLength
            : length < 0 || gradient.Length % length != 0 ? UnitProblem.UnevenUnits
            : UnitProblem.None;
        if (entry.UnitProblem != UnitProblem.None)
        {
            entry.Sum = GradientElements.SumOfSquares(gradient);
            return;
        }

        entry.FirstUnit = _count;
        entry.UnitCount = gradient.Length / length;
        entry.UnitLength = length;
        entry.RoundingMargin = typeof(T) == typeof(double) ? 1 - 4.44e-16 : 1 - 2.4e-7;
        double sum = 0;
        if (AreOpen)
        {
            Span<double> squaresOfUnits = Open.Squares(_count, entry.UnitCount);
            GradientElements.SumsOfSquares(gradient, length, squaresOfUnits);
            foreach (double squaresOfUnit in squaresOfUnits)
                sum += squaresOfUnit;
            entry.Sum = sum;
            _count += entry.UnitCount;
            return;
        }

        if (_units.Length < _count + entry.UnitCount)
            Array.Resize(ref _units, Math.Max(_count + entry.UnitCount, 2 * _units.Length));
        for (int start = 0; start < gradient.Length; start += length)
        {
            ref UnitEntry unit = ref _units[_count++];
            Span<T> elements = gradient.Slice(start, length);
            double squares = GradientElements.SumOfSquares(elements);
            sum += squares;
            unit.Gradient = NormOf(elements, squares);
            Span<T> weights = parameter.Slice(start, length);
            unit.Weight = NormOf(weights).Value;
        }

        entry.Sum = sum;
    }

    /// <summary>The norm of a unit's gradient or weights.</summary>
    internal static ScaledNorm NormOf<T>(Span<T> elements) => NormOf(elements, GradientElements.SumOfSquares(elements));

    /// <summary>The norm of a unit's gradient or weights, whose sum of squares is known.</summary>
    internal static ScaledNorm NormOf<T>(Span<T> elements, double squares) =>
        EuclideanNorm.IsExact(squares) ? new ScaledNorm(1, EuclideanNorm.Root(squares)) : RefinedNormOf(elements);

    private static ScaledNorm RefinedNormOf<T>(Span<T> elements)
    {
        double largest = GradientElements.LargestMagnitude(elements);
        return largest == 0 || !double.IsFinite(largest)
            ? new ScaledNorm(largest, 1)
            : new ScaledNorm(largest, Math.Sqrt(WideElements.SumOfScaledPowers(elements, largest, order: 2)));
    }
}
