namespace ClipGen.Observing.Recording;

/// <summary>The record of one limit over a run.</summary>
/// <param name="key">The limit.</param>
internal sealed class LimitRecord(LimitKey key)
{
    /// <summary>The limit.</summary>
    internal LimitKey Key { get; } = key;

    /// <summary>The finite norms before clipping.</summary>
    internal QuantileSketch Norms { get; } = new();

    /// <summary>The norms over time.</summary>
    internal Timeline<LimitColumn> Timeline { get; } = new();

    /// <summary>The number of steps.</summary>
    internal long Steps { get; private set; }

    /// <summary>The number of steps in which a norm exceeded the limit.</summary>
    internal long Clipped { get; private set; }

    /// <summary>The number of steps in which a gradient was not finite.</summary>
    internal long NonFinite { get; private set; }

    /// <summary>The limit of the last step.</summary>
    internal double Limit { get; private set; }

    /// <summary>The smallest limit.</summary>
    internal double LeastLimit { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest limit.</summary>
    internal double GreatestLimit { get; private set; }

    /// <summary>The share of steps in which a norm exceeded the limit.</summary>
    internal double ClippedShare => Steps == 0 ? 0 : (double)Clipped / Steps;

    /// <summary>Whether all steps had the same limit.</summary>
    internal bool IsFixed => LeastLimit == GreatestLimit;

    /// <summary>Adds a step.</summary>
    internal void Add(in LimitStep step)
    {
        Steps++;
        Clipped += step.Clipped ? 1 : 0;
        Limit = step.Limit;
        LeastLimit = Math.Min(LeastLimit, step.Limit);
        GreatestLimit = Math.Max(GreatestLimit, step.Limit);
        if (double.IsFinite(step.Norm))
            Norms.Add(step.Norm);
        else
            NonFinite++;
        Timeline.Add(LimitColumn.Of(step));
    }

    /// <summary>The share of the steps with a finite norm that another limit would have clipped.</summary>
    internal double ShareAbove(double limit) => Norms.Count == 0 ? 0 : Norms.CountAbove(limit) / Norms.Count;
}
