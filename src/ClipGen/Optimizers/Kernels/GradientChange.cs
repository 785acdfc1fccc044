using ClipGen.Numerics.Kernels;

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// What happens to a gradient before the update rule sees it: it is multiplied by a factor, as <see cref="GradientElements.Scale"/> does,
/// then clamped, as <see cref="GradientElements.Clamp"/> does. So a clip and a step in one give the bits of a clip followed by a step.
/// Elements of 16 bits are scaled in <see cref="float"/> and not rounded in between.
/// </summary>
internal readonly struct GradientChange
{
    private readonly double _limit;
    private readonly bool _isClamped;

    private GradientChange(in ScaleFactor factor, double limit, bool isClamped)
    {
        Factor = factor;
        _limit = limit;
        _isClamped = isClamped;
    }

    /// <summary>No change.</summary>
    internal static GradientChange None => Scale(new ScaleFactor(1));

    /// <summary>The factor; 1 for none.</summary>
    internal ScaleFactor Factor { get; }

    /// <summary>Whether elements are clamped after they are scaled.</summary>
    internal bool IsClamped => _isClamped;

    /// <summary>x·factor.</summary>
    internal static GradientChange Scale(in ScaleFactor factor) => new(factor, double.PositiveInfinity, isClamped: false);

    /// <summary>The nearest of [−limit, limit]; NaN stays.</summary>
    internal static GradientChange Clamp(double limit) => new(new ScaleFactor(1), limit, isClamped: true);

    /// <summary>x·factor, then the nearest of [−limit, limit].</summary>
    internal static GradientChange ScaleAndClamp(in ScaleFactor factor, double limit) => new(factor, limit, isClamped: true);

    /// <summary>Makes the change in place.</summary>
    internal void ApplyTo<T>(Span<T> gradient)
    {
        if (Factor.Value != 1)
            GradientElements.Scale(gradient, Factor);
        if (_isClamped)
            GradientElements.Clamp(gradient, _limit);
    }

    /// <summary>What is left to do where a factor that is not simple has been applied already.</summary>
    internal GradientChange WithoutWideFactor() => Factor.IsSimple ? this : new(new ScaleFactor(1), _limit, _isClamped);

    /// <summary>The limit, rounded to the type of the gradient.</summary>
    internal double RoundedLimit<T>() => GradientElements.RoundLimit<T>(_limit);
}
