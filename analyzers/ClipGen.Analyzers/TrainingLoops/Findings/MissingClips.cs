using System.Collections.Immutable;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Suggestions;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>CLIP101, CLIP106 and CLIP112: no clip, a clip of other gradients or of some of them, and a clip on some paths.</summary>
internal sealed class MissingClips(OptimizerOrigins origins, ClipSuggestions suggestions)
{
    /// <summary>CLIP101: no path clips.</summary>
    public Diagnostic Everywhere(StepSite site)
    {
        ImmutableDictionary<string, string?> properties = suggestions.ForInsert(site, out string advice);
        if (site.Expanded.EventsOf(TrainingAction.DroppedClip).FirstOrDefault() is { } dropped)
        {
            if (dropped.Syntax.SyntaxTree == site.Site.SyntaxTree)
                properties = ClipSuggestions.ForReplace(properties, dropped.Syntax);
            bool isHere = dropped.Syntax.SyntaxTree == site.Site.SyntaxTree;
            string place = isHere ? $"line {SyntaxPlaces.LineOf(dropped.Syntax)}" : $"'{SyntaxPlaces.TextOf(dropped.Syntax)}'";
            string line = $"The result of {place} is a new tensor that is discarded";
            advice = $"{line}: clip in place, or {char.ToLowerInvariant(advice[0])}{advice.Substring(1)}";
        }

        return site.Report(
            RuleCatalogue.StepOnUnclippedGradients, site.Site, properties, site.MethodName, site.SteppedName, site.BackwardPlace, advice);
    }

    /// <summary>CLIP106: the clipped network is not held by the optimizer, and no other optimizer steps it.</summary>
    public Diagnostic? OfOtherNetwork(StepSite site)
    {
        if (site.Key.Networks is not { IsEmpty: false } held)
            return null;
        foreach (EventNode node in site.Expanded.Clips)
        {
            TrainingEvent clip = node.Event!;
            if (!site.Key.IsCertainlyOther(clip) || (site.Flow.Before(node) & GradientState.Pending) == 0
                || !SyntaxPlaces.Contains(site.Body.Body, clip.Site))
            {
                continue;
            }
            if (!OtherOptimizers(site).Any(other => !other.IsCertainlyOther(clip)))
            {
                return site.Report(
                    RuleCatalogue.ClipOtherNetwork, clip.Site, null, site.MethodName, site.OptimizerName, Names(site, held),
                    Names(site, clip.Networks!.Value));
            }
        }

        return null;
    }

    /// <summary>CLIP106: the only clip covers some of the networks, or layers, that the optimizer holds.</summary>
    public static Diagnostic? OnPartOfTheNetwork(StepSite site)
    {
        TrainingEvent[] clips =
            [.. site.Expanded.Clips.Where(node => site.Flow.ActionOf(node) == TrainingAction.Clip).Select(node => node.Event!)];
        if (clips.Length == 0 || clips.Any(clip => clip.Syntax != clips[0].Syntax) || clips[0].Networks is not { IsEmpty: false } clipped)
            return null;
        TrainingEvent only = clips[0];
        if (only.Part is { } part)
        {
            return site.Key.HoldsPart || !SyntaxPlaces.Contains(site.Body.Body, only.Site)
                ? null
                : site.Report(
                    RuleCatalogue.ClipOtherNetwork,
                    only.Site,
                    null,
                    site.MethodName,
                    site.OptimizerName,
                    Names(site, site.Key.Networks ?? clipped),
                    part);
        }

        if (site.Key.Networks is not { IsEmpty: false } held)
            return null;
        if (!SyntaxPlaces.Contains(site.Body.Body, only.Site)
            || clipped.Any(network => network.Equals(site.Key.Optimizer) || network.Root is ILocalSymbol { IsForEach: true }))
        {
            return null;
        }

        // Several clips may cover everything together, unless all are known to be reached by the same names.
        bool isMissingAny = held.Any(network => !clipped.Any(part => part.IsPrefixOf(network)));
        if (!isMissingAny || !clipped.All(part => held.Any(network => network.IsPrefixOf(part) || part.IsPrefixOf(network))))
            return null;
        return site.Report(RuleCatalogue.ClipOtherNetwork, only.Site, null, site.MethodName, site.OptimizerName, Names(site, held),
            Names(site, clipped));
    }

    /// <summary>CLIP112: the condition of the clip holds in some steps only.</summary>
    public static Diagnostic? OnSomePaths(StepSite site)
    {
        foreach (EventNode node in site.Expanded.Clips)
        {
            TrainingEvent clip = node.Event!;
            if (clip.IsHoisted || site.Flow.ActionOf(node) != TrainingAction.Clip || !SyntaxPlaces.Contains(site.Body.Body, clip.Site))
                continue;
            if (ChangingConditionAround(site, clip) is { } condition)
            {
                return site.Report(
                    RuleCatalogue.ClipOnSomePaths,
                    site.Site,
                    ClipSuggestions.ForMove(site, clip),
                    site.MethodName,
                    site.SteppedName,
                    site.BackwardPlace,
                    SyntaxPlaces.TextOf(condition));
            }
        }

        return null;
    }

    private static ExpressionSyntax? ChangingConditionAround(StepSite site, TrainingEvent clip)
    {
        foreach (SyntaxNode construct in Constructs.Around(clip.Site, site.Body.Body))
        {
            if (SyntaxPlaces.Contains(construct, site.Site)
                || (site.Backward is { } backward && SyntaxPlaces.Contains(construct, backward.Site)))
            {
                return null;
            }
            if (construct is IfStatementSyntax statement && site.Body.Conditions.Changes(statement))
                return statement.Condition;
        }

        return null;
    }

    private IEnumerable<OptimizerKey> OtherOptimizers(StepSite site) =>
        site.Expanded.Optimizers(origins).Where(other => !other.Optimizer.Equals(site.Key.Optimizer));

    private static string Names(StepSite site, ImmutableArray<Target> networks) =>
        string.Join(", ", networks.Select(site.VisibleName).Distinct());
}
