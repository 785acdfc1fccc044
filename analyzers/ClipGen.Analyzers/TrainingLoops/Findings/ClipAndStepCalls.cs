using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
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

    /// <summary>CLIP115: a clip of all that an optimizer holds, or of the model that it steps, directly precedes the step.</summary>
    public Diagnostic? InOne(StepSite site)
    {
        if (site.Site.Parent is not ExpressionStatementSyntax step
            || BeforeOf(step) is not ExpressionStatementSyntax { Expression: InvocationExpressionSyntax before }
            || site.Expanded.Clips.Select(node => node.Event!).FirstOrDefault(found => found.Syntax == before) is not { } clip
            || !CanBeOne(site, clip))
        {
            return null;
        }

        var access = (MemberAccessExpressionSyntax)((InvocationExpressionSyntax)site.Site).Expression;
        return site.Report(RuleCatalogue.ClipAndStepInOne, before, null, site.MethodName, access.Expression.ToString());
    }

    /// <summary>Whether one call can replace a clip and the step, if the clip is right before the step.</summary>
    public bool CanBeOne(StepSite site, TrainingEvent clip)
    {
        if (site.Step is not { Evidence: Evidence.Certain, Through.IsEmpty: true, Method: { } method }
            || site.Site is not InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax,
                Parent: ExpressionStatementSyntax,
            } step
            || clip is not { Part: null, Method: { } called }
            || clip.Site != clip.Syntax
            || clip.Syntax is not InvocationExpressionSyntax { Parent: ExpressionStatementSyntax } call)
        {
            return false;
        }

        if (SteppedModel(site.Step) is { } stepped)
        {
            return ClipCalls.IsClipGradients(called, types) && IsPlainLimit(called) && IsReceiver(stepped, call)
                && types.CanClipAndStep(site.Body.Facts.Root.SemanticModel?.GetTypeInfo(stepped).Type);
        }

        return types.TorchOptimizers is not null
            && method.Name == "step"
            && method.ContainingType.IsOrDerivesFrom(types.Optimizer)
            && step.ArgumentList.Arguments.Count == 0
            && IsNormOfParameters(called, call)
            && AreAll(site.Key, clip);
    }

    /// <summary>The argument of a step by the optimizer of a model that declares its limits; <see langword="null"/> for others.</summary>
    public static ExpressionSyntax? SteppedModel(TrainingEvent step) =>
        step is { Method: { Name: "Step" } method, Syntax: InvocationExpressionSyntax { ArgumentList.Arguments: [var argument] } }
        && ClipCalls.IsOptimizersStep(method)
            ? argument.Expression
            : null;

    // Of ClipGradients() and ClipGradients(limit).
    private static bool IsPlainLimit(IMethodSymbol clip) =>
        clip.Parameters.All(parameter => parameter.Type.SpecialType == SpecialType.System_Double) && clip.Parameters.Length < 2;

    /// <summary>Whether the stepped model is the receiver of the clip.</summary>
    private static bool IsReceiver(ExpressionSyntax stepped, InvocationExpressionSyntax clip) =>
        clip.Expression is MemberAccessExpressionSyntax { Expression: { } clipped }
            ? SyntaxFactory.AreEquivalent(clipped, stepped)
                && clipped.DescendantNodesAndSelf()
                    .All(part => part is SimpleNameSyntax or MemberAccessExpressionSyntax or ThisExpressionSyntax)
            : stepped is ThisExpressionSyntax;

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
