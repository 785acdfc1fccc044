using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>CLIP101, 102, 103, 106, 111 and 112: why a step sees gradients that are not clipped, or not all of them.</summary>
internal static class ClipMistakes
{
    /// <summary>A step that no clip reaches: because there is none, or because it is in the wrong place, or of the wrong network.</summary>
    public static Diagnostic ExplainUnclipped(StepSite site)
    {
        foreach (EventNode node in site.Clips())
        {
            TrainingEvent clip = node.Event!;
            if (site.Key.EffectOf(clip) != TrainingAction.Clip || clip.Site.SyntaxTree != site.Site.SyntaxTree)
                continue;
            if (IsOutsideTrainingLoop(site, clip))
                return site.Report(RuleCatalogue.ClipOncePerEpoch, clip.Site, ClipSuggestions.ForMove(site), site.MethodName, site.OptimizerName, site.BackwardPlace);
            // A clip in another loop belongs to another training.
            if (HasEffect(site.Flow.Before(node)) || (TrainingLoopOf(site, clip) is { } loop && !StepSite.Contains(loop, site.Site)))
                continue;
            GradientState first = site.Flow.BeforeInFirstPass(node);
            if ((first & GradientState.SteppedUnclipped) != 0)
                return site.Report(RuleCatalogue.ClipAfterStep, clip.Site, ClipSuggestions.ForMove(site), site.MethodName, site.OptimizerName, site.BackwardPlace);
            if (first != GradientState.Unreached && IsFollowedByBackward(site, node))
                return site.Report(RuleCatalogue.ClipBeforeBackward, clip.Site, ClipSuggestions.ForMove(site), site.MethodName, site.OptimizerName, site.BackwardPlace);
        }

        return OtherNetwork(site) ?? Unclipped(site);
    }

    /// <summary>CLIP112, where the clip's condition changes from step to step.</summary>
    public static Diagnostic? OnSomePaths(StepSite site)
    {
        foreach (EventNode node in site.Clips())
        {
            TrainingEvent clip = node.Event!;
            if (clip.IsHoisted || site.Key.EffectOf(clip) != TrainingAction.Clip || !StepSite.Contains(site.Body.Body, clip.Site))
                continue;
            foreach (SyntaxNode construct in Constructs.Around(clip.Site, site.Body.Body))
            {
                if (StepSite.Contains(construct, site.Site) || (site.Backward is { } backward && StepSite.Contains(construct, backward.Site)))
                    break;
                if (construct is IfStatementSyntax { Condition: { } condition } && Conditions.Changes(condition, construct, site.Body.Facts))
                {
                    return site.Report(
                        RuleCatalogue.ClipOnSomePaths, site.Site, ClipSuggestions.ForMove(site), site.MethodName, site.OptimizerName, site.BackwardPlace, condition.ToString());
                }
            }
        }

        return null;
    }

    /// <summary>CLIP106, where the only clip is of some of the networks, or layers, that the optimizer holds.</summary>
    public static Diagnostic? OnPartOfTheNetwork(StepSite site)
    {
        if (site.Key.Networks is not { IsEmpty: false } held)
            return null;
        List<TrainingEvent> clips =
        [
            .. site.Clips().Select(node => node.Event!).Where(clip => site.Key.EffectOf(clip) == TrainingAction.Clip),
        ];
        if (clips.Select(clip => clip.Syntax).Distinct().Count() != 1 || clips[0].Networks is not { IsEmpty: false } clipped)
            return null;
        TrainingEvent only = clips[0];
        if (!StepSite.Contains(site.Body.Body, only.Site) || clipped.Any(network => network.Equals(site.Key.Optimizer) || network.Root is ILocalSymbol { IsForEach: true }))
            return null;
        Target? missing = held.FirstOrDefault(network => !clipped.Any(part => part.IsPrefixOf(network)));
        // Unless everything is known to be reached by the same names, the parts may well add up.
        if (missing is null || !clipped.All(part => held.Any(network => network.IsPrefixOf(part) || part.IsPrefixOf(network))))
            return null;
        return site.Report(RuleCatalogue.ClipOtherNetwork, only.Site, null, site.MethodName, site.OptimizerName, Names(held), Names(clipped));
    }

