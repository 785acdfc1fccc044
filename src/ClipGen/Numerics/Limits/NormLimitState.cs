namespace ClipGen.Numerics.Limits;

/// <summary>The state of an adaptive limit that computes one limit for one norm.</summary>
internal abstract class NormLimitState(LimitSettings settings) : LimitState(settings)
{
    // The values to add at the end of the clip; 0 for none.
    private double _norm;
    private double _clipped;

    /// <summary>The limit of the last norm, in the units of that norm.</summary>
    internal double LastLimit { get; private set; }

    internal sealed override void Commit()
    {
        // A step without gradients has no information about their magnitude, and a norm beyond the range of double cannot be averaged.
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

    /// <summary>The limit for a norm; infinite for none. Does not change the state that later steps use.</summary>
    internal double LimitFor(double norm)
    {
        _norm = norm / LossScale;
        double limit = IsWarmingUp || _norm == 0 ? double.PositiveInfinity : Follow(double.IsNaN(_norm) ? double.PositiveInfinity : _norm);
        limit = Math.Min(limit, Settings.MaxNorm);
        _clipped = Math.Min(_norm, limit);
        LastLimit = limit * LossScale;
        return LastLimit;
    }

    /// <summary>The limit of the rule itself, without <see cref="LimitSettings.MaxNorm"/>.</summary>
    /// <param name="norm">The norm; infinite if it is greater than <see cref="double.MaxValue"/>.</param>
    private protected abstract double Follow(double norm);

    /// <summary>Adds a norm that is positive and finite to the state.</summary>
    /// <param name="norm">The norm.</param>
    /// <param name="clipped">The norm after the clip.</param>
    private protected abstract void Learn(double norm, double clipped);
}
