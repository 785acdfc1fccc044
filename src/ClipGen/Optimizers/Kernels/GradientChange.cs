using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// The change of a gradient before the update rule reads it: a multiplication, as in <see cref="GradientElements.Scale"/>, followed by a
/// clamp, as in <see cref="GradientElements.Clamp"/>. A combined clip and step therefore gives the bits of a clip followed by a step.
/// 16-bit elements are scaled in <see cref="float"/> and not rounded in between.
/// </summary>
internal readonly struct GradientChange
{
    private readonly double _limit;
    private readonly bool _isClamped;

    private GradientChange(in ScaleFactor factor, double limit, bool isClamped, OpenUnits? units = null)
    {
        Factor = factor;
        _limit = limit;
        _isClamped = isClamped;
        Units = units;
    }

    /// <summary>No change.</summary>
    internal static GradientChange None => Scale(new ScaleFactor(1));

    /// <summary>The factor; 1 for none.</summary>
    internal ScaleFactor Factor { get; }

    /// <summary>The units that each get a factor of their own when the step reads their weights; null for one factor.</summary>
    internal OpenUnits? Units { get; }

    /// <summary>Whether elements are clamped after they are scaled.</summary>
    internal bool IsClamped => _isClamped;

    /// <summary>x·factor.</summary>
    internal static GradientChange Scale(in ScaleFactor factor) => new(factor, double.PositiveInfinity, isClamped: false);

    /// <summary>The nearest of [−limit, limit]; NaN stays.</summary>
    internal static GradientChange Clamp(double limit) => new(new ScaleFactor(1), limit, isClamped: true);

    /// <summary>x·factor, then the nearest of [−limit, limit].</summary>
    internal static GradientChange ScaleAndClamp(in ScaleFactor factor, double limit) => new(factor, limit, isClamped: true);

    /// <summary>A factor for each unit, which the step decides.</summary>
    internal static GradientChange ByUnit(OpenUnits units) => new(units.Usual, double.PositiveInfinity, isClamped: false, units);

    /// <summary>Changes a gradient in place.</summary>
    internal void ApplyTo<T>(Span<T> gradient)
    {
        if (Factor.Value != 1)
            GradientElements.Scale(gradient, Factor);
        if (_isClamped)
            GradientElements.Clamp(gradient, _limit);
    }

    /// <summary>The remaining change after a factor that is not simple has been applied.</summary>
    internal GradientChange WithoutWideFactor() => Factor.IsSimple ? this : new(new ScaleFactor(1), _limit, _isClamped);

    /// <summary>The limit, rounded to the type of the gradient.</summary>
    internal double RoundedLimit<T>() => GradientElements.RoundLimit<T>(_limit);
}
