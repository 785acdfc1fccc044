using ClipGen.Exchange;

namespace ClipGen.Numerics.Limits;

/// <summary>What is declared of a limit that follows the gradients. <see cref="LimitState"/> is what it has learned.</summary>
/// <param name="MaxNorm">A limit that always holds as well; infinite for none.</param>
/// <param name="WarmUpSteps">The number of steps that are only observed.</param>
internal abstract record LimitSettings(double MaxNorm, int WarmUpSteps)
{
    /// <summary>The name of the rule, in messages and in saved states.</summary>
    internal abstract string Kind { get; }

    /// <summary>What one norm runs over.</summary>
    internal abstract ClipScope Scope { get; }

    /// <summary>Whether gradients are compared with their parameters.</summary>
    internal virtual bool NeedsParameters => false;

    /// <summary>The state of a model that has not been clipped yet.</summary>
    internal abstract LimitState CreateState();

    /// <summary>Tells what has to be the same in all processes.</summary>
    internal virtual void AddTo(SharedTerms terms)
    {
        terms.Add(nameof(MaxNorm), MaxNorm);
        terms.Add(nameof(WarmUpSteps), WarmUpSteps);
    }

    /// <summary>Refuses numbers that are out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    internal virtual LimitSettings Validated()
    {
        if (!(MaxNorm > 0))
            throw new ArgumentOutOfRangeException("maxNorm", MaxNorm, "The limit is greater than zero, or infinite for none.");
        if (WarmUpSteps < 0)
            throw new ArgumentOutOfRangeException("warmUpSteps", WarmUpSteps, "The number of steps is 0 or greater.");
        return this;
    }
}
