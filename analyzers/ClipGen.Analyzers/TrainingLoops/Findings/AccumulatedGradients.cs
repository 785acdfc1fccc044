using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Suggestions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>CLIP105 and a part of CLIP104: gradients that are summed over several micro-batches before a step.</summary>
internal static class AccumulatedGradients
{
    /// <summary>CLIP105: each pass clips the partial sum, and the step waits for several passes.</summary>
    public static Diagnostic? ClipEveryMicroBatch(StepSite site)
    {
        if (ClipInInnerLoop(site) is { } repeated)
            return Report(repeated);
        if (StepCondition(site) is not { } condition || ResetInEachPass(site, condition) is not null)
            return null;
        foreach (EventNode node in site.Expanded.Clips)
        {
            TrainingEvent clip = node.Event!;
            if (clip.IsHoisted || site.Flow.ActionOf(node) != TrainingAction.Clip || !IsInEachPass(site, condition, clip.Site))
                continue;
            return Report(clip);
        }

        return null;

        Diagnostic Report(TrainingEvent clip) => site.Report(
            RuleCatalogue.ClipEveryMicroBatch, clip.Site, ClipSuggestions.ForMove(site, clip), site.MethodName, site.OptimizerName);
    }

    /// <summary>The only clip, if it is in an inner loop over micro-batches and the optimizer steps once after the loop.</summary>
    private static TrainingEvent? ClipInInnerLoop(StepSite site)
    {
        if (site.Backward is not { } backward || !SyntaxPlaces.Contains(site.Body.Body, backward.Site)
            || site.Expanded.TrainingLoopAround(backward.Site) is not { } loop || SyntaxPlaces.Contains(loop, site.Site)
            || site.Expanded.EventsOf(TrainingAction.Reset).Any(reset => SyntaxPlaces.Contains(loop, reset.Site)))
        {
            return null;
        }

        TrainingEvent? found = null;
        foreach (EventNode node in site.Expanded.Clips.Where(node => site.Flow.ActionOf(node) == TrainingAction.Clip))
        {
            TrainingEvent clip = node.Event!;
            // A loop over networks clips each of them once.
            if (clip.Site == backward.Site || site.Expanded.TrainingLoopAround(clip.Site) != loop || IsAboutItem(clip, loop, site.Body))
                return null;
            found ??= clip;
        }

        return found;
    }

    /// <summary>Whether each pass of a loop clips a different object.</summary>
    private static bool IsAboutItem(TrainingEvent clip, SyntaxNode loop, BodyGraph body) =>
        clip.Networks?.Any(network => network.Root is ILocalSymbol local && IsDeclaredIn(local, loop)) == true
        || (body.Body.SyntaxTree == clip.Site.SyntaxTree && Identifiers(clip.Site).Any(name => LoopVariables(loop).Contains(name)));

    private static bool IsDeclaredIn(ILocalSymbol local, SyntaxNode loop) =>
        local.DeclaringSyntaxReferences.Any(reference => reference.SyntaxTree == loop.SyntaxTree && loop.Span.Contains(reference.Span));

    private static IEnumerable<string> Identifiers(SyntaxNode node) =>
        node.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText);

    private static IEnumerable<string> LoopVariables(SyntaxNode loop) => loop switch
    {
        ForEachStatementSyntax each => [each.Identifier.ValueText],
        ForEachVariableStatementSyntax each => Identifiers(each.Variable),
        ForStatementSyntax { Declaration: { } declaration } => declaration.Variables.Select(variable => variable.Identifier.ValueText),
        _ => [],
    };

    /// <summary>CLIP104: each pass resets the sum, so that only the last micro-batch counts.</summary>
    public static Diagnostic? ResetEveryMicroBatch(StepSite site)
    {
        if (site.Site != site.Step.Syntax || StepCondition(site) is not { } condition || ResetInEachPass(site, condition) is not { } reset)
            return null;
        return site.Report(
            RuleCatalogue.ResetBeforeStep,
            reset.Site,
            null,
            site.MethodName,
            site.OptimizerName,
            site.BackwardPlace,
            "The step waits for several micro-batches, of which only the last is left: reset after the step, under the same condition");
    }

    private static TrainingEvent? ResetInEachPass(StepSite site, IfStatementSyntax condition) =>
        site.Expanded.EventsOf(TrainingAction.Reset).FirstOrDefault(reset =>
            site.Key.ActionOf(reset) == TrainingAction.Reset
            && IsInEachPass(site, condition, reset.Site)
            && !Constructs.Around(reset.Site, site.Body.Body).Any(construct => construct is IfStatementSyntax));

    /// <summary>The condition under which only every n-th pass of the loop steps, while every pass runs a backward pass.</summary>
    private static IfStatementSyntax? StepCondition(StepSite site)
    {
        if (site.Backward is not { } backward)
            return null;
        foreach (SyntaxNode construct in Constructs.Around(site.Site, site.Body.Body))
        {
            if (Constructs.IsLoop(construct))
                break;
            if (construct is IfStatementSyntax statement && site.Body.Conditions.CountsPasses(statement))
                return !SyntaxPlaces.Contains(statement, backward.Site) && IsInSameLoop(statement, backward.Site) ? statement : null;
        }

        return SkipCondition(site) is { } skip && backward.Site.SpanStart <= skip.SpanStart && IsInSameLoop(skip, backward.Site)
            ? skip
            : null;
    }

    /// <summary>The condition before the step that skips it: <c>if (i % n != 0) continue; step();</c>.</summary>
    private static IfStatementSyntax? SkipCondition(StepSite site)
    {
        if (Constructs.StatementOf(site.Site)?.Parent is not BlockSyntax block)
            return null;
        return site.Expanded.SkipsIn(block)
            .Where(skip => skip.SpanStart < site.Site.SpanStart)
            .LastOrDefault(site.Body.Conditions.CountsPasses);
    }

    private static bool IsInEachPass(StepSite site, IfStatementSyntax condition, SyntaxNode place)
    {
        if (!SyntaxPlaces.Contains(site.Body.Body, place) || SyntaxPlaces.Contains(condition, place) || !IsInSameLoop(condition, place))
            return false;
        // After "if (…) continue;" only the n-th pass continues.
        return !ExpandedBody.IsJump(condition.Statement) || place.SpanStart < condition.SpanStart;
    }

    private static bool IsInSameLoop(SyntaxNode one, SyntaxNode other) => Constructs.InnermostLoop(one) == Constructs.InnermostLoop(other);
}
