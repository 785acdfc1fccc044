using System.Collections.Immutable;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>How an optimizer was created.</summary>
/// <param name="Networks">The networks whose parameters it holds; <see langword="null"/> if unsure.</param>
/// <param name="IsLbfgs">Whether it is, or may be, an optimizer that calls a closure for its gradients.</param>
/// <param name="HintsAtClipping">Whether its arguments say that it clips itself.</param>
/// <param name="TrainsInputs">Whether it changes inputs of networks, such as an image, and no network.</param>
/// <param name="HoldsPart">Whether it holds only some of the parameters of a network.</param>
internal sealed record OptimizerOrigin(
    ImmutableArray<Target>? Networks, bool IsLbfgs, bool HintsAtClipping, bool TrainsInputs = false, bool HoldsPart = false);
