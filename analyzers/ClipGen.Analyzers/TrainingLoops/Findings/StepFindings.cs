using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Heuristics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>Applies the rules to every step of a body.</summary>
internal sealed class StepFindings(
    StepAnalysis steps,
    OptimizerOrigins origins,
    HandWrittenHeuristic handWritten,
    MissingClips missing,
    ResetGradients resets,
    UnrecognizedTraining unrecognized,
    ClipAndStepCalls calls)
{
    private readonly OneShotSteps _oneShots = new();
    private readonly ConcurrentDictionary<BodyGraph, ImmutableArray<Diagnostic>> _known = new();

    /// <summary>The findings in a body. They are computed once, and the intermediate results are dropped.</summary>
    public ImmutableArray<Diagnostic> In(BodyGraph body, CancellationToken cancellation)
    {
        if (_known.TryGetValue(body, out ImmutableArray<Diagnostic> findings))
            return findings;
        lock (body)
        {
            if (_known.TryGetValue(body, out findings))
                return findings;
            findings = Find(body, cancellation);
            _known.TryAdd(body, findings);
        }

        steps.DropPlacesOf(body);
        return findings;
    }

    private ImmutableArray<Diagnostic> Find(BodyGraph body, CancellationToken cancellation)
    {
        var findings = new FindingList();
        foreach (StepPlace place in steps.Of(body).Places)
        {
            cancellation.ThrowIfCancellationRequested();
            if (place.Steps.FirstOrDefault(step => place.IsReached(step) && !IsDecidedInside(step.Event!)) is not { } node)
                continue;
            var site = new StepSite(place, node, calls);
            if (site.Backward is null && !IsDiscarded(place.Before))
                continue;
            if (site.Step.Evidence == Evidence.Name && !handWritten.IsEnough(site))
                continue;
            if (!_oneShots.IsOneShot(site))
                Examine(site, findings);
        }

        findings.Add(unrecognized.In(body));
        return findings.ToImmutable();
    }

    /// <summary>
    /// Whether the step is in a called method that also contains the backward pass. That method's own analysis checks it.
    /// </summary>
    private bool IsDecidedInside(TrainingEvent step) => step.Through.Any(method => steps.Of(method).Decided.Contains(step.Syntax));

    /// <summary>Whether the gradients were set to zero on every path.</summary>
    private static bool IsDiscarded(GradientState before) =>
        (before & GradientState.AnyDiscarded) != 0 && (before & ~GradientState.AnyDiscarded) == 0;

    private void Examine(StepSite site, FindingList findings)
    {
        GradientState before = site.Before;
        bool isUnclipped = (before & (GradientState.Pending | GradientState.SteppedUnclipped)) != 0;
        // Gradients that were clipped and already used are not the gradients of this step.
        bool isClipped = (before & GradientState.AnyClipped & ~GradientState.SteppedClipped) != 0 || before == GradientState.SteppedClipped;
        if (IsDiscarded(before))
        {
            findings.Add(ResetGradients.BeforeStep(site));
        }
        else if (isUnclipped && !isClipped)
        {
            findings.Add(MisplacedClips.Find(site) ?? missing.OfOtherNetwork(site) ?? missing.Everywhere(site));
        }
        else if (isUnclipped)
        {
            findings.Add(MissingClips.OnSomePaths(site));
        }
        else if (isClipped)
        {
            findings.Add(
                MisplacedClips.BetweenBackwardPasses(site, site.Expanded.Optimizers(origins)) ?? MissingClips.OnPartOfTheNetwork(site));
            findings.Add(AccumulatedGradients.ClipEveryMicroBatch(site));
            findings.Add(ClipAndStepCalls.ClippedTwice(site));
            findings.Add(ClipAndStepCalls.ClippedBeforeUnscaling(site));
            findings.Add(calls.InOne(site));
        }

        findings.Add(AccumulatedGradients.ResetEveryMicroBatch(site));
        findings.Add(resets.Never(site));
    }
}
