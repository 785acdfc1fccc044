namespace ClipGen.Observing.Recording;

/// <summary>Consecutive steps of one limit.</summary>
internal readonly record struct LimitColumn : IColumn<LimitColumn>
{
    /// <summary>The number of steps.</summary>
    internal long Steps { get; private init; }

    /// <summary>The number of steps with a finite norm.</summary>
    internal long Finite { get; private init; }

    /// <summary>The number of steps in which the norm exceeded the limit.</summary>
    internal long Clipped { get; private init; }

    /// <summary>The smallest finite norm.</summary>
    internal double LeastNorm { get; private init; }

    /// <summary>The largest finite norm.</summary>
    internal double GreatestNorm { get; private init; }

    /// <summary>The sum of the logarithms of the finite norms, for their geometric mean.</summary>
    internal double LogSum { get; private init; }

    /// <summary>The number of norms greater than 0, which have a logarithm.</summary>
    internal long Positive { get; private init; }

    /// <summary>The limit of the last step.</summary>
    internal double Limit { get; private init; }

    /// <summary>The smallest factor.</summary>
    internal double LeastFactor { get; private init; }

    /// <summary>The geometric mean of the norms; 0 if all are 0 or not finite.</summary>
    internal double TypicalNorm => Positive == 0 ? 0 : Math.Exp(LogSum / Positive);

    internal static LimitColumn Of(in LimitStep step)
    {
        bool isFinite = double.IsFinite(step.Norm);
        bool isPositive = isFinite && step.Norm > 0;
        return new LimitColumn
        {
            Steps = 1,
            Finite = isFinite ? 1 : 0,
            Clipped = step.Clipped ? 1 : 0,
            LeastNorm = isFinite ? step.Norm : double.PositiveInfinity,
            GreatestNorm = isFinite ? step.Norm : 0,
            LogSum = isPositive ? Math.Log(step.Norm) : 0,
            Positive = isPositive ? 1 : 0,
            Limit = step.Limit,
            LeastFactor = double.IsFinite(step.Factor) ? step.Factor : 1,
        };
    }

    /// <inheritdoc/>
    public static LimitColumn Join(LimitColumn first, LimitColumn second) => new()
    {
        Steps = first.Steps + second.Steps,
        Finite = first.Finite + second.Finite,
        Clipped = first.Clipped + second.Clipped,
        LeastNorm = Math.Min(first.LeastNorm, second.LeastNorm),
        GreatestNorm = Math.Max(first.GreatestNorm, second.GreatestNorm),
        LogSum = first.LogSum + second.LogSum,
        Positive = first.Positive + second.Positive,
        Limit = second.Limit,
        LeastFactor = Math.Min(first.LeastFactor, second.LeastFactor),
    };
}
