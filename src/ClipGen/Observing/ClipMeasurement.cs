using ClipGen.Numerics;

namespace ClipGen.Observing;

/// <summary>One clip, as metrics and recorders receive it. Norms and limits are in the units of gradients without a loss scale.</summary>
internal readonly ref struct ClipMeasurement
{
    /// <summary>The model whose gradients were clipped.</summary>
    internal required ObservedModel Model { get; init; }

    /// <summary>The kind of result.</summary>
    internal required ClipOutcome Outcome { get; init; }

    /// <summary>The norm over all gradients.</summary>
    internal required double TotalNorm { get; init; }

    /// <summary>The declared limits.</summary>
    internal required ReadOnlySpan<ClipRule> Rules { get; init; }

    /// <summary>The norm and the factor of each limit, in the same order.</summary>
    internal required ReadOnlySpan<LimitResult> Limits { get; init; }

    /// <summary>The norm of each gradient; empty if it is not requested.</summary>
    internal required ReadOnlySpan<GradientResult> Gradients { get; init; }

    /// <summary>The loss scale, or 0 for none.</summary>
    internal required double LossScale { get; init; }
}
