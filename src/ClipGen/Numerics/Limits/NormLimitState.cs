namespace ClipGen.Numerics.Limits;

/// <summary>A state that turns one norm into its limit.</summary>
internal abstract class NormLimitState(LimitSettings settings) : LimitState(settings)
{
    // What enters when the clip is done; 0 for nothing.
    private double _norm;
    private double _clipped;

    /// <summary>The limit of the last norm, in the units of that norm.</summary>
    internal double LastLimit { get; private set; }

    internal sealed override void Commit()
    {
        // A step without gradients tells nothing of their size, and a norm beyond the range of double cannot be averaged.
        if (_norm is > 0 and <= double.MaxValue)
        {
            Learn(_norm, _clipped);
            Steps++;
        }

        _norm = 0;
    }

    internal sealed override void Begin(double lossScale)
    {
        base.Begin(lossScale);
        _norm = 0;
        LastLimit = double.PositiveInfinity;
    }

    /// <summary>The limit for a norm, infinite for none. Changes nothing that a later step sees.</summary>
    internal double LimitFor(double norm)
    {
        _norm = norm / LossScale;
        double limit = IsWarmingUp || _norm == 0 ? double.PositiveInfinity : Follow(double.IsNaN(_norm) ? double.PositiveInfinity : _norm);
        limit = Math.Min(limit, Settings.MaxNorm);
        _clipped = Math.Min(_norm, limit);
        LastLimit = limit * LossScale;
        return LastLimit;
    }

    /// <summary>The rule's own limit.</summary>
    /// <param name="norm">The norm; infinite where it is beyond the range of <see cref="double"/>.</param>
    private protected abstract double Follow(double norm);

    /// <summary>Takes a norm that is positive and finite.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="clipped">The norm after the clip.</param>
    private protected abstract void Learn(double norm, double clipped);
}
