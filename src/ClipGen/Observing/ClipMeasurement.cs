using ClipGen.Numerics;

namespace ClipGen.Observing;

/// <summary>One clip, as metrics and recorders see it. Norms and limits are those of the gradients without a loss scale.</summary>
internal readonly ref struct ClipMeasurement
{
    /// <summary>Whose gradients they are.</summary>
    internal required ObservedModel Model { get; init; }

    /// <summary>What was done.</summary>
    internal required ClipOutcome Outcome { get; init; }

    /// <summary>The norm over all gradients.</summary>
    internal required double TotalNorm { get; init; }

    /// <summary>The limits as they are declared.</summary>
    internal required ReadOnlySpan<ClipRule> Rules { get; init; }

    /// <summary>The limits, in the same order, with the norm and the factor of each.</summary>
    internal required ReadOnlySpan<LimitResult> Limits { get; init; }

    /// <summary>The gradients, with the norm of each; none where nobody asked for them.</summary>
    internal required ReadOnlySpan<GradientResult> Gradients { get; init; }

    /// <summary>The loss scale, or 0 for none.</summary>
    internal required double LossScale { get; init; }
}
