namespace TemporalOrder;

/// <summary>How a trial ended.</summary>
public enum TrialOutcome
{
    /// <summary>The error on fresh sequences fell below the threshold.</summary>
    Solved,

    /// <summary>The budget of steps was used up.</summary>
    OutOfSteps,

    /// <summary>A gradient held a NaN or an infinity.</summary>
    Diverged,
}
