namespace TemporalOrder;

/// <summary>How a trial ended.</summary>
public enum TrialOutcome
{
    /// <summary>The error on fresh sequences fell below the bar.</summary>
    Solved,

    /// <summary>The budget of steps ran out.</summary>
    OutOfSteps,

    /// <summary>A gradient held a NaN or an infinity.</summary>
    Diverged,
}