    private static Diagnostic? OtherNetwork(StepSite site)
    {
        if (site.Key.Networks is not { IsEmpty: false } held)
            return null;
        foreach (EventNode node in site.Clips())
        {
            TrainingEvent clip = node.Event!;
            if (!site.Key.IsCertainlyOther(clip) || (site.Flow.Before(node) & GradientState.Pending) == 0 || !StepSite.Contains(site.Body.Body, clip.Site))
                continue;
            bool isStepped = site.Graph.Nodes.Any(other => other.Event is { Kind: EventKind.Step } step
                && !site.Key.IsSame(step)
                && !new OptimizerKey(OptimizerKey.Of(step), site.Program.Origins.Of(OptimizerKey.Of(step), step.TargetType)).IsCertainlyOther(clip));
            if (!isStepped)
                return site.Report(RuleCatalogue.ClipOtherNetwork, clip.Site, null, site.MethodName, site.OptimizerName, Names(held), Names(clip.Networks!.Value));
        }

        return null;
    }

    private static Diagnostic Unclipped(StepSite site)
    {
        TrainingEvent? dropped = site.Graph.Nodes.Select(node => node.Event).FirstOrDefault(found => found?.Kind == EventKind.DroppedClip);
        ImmutableDictionary<string, string?> properties = ClipSuggestions.ForInsert(site, out string advice);
        if (dropped is not null)
        {
            int line = dropped.Syntax.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
            if (dropped.Syntax.SyntaxTree == site.Site.SyntaxTree)
                properties = ClipSuggestions.ForReplace(properties, dropped.Syntax);
            advice = $"What line {line} computes is a new tensor that is dropped: clip in place, or {char.ToLowerInvariant(advice[0])}{advice.Substring(1)}";
        }

        return site.Report(RuleCatalogue.StepOnUnclippedGradients, site.Site, properties, site.MethodName, site.OptimizerName, site.BackwardPlace, advice);
    }

    /// <summary>Whether the step is repeated in a loop that the clip is around, so that it clips once where several steps are made.</summary>
    private static bool IsOutsideTrainingLoop(StepSite site, TrainingEvent clip) =>
        site.TrainingLoop is { } inner
        && !StepSite.Contains(inner, clip.Site)
        && Constructs.LoopsAround(clip.Site).Any(outer => StepSite.Contains(outer, inner));

    /// <summary>The innermost loop around the clip that is more than a loop over layers.</summary>
    private static SyntaxNode? TrainingLoopOf(StepSite site, TrainingEvent clip) =>
        Constructs.LoopsAround(clip.Site).FirstOrDefault(loop => site.Graph.Nodes.Any(node =>
            node.Event is { Kind: EventKind.Backward or EventKind.Step } found && StepSite.Contains(loop, found.Site)));

    private static bool HasEffect(GradientState before) =>
        (before & (GradientState.Pending | GradientState.Clipped | GradientState.ClippedThenAdded | GradientState.EnteredClipped)) != 0;

    private static bool IsFollowedByBackward(StepSite site, EventNode clip)
    {
        var seen = new HashSet<int>();
        var waiting = new Queue<EventNode>();
        waiting.Enqueue(clip);
        while (waiting.Count > 0)
        {
            foreach (EventNode next in waiting.Dequeue().Next)
            {
                if (next.Event?.Kind == EventKind.Backward)
                    return true;
                if (site.Key.EffectOf(next.Event) != TrainingAction.Step && seen.Add(next.Index))
                    waiting.Enqueue(next);
            }
        }

        return false;
    }

    private static string Names(ImmutableArray<Target> networks) => string.Join(", ", networks.Select(network => network.Text));
}
