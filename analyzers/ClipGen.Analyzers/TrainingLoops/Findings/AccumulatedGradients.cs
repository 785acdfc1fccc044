using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>CLIP105 and half of CLIP104: gradients that are summed over several micro-batches before a step.</summary>
internal static class AccumulatedGradients
{
    /// <summary>CLIP105: the partial sum is clipped in each pass, the step waits for several.</summary>
    public static Diagnostic? ClipEveryMicroBatch(StepSite site)
    {
        if (StepCondition(site) is not { } condition || ResetInEachPass(site, condition) is not null)
            return null;
        foreach (EventNode node in site.Clips())
        {
            TrainingEvent clip = node.Event!;
            if (clip.IsHoisted || site.Key.EffectOf(clip) != TrainingAction.Clip || !IsInEachPass(site, condition, clip.Site))
                continue;
            return site.Report(
                RuleCatalogue.ClipEveryMicroBatch, clip.Site, ClipSuggestions.ForMove(site), site.MethodName, site.OptimizerName);
        }

        return null;
    }

    /// <summary>CLIP104: the sum is thrown away in each pass, so that only the last micro-batch counts.</summary>
    public static Diagnostic? ResetEveryMicroBatch(StepSite site)
    {
        if (site.Site != site.Step.Syntax || StepCondition(site) is not { } condition || ResetInEachPass(site, condition) is not { } reset)
            return null;
        return site.Report(
            RuleCatalogue.ResetBeforeStep, reset.Site, null, site.MethodName, site.OptimizerName, site.BackwardPlace,
            "The step waits for several micro-batches, of which only the last is left: reset after the step, under the same condition");
    }

    private static TrainingEvent? ResetInEachPass(StepSite site, IfStatementSyntax condition) =>
        site.Graph.Nodes
            .Select(node => node.Event)
            .FirstOrDefault(found => found is { Kind: EventKind.Reset }
                && site.Key.EffectOf(found) == TrainingAction.Reset
                && IsInEachPass(site, condition, found.Site)
                && !Constructs.Around(found.Site, site.Body.Body).Any(construct => construct is IfStatementSyntax));

    /// <summary>The condition that lets only every n-th pass step, in the loop in which every pass runs a backward pass.</summary>
    private static IfStatementSyntax? StepCondition(StepSite site)
    {
        if (site.Backward is not { } backward)
            return null;
        foreach (SyntaxNode construct in Constructs.Around(site.Site, site.Body.Body))
        {
            if (Constructs.IsLoop(construct))
                break;
            if (construct is IfStatementSyntax statement && Conditions.CountsPasses(statement.Condition, statement, site.Body.Facts))
                return StepSite.Contains(statement, backward.Site) || !IsInSameLoop(statement, backward.Site) ? null : statement;
        }

        // if (i % n != 0) continue; step();
        if (Constructs.StatementOf(site.Site)?.Parent is BlockSyntax block)
        {
            foreach (StatementSyntax earlier in block.Statements.TakeWhile(statement => statement.SpanStart < site.Site.SpanStart).Reverse())
            {
                if (earlier is IfStatementSyntax { Else: null } skip && IsJump(skip.Statement) && Conditions.CountsPasses(skip.Condition, skip, site.Body.Facts))
                    return backward.Site.SpanStart > skip.SpanStart || !IsInSameLoop(skip, backward.Site) ? null : skip;
            }
        }

        return null;
    }

    private static bool IsInEachPass(StepSite site, IfStatementSyntax condition, SyntaxNode place)
    {
        if (!StepSite.Contains(site.Body.Body, place) || StepSite.Contains(condition, place) || !IsInSameLoop(condition, place))
            return false;
        // After "if (…) continue;" only the n-th pass goes on.
        return !IsJump(condition.Statement) || place.SpanStart < condition.SpanStart;
    }

    private static bool IsInSameLoop(SyntaxNode one, SyntaxNode other) => Constructs.InnermostLoop(one) == Constructs.InnermostLoop(other);

    private static bool IsJump(StatementSyntax statement) => statement switch
    {
        ContinueStatementSyntax or ReturnStatementSyntax => true,
        BlockSyntax block => block.Statements.Count > 0 && IsJump(block.Statements.Last()),
        _ => false,
    };
}
