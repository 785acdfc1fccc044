using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>
/// CLIP114, CLIP115 and CLIP116: a clip before a call that clips and steps, a clip and a step that can be one call, and a clip of gradients
/// that still contain the loss scale.
/// </summary>
internal sealed class ClipAndStepCalls(KnownTypes types)
{
    // All states except the one in a report.
    private const int MostArguments = 6;

    /// <summary>CLIP114: the gradients are already clipped on every path to a call that clips and steps.</summary>
    public static Diagnostic? ClippedTwice(StepSite site)
    {
        if (site.Step.Method is not { } method || !ClipCalls.IsClipAndStep(method) || ClipCalls.Unscales(method))
            return null;
        EventNode? own = site.Expanded.Clips.FirstOrDefault(
            node => node.Event!.Syntax == site.Step.Syntax && node.Event.Site == site.Site);
        TrainingEvent? clip = own is null ? null : ClipBefore(site, own);

        // A clamp of each element before the norm is a different limit, and so is a limit for a part of the gradients. A condition that
        // configures the run may choose between the two clips.
        if (clip is not { IsOutOfSight: false, IsHoisted: false, Part: null, Evidence: >= Evidence.Certain, Through.IsEmpty: true }
            || clip.Site.SyntaxTree != site.Site.SyntaxTree || !IsOfNorm(clip.Method))
        {
            return null;
        }

        return site.Report(RuleCatalogue.ClippedTwice, clip.Site, null, site.MethodName, $"{site.OptimizerName}.ClipAndStep");
    }

    /// <summary>CLIP116: the gradients are already clipped on every path to a call that divides the loss scale out of them.</summary>
    public static Diagnostic? ClippedBeforeUnscaling(StepSite site)
    {
        foreach (EventNode node in site.Expanded.Clips)
        {
            if (node.Event is { Method: { } method }
                && ClipCalls.Unscales(method)
                && ClipBefore(site,
                    node) is { IsOutOfSight: false, IsHoisted: false, Evidence: >= Evidence.Certain, Through.IsEmpty: true } clip
                && (clip.Method is null || !ClipCalls.Unscales(clip.Method))
                && clip.Site.SyntaxTree == site.Site.SyntaxTree)
            {
                return site.Report(
                    RuleCatalogue.ClippedBeforeUnscaling, clip.Site, null, site.MethodName, $"{method.ContainingType.Name}.{method.Name}");
            }
        }

        return null;
    }

    // Null unless gradients are clipped on every path to the node.
    private static TrainingEvent? ClipBefore(StepSite site, EventNode own) => site.Flow.Before(own) != GradientState.Clipped
        ? null
        : site.Expanded.Clips
            .Where(node => site.Flow.ActionOf(node) == TrainingAction.Clip && (site.Flow.Before(node) & GradientState.Pending) != 0)
            .Select(node => node.Event!)
            .LastOrDefault(found => found.Syntax != own.Event!.Syntax);

    /// <summary>CLIP115: a clip of all that an optimizer holds directly precedes its step.</summary>
    public Diagnostic? InOne(StepSite site)
    {
        if (types.TorchOptimizers is null
            || site.Step is not { Evidence: Evidence.Certain, Through.IsEmpty: true, Method: { Name: "step" } method }
            || !method.ContainingType.IsOrDerivesFrom(types.Optimizer)
            || site.Site is not InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Expression: { } optimizer },
                ArgumentList.Arguments.Count: 0,
                Parent: ExpressionStatementSyntax step,
            }
            || BeforeOf(step) is not ExpressionStatementSyntax { Expression: InvocationExpressionSyntax before })
        {
            return null;
        }

        TrainingEvent? clip = site.Expanded.Clips
            .Select(node => node.Event!)
            .FirstOrDefault(found => found.Syntax == before && found.Site == before);
        if (clip is not { Part: null, Method: { } called } || !IsNormOfParameters(called, before) || !AreAll(site.Key, clip))
            return null;
        return site.Report(RuleCatalogue.ClipAndStepInOne, before, null, site.MethodName, optimizer.ToString());
    }

    /// <summary>The statement before another one.</summary>
    internal static StatementSyntax? BeforeOf(StatementSyntax statement)
    {
        IReadOnlyList<StatementSyntax> list = statement.Parent switch
        {
            BlockSyntax block => block.Statements,
            SwitchSectionSyntax section => section.Statements,
            GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } =>
                [.. unit.Members.OfType<GlobalStatementSyntax>().Select(global => global.Statement)],
            _ => [],
        };
        for (int i = 1; i < list.Count; i++)
        {
            if (list[i] == statement)
                return list[i - 1];
        }

        return null;
    }

    // Of clip_grad_norm_(model.parameters(), …) and TorchGradients.ClipNorm(model.parameters(), …).
    private bool IsNormOfParameters(IMethodSymbol method, InvocationExpressionSyntax call)
    {
        bool isTorch = method.Name == "clip_grad_norm_" && ClipCalls.IsTorchClip(method, types);
        if (!isTorch && !(method.Name == "ClipNorm" && ClipCalls.IsTorchGradientsClip(method)))
            return false;
        if (call.ArgumentList.Arguments.Count > MostArguments
            || call.ArgumentList.Arguments.Any(argument => argument.NameColon is { Name.Identifier.ValueText: "report" }))
        {
            return false;
        }

        return call.ArgumentList.Arguments.FirstOrDefault() is
        {
            NameColon: null,
            Expression: InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "parameters" },
                ArgumentList.Arguments.Count: 0,
            },
        };
    }

    // A clamp by value is a different limit.
    private static bool IsOfNorm(IMethodSymbol? method) => method?.Name is "clip_grad_norm_" or "ClipNorm" or "ClipGradients" or "Clip";

    // The optimizer was created for exactly the network that is clipped.
    private static bool AreAll(OptimizerKey key, TrainingEvent clip) =>
        !key.HoldsPart
        && key.Networks is { Length: 1 } held
        && clip.Networks is { Length: 1 } clipped
        && held[0].Equals(clipped[0]);
}
