using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>
/// The call of <c>Gradients.ClipNorm</c> that clips all gradients that a step of a hand-written network reads, where each can be named.
/// </summary>
internal sealed class GradientsCall(SourceBodies bodies, CalledMethods called, WorkCount work)
{
    private const int MostArguments = 16;

    /// <summary>Finds the call, with a placeholder for the limit, and the node that it belongs before.</summary>
    /// <returns><see langword="null"/> where a gradient is out of reach, or where the call of another step covers this one.</returns>
    public (string Call, SyntaxNode Anchor)? For(StepSite site)
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

        var reads = new GradientReads(bodies, called, work);
        SyntaxNode container = ContainerOf(anchor);
        foreach (TrainingEvent step in steps)
        {
            if (step.Site.SpanStart >= anchor.SpanStart && SyntaxPlaces.Contains(container, step.Site))
                reads.Add(step);
        }

        if (reads.Buffers is not { } buffers || buffers.Count > MostArguments)
            return null;
        string?[] names = [.. buffers.Select(buffer => NameAt(model, anchor.SpanStart, buffer))];
        return names.Contains(null) ? null : ($"Gradients.ClipNorm({ClipSuggestions.LimitPlaceholder}, {string.Join(", ", names)})", anchor);
    }

    /// <summary>
    /// The step, or the outermost loop around it in which no gradients are computed: one norm runs over all layers and elements.
    /// </summary>
    private static SyntaxNode AnchorOf(StepSite site, SyntaxNode step)
    {
        SyntaxNode anchor = step;
        foreach (SyntaxNode loop in Constructs.LoopsAround(step))
        {
            if (site.Backward is not { } backward || SyntaxPlaces.Contains(loop, backward.Site))
                break;
            anchor = loop;
        }

        return anchor;
    }

    private static bool IsBefore(SyntaxNode earlier, SyntaxNode anchor) =>
        earlier.SpanStart < anchor.SpanStart && SyntaxPlaces.Contains(ContainerOf(earlier), anchor);

    /// <summary>The block that the node's statement stands in.</summary>
    private static SyntaxNode ContainerOf(SyntaxNode node) =>
        Constructs.StatementOf(node) switch
        {
            { Parent: GlobalStatementSyntax { Parent: { } unit } } => unit,
            { Parent: { } parent } => parent,
            _ => node,
        };

    private static string? NameAt(SemanticModel model, int position, Target target)
    {
        if (model.GetEnclosingSymbol(position) is not { } enclosing || target.Path.IsEmpty)
            return null;
        ISymbol root = target.Path[0];
        foreach (ISymbol symbol in target.Path)
        {
            bool isLast = SymbolEqualityComparer.Default.Equals(symbol, target.Last);
            // An item of a collection has no name here.
            if (symbol is IMethodSymbol || (!isLast && ClipSuggestions.IsCollection(Target.Of(symbol).Type)))
                return null;
            if (symbol is IFieldSymbol or IPropertySymbol && !model.IsAccessible(position, symbol))
                return null;
        }

        if (root is ILocalSymbol local && (local.IsForEach || !ClipSuggestions.IsDeclaredBefore(local, position)))
            return null;
        if (root is IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false } && enclosing.IsStatic)
            return null;
        if (ClipSuggestions.IsInScope(root, model, position, enclosing))
            return target.Text;

        return root is IFieldSymbol { IsStatic: true } or IPropertySymbol { IsStatic: true }
            ? $"{root.ContainingType.ToMinimalDisplayString(model, position)}.{target.Text}"
            : null;
    }
}
