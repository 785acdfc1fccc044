using ClipGen.Analyzers.Rules;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>CLIP104 and CLIP107: gradients that are reset too early, or never.</summary>
internal static class ResetGradients
{
    private static readonly string[] ResetWords = ["zero_", "zerograd", "set_to_none", "reset", "cleargrad"];

    /// <summary>CLIP104: on every path to the step the gradients have been reset since the backward pass.</summary>
    public static Diagnostic? BeforeStep(StepSite site)
    {
        TrainingEvent? reset = site.Graph.Nodes
            .Where(node => site.Key.EffectOf(node.Event) == TrainingAction.Reset
                && (site.Flow.Before(node) & (GradientState.Pending | GradientState.Clipped | GradientState.ClippedThenAdded)) != 0)
            .Select(node => node.Event)
            .FirstOrDefault(found => found!.Site.SyntaxTree == site.Site.SyntaxTree);
        return reset is null
            ? null
            : site.Report(
                RuleCatalogue.ResetBeforeStep, reset.Site, null, site.MethodName, site.OptimizerName, site.BackwardPlace,
                "The step sees zeros: reset after the step or before the backward pass");
    }

    /// <summary>CLIP107, for TorchSharp, whose backward pass always adds to the gradients that are there.</summary>
    public static Diagnostic? Never(StepSite site)
    {
        if (!KnownTypes.IsOrDerives(site.Step.TargetType, site.Program.Symbols.Optimizer) || site.TrainingLoop is not { } loop)
            return null;
        if (site.Graph.Nodes.Any(node => node.Event is { Kind: EventKind.Reset }))
            return null;
        SyntaxNode type = site.Site.FirstAncestorOrSelf<TypeDeclarationSyntax>() ?? site.Site.SyntaxTree.GetRoot(site.Program.Cancellation);
        if (type.DescendantTokens().Any(token => ResetWords.Any(word => TrainingVocabulary.Contains(token.ValueText, word))))
            return null;
        // Whoever is handed the optimizer or the network may reset it.
        string optimizer = site.Key.Optimizer.Last?.Name ?? "";
        if (loop.DescendantNodes().OfType<ArgumentSyntax>().Any(argument => argument.Expression.ToString() is var text && (text == optimizer || text == "this")))
            return null;
        return site.Report(RuleCatalogue.NeverReset, site.Site, null, site.MethodName, site.OptimizerName, site.BackwardPlace);
    }
}
