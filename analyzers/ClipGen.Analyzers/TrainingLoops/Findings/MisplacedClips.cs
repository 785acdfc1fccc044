using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Suggestions;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>CLIP102, CLIP103 and CLIP111: a clip that does not affect the step because of its place.</summary>
internal static class MisplacedClips
{
    public static Diagnostic? Find(StepSite site)
    {
        foreach (EventNode node in site.Expanded.Clips)
        {
            TrainingEvent clip = node.Event!;
            if (site.Flow.ActionOf(node) == TrainingAction.Clip && clip.Site.SyntaxTree == site.Site.SyntaxTree
                && RuleFor(site, node) is { } rule)
            {
                return site.Report(
                    rule, clip.Site, ClipSuggestions.ForMove(site, clip), site.MethodName, site.OptimizerName, site.BackwardPlace);
            }
        }

        return null;
    }

    /// <summary>CLIP103: on every path another backward pass adds to the clipped gradients.</summary>
    public static Diagnostic? BetweenBackwardPasses(StepSite site, IReadOnlyList<OptimizerKey> optimizers)
    {
        if (site.Before != GradientState.ClippedThenAdded || site.Backward is not { } backward)
            return null;
        TrainingEvent? clip = site.Expanded.Clips
            .Where(node => site.Flow.ActionOf(node) == TrainingAction.Clip && site.Flow.IsFollowedByBackward(node))
            .Select(node => node.Event!)
            .LastOrDefault(found => SyntaxPlaces.Contains(site.Body.Body, found.Site) && found.Site != backward.Site);
        return clip is null || !AddsTo(backward, clip, site.Key, optimizers)
            ? null
            : site.Report(
                RuleCatalogue.ClipBeforeBackward,
                clip.Site,
                ClipSuggestions.ForMove(site, clip),
                site.MethodName,
                site.OptimizerName,
                site.BackwardPlace);
    }

    /// <summary>
    /// Whether a backward pass certainly adds to the gradients of the optimizer. With two optimizers, each may have a backward pass of its
    /// own.
    /// </summary>
    private static bool AddsTo(TrainingEvent backward, TrainingEvent clip, OptimizerKey key, IReadOnlyList<OptimizerKey> optimizers)
    {
        if (backward.Networks is not { IsEmpty: false } networks)
            return optimizers.Count == 1 && backward.Networks is null;
        return networks.Any(network => IsAmong(network, clip.Networks) || IsAmong(network, key.Networks));
    }

    private static bool IsAmong(Target network, ImmutableArray<Target>? others) =>
        others is { } known && known.Any(other => network.IsPrefixOf(other) || other.IsPrefixOf(network));

    private static DiagnosticDescriptor? RuleFor(StepSite site, EventNode node)
    {
        TrainingEvent clip = node.Event!;
        if (IsOutsideTrainingLoop(site, clip))
            return RuleCatalogue.ClipOncePerEpoch;
        // A clip in another loop belongs to another training run.
        if (HasEffect(site.Flow.Before(node))
            || (site.Expanded.TrainingLoopAround(clip.Site) is { } loop && !SyntaxPlaces.Contains(loop, site.Site)))
        {
            return null;
        }
        GradientState first = site.Flow.BeforeInFirstPass(node);
        if ((first & (GradientState.SteppedUnclipped | GradientState.FreshAfterStep)) != 0)
            return RuleCatalogue.ClipAfterStep;
        return first != GradientState.Unreached && site.Flow.IsFollowedByBackward(node) ? RuleCatalogue.ClipBeforeBackward : null;
    }

    /// <summary>Whether the clip is outside the loop that repeats the step, so that it clips once for several steps.</summary>
    private static bool IsOutsideTrainingLoop(StepSite site, TrainingEvent clip) =>
        site.TrainingLoop is { } inner
        && !SyntaxPlaces.Contains(inner, clip.Site)
        && site.Expanded.OutermostLoopAround(clip.Site) is { } outer
        && SyntaxPlaces.Contains(outer, inner);

    private static bool HasEffect(GradientState before) =>
        (before & (GradientState.Pending | GradientState.Clipped | GradientState.ClippedThenAdded | GradientState.EnteredClipped)) != 0;
}
