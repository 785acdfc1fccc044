using System.Collections.Concurrent;
using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>CLIP104 and CLIP107: gradients that are reset too early, or never.</summary>
internal sealed class ResetGradients(KnownTypes types)
{
    private static readonly string[] ResetWords = ["zero_", "zerograd", "set_to_none", "reset", "cleargrad"];

    private readonly ConcurrentDictionary<SyntaxNode, bool> _mentionsReset = new();
    private readonly ConcurrentDictionary<SyntaxNode, HashSet<string>> _handedOver = new();

    /// <summary>CLIP104: on every path, a reset lies between the backward pass and the step.</summary>
    public static Diagnostic? BeforeStep(StepSite site)
    {
        // The reset is of other gradients than those of this backward pass.
        if (site.Backward is { } backward && site.Key.IsCertainlyOther(backward))
            return null;
        TrainingEvent? reset = site.Expanded.Graph.Nodes
            .Where(node => site.Flow.ActionOf(node) == TrainingAction.Reset
                && (site.Flow.Before(node) & (GradientState.Pending | GradientState.Clipped | GradientState.ClippedThenAdded)) != 0)
            .Select(node => node.Event)
            .FirstOrDefault(found => found!.Site.SyntaxTree == site.Site.SyntaxTree);
        return reset is null
            ? null
            : site.Report(
                RuleCatalogue.ResetBeforeStep,
                reset.Site,
                null,
                site.MethodName,
                site.OptimizerName,
                site.BackwardPlace,
                "The step sees zeros: reset after the step or before the backward pass");
    }

    /// <summary>CLIP107, for TorchSharp only, whose backward pass always adds to the existing gradients.</summary>
    public Diagnostic? Never(StepSite site)
    {
        if (!site.Step.TargetType.IsOrDerivesFrom(types.Optimizer) || site.TrainingLoop is not { } loop)
            return null;
        if (site.Expanded.EventsOf(TrainingAction.Reset).Any() || ReplacesGradients(site))
            return null;
        SyntaxNode type = site.Site.FirstAncestorOrSelf<TypeDeclarationSyntax>() ?? site.Site.SyntaxTree.GetRoot();
        if (_mentionsReset.GetOrAdd(type, MentionsReset))
            return null;
        // Code that receives the optimizer or the network may reset it.
        HashSet<string> handedOver = _handedOver.GetOrAdd(loop, HandedOverIn);
        if (handedOver.Contains("this") || (site.Key.Optimizer.Last is { } optimizer && handedOver.Contains(optimizer.Name)))
            return null;
        return site.Report(RuleCatalogue.NeverReset, site.Site, null, site.MethodName, site.SteppedName, site.BackwardPlace);
    }

    /// <summary>
    /// Whether gradients are assigned, so that nothing adds up: the result of <c>autograd.grad</c>, or the gradients of a copy.
    /// </summary>
    private bool ReplacesGradients(StepSite site) =>
        (site.Backward?.Method is { } method && types.IsAutogradGrad(method)) || site.Expanded.EventsOf(TrainingAction.Transfer).Any();

    private static bool MentionsReset(SyntaxNode type) =>
        type.DescendantTokens().Any(token => TrainingVocabulary.ContainsAny(token.ValueText, ResetWords));

    private static HashSet<string> HandedOverIn(SyntaxNode loop) =>
    [
        .. loop.DescendantNodes().OfType<ArgumentSyntax>()
            .Select(argument => argument.Expression)
            .Where(expression => expression is IdentifierNameSyntax or ThisExpressionSyntax)
            .Select(expression => expression.ToString()),
    ];
}
