using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>The declared settings of an adaptive limit. <see cref="LimitState"/> is its state.</summary>
/// <param name="MaxNorm">An additional fixed limit for the norm; infinite for none.</param>
/// <param name="WarmUpSteps">The number of first steps in which the rule does not apply.</param>
internal abstract record LimitSettings(double MaxNorm, int WarmUpSteps)
{
    /// <summary>The name of the rule, in messages and in saved states.</summary>
    internal abstract string Kind { get; }

    /// <summary>What one norm covers.</summary>
    internal abstract ClipScope Scope { get; }

    /// <summary>Whether gradients are compared with their parameters.</summary>
    internal virtual bool NeedsParameters => false;

    /// <summary>Creates the state of a model that has not been clipped yet.</summary>
    internal abstract LimitState CreateState();

    /// <summary>Adds the settings that must be the same in all processes.</summary>
    internal virtual void AddTo(SharedTerms terms)
    {
        terms.Add(nameof(MaxNorm), MaxNorm);
        terms.Add(nameof(WarmUpSteps), WarmUpSteps);
    }

    /// <summary>Returns the settings, or throws if a number is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    internal virtual LimitSettings Validated()
    {
        if (!(MaxNorm > 0))
            throw new ArgumentOutOfRangeException("maxNorm", MaxNorm, "The limit must be greater than zero or infinite.");
        if (WarmUpSteps < 0)
            throw new ArgumentOutOfRangeException("warmUpSteps", WarmUpSteps, "The number of steps must be 0 or greater.");
        return this;
    }
}
