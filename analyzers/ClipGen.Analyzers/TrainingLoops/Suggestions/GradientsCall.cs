using System.Collections.Concurrent;
using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Suggestions;

/// <summary>
/// The call of <c>Gradients.ClipNorm</c> that clips all gradients that a step of a hand-written network reads, if each can be named.
/// </summary>
internal sealed class GradientsCall(SourceBodies bodies, CalledMethods called, WorkCount work)
{
    private const int MostArguments = 16;

    private readonly ConcurrentDictionary<string, GradientName?> _names = new();

    /// <summary>Finds the call, with a placeholder for the limit, and the node that it is inserted before.</summary>
    /// <param name="site">The step.</param>
    /// <param name="receiver">The receiver of the step, if its call is in the body itself.</param>
    /// <returns><see langword="null"/> if a gradient cannot be accessed, or if the call for another step also covers this one.</returns>
    public (string Call, SyntaxNode Anchor)? For(StepSite site, StepReceiver? receiver)
    {
        if (site.Body.Facts.Root.SemanticModel is not { } model || model.SyntaxTree != site.Site.SyntaxTree
            || model.Compilation.GetTypeByMetadataName("ClipGen.Gradients") is null)
        {
            return null;
        }

        SyntaxNode anchor = AnchorOf(site, site.Site);
        List<TrainingEvent> steps =
        [
            .. site.Expanded.EventsOf(TrainingAction.Step)
                .Where(found => found.Site.SyntaxTree == anchor.SyntaxTree && site.Key.IsSame(found))
                .OrderBy(step => step.Site.SpanStart),
        ];
        if (steps.Count > AnalysisLimits.StepsOfCall)
            return null;
        if (steps.Any(step => IsBefore(AnchorOf(site, step.Site), anchor)))
            return null;

        var reads = new GradientReads(bodies, called, name => _names.GetOrAdd(name, GradientName.Parse), work);
        SyntaxNode container = ContainerOf(anchor);
        foreach (TrainingEvent step in steps)
        {
            if (step.Site.SpanStart >= anchor.SpanStart && SyntaxPlaces.Contains(container, step.Site))
                reads.Add(step);
        }

        if (reads.Buffers is not { } buffers || buffers.Count > MostArguments || IsElementOfLoop(site, anchor))
            return null;
        var names = new TargetNames(model, anchor)
        {
            Receiver = receiver is { IsConditional: true } && anchor == site.Site ? site.Step.Target : null,
            CollectionOf = item => CollectionOf(site, item, anchor),
        };
        string?[] arguments = [.. buffers.Select(names.SequenceOf)];
        return arguments.Contains(null)
            ? null
            : ($"Gradients.ClipNorm({ClipSuggestions.LimitPlaceholder}, {string.Join(", ", arguments)})", anchor);
    }

    /// <summary>The loops around a step that compute no gradients, innermost first.</summary>
    public static IEnumerable<SyntaxNode> LoopsOfStep(StepSite site, SyntaxNode step) =>
        Constructs.LoopsAround(step).TakeWhile(loop => site.Backward is { } backward && !SyntaxPlaces.Contains(loop, backward.Site));

    /// <summary>The step, or the outermost loop around it that computes no gradients: one norm covers all layers and elements.</summary>
    private static SyntaxNode AnchorOf(StepSite site, SyntaxNode step) => LoopsOfStep(site, step).LastOrDefault() ?? step;

    /// <summary>
    /// Whether each pass of a loop around the place computes the gradients of one layer and updates it. Then no norm over all gradients
    /// exists.
    /// </summary>
    private static bool IsElementOfLoop(StepSite site, SyntaxNode anchor)
    {
        SyntaxNode[] loops = [.. Constructs.LoopsAround(anchor)];
        return loops.Length > 0 && site.Site.DescendantNodesAndSelf().OfType<ElementAccessExpressionSyntax>()
            .SelectMany(access => access.ArgumentList.DescendantNodes().OfType<IdentifierNameSyntax>())
            .Select(name => site.Body.Facts.Root.SemanticModel?.GetSymbolInfo(name).Symbol)
            .OfType<ILocalSymbol>()
            .Any(index => !site.Body.Facts.ChangesWithin(index, anchor)
                && loops.Any(loop => site.Body.Facts.ChangesWithin(index, loop)));
    }

    /// <summary>The collection that a variable runs over, unless the place is in the loop, where only one item is accessible.</summary>
    public static Target? CollectionOf(StepSite site, ILocalSymbol item, SyntaxNode place) =>
        !IsAround(item, place) && site.Body.Facts.CollectionOf(item) is { } collection ? site.Body.Facts.TargetOf(collection) : null;

    private static bool IsAround(ILocalSymbol item, SyntaxNode anchor) =>
        item.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax().FirstAncestorOrSelf<CommonForEachStatementSyntax>() is { } loop
        && loop != anchor && SyntaxPlaces.Contains(loop, anchor);

    private static bool IsBefore(SyntaxNode earlier, SyntaxNode anchor) =>
        earlier.SpanStart < anchor.SpanStart && SyntaxPlaces.Contains(ContainerOf(earlier), anchor);

    /// <summary>The block that contains the node's statement.</summary>
    private static SyntaxNode ContainerOf(SyntaxNode node) =>
        Constructs.StatementOf(node) switch
        {
            { Parent: GlobalStatementSyntax { Parent: { } unit } } => unit,
            { Parent: { } parent } => parent,
            _ => node,
        };
}
