using System.Globalization;
using ClipGen.Analyzers.Records;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;

namespace ClipGen.CodeFixes.Records;

/// <summary>
/// Writes limits. Where the limit is the name of a constant, a variable or another symbol of the solution, its declaration gets the new
/// number, so that no unused constant is left behind. Where another clip has the limit by the same name, only the argument changes.
/// </summary>
/// <param name="edits">All edits that are made together.</param>
internal sealed class LimitWriter(IReadOnlyList<LimitEdit> edits)
{
    // Constants that name each other in a circle do not compile, and editors show such code.
    private const int LongestChain = 16;

    /// <summary>Makes all edits.</summary>
    public static async Task<Solution> WriteAsync(Solution solution, IReadOnlyList<LimitEdit> edits, CancellationToken cancellation)
    {
        var writer = new LimitWriter(edits);
        var texts = new Dictionary<DocumentId, Dictionary<SyntaxNode, string>>();
        foreach (LimitEdit edit in edits)
        {
            (Document document, SyntaxNode place, string text) = await writer.PlaceOfAsync(edit, cancellation).ConfigureAwait(false);
            if (!texts.TryGetValue(document.Id, out Dictionary<SyntaxNode, string>? places))
                texts.Add(document.Id, places = []);
            places[place] = text;
        }

        foreach (KeyValuePair<DocumentId, Dictionary<SyntaxNode, string>> changed in texts)
        {
            Dictionary<SyntaxNode, string> places = changed.Value;
            SyntaxNode root = places.Keys.First().SyntaxTree.GetRoot(cancellation).ReplaceNodes(
                places.Keys, (place, _) => SyntaxFactory.ParseExpression(places[place]).WithTriviaFrom(place));
            solution = solution.WithDocumentSyntaxRoot(changed.Key, root);
        }

        return solution;
    }

    /// <summary>Where the number stands that an edit replaces, and what is written there.</summary>
    private async Task<(Document Document, SyntaxNode Place, string Text)> PlaceOfAsync(LimitEdit edit, CancellationToken cancellation)
    {
        (Document Document, SyntaxNode Place, string Text) written = (edit.Document, edit.Limit, edit.Recommended);
        (Document document, ExpressionSyntax expression) = (edit.Document, edit.Limit);
        for (int i = 0; i < LongestChain; i++)
        {
            SemanticModel? semantics = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
            if (semantics?.GetSymbolInfo(Named(expression), cancellation).Symbol is not { } symbol
                || symbol.DeclaringSyntaxReferences.FirstOrDefault() is not { } reference
                || edit.Document.Project.Solution.GetDocument(reference.SyntaxTree) is not { } declaring
                || WrittenNumber.InitialValueOf(await reference.GetSyntaxAsync(cancellation).ConfigureAwait(false)) is not { } value
                || await IsOfAnotherClipAsync(symbol, edit, cancellation).ConfigureAwait(false))
            {
                break;
            }

            (document, expression) = (declaring, value);
            semantics = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
            ITypeSymbol? type = semantics?.GetTypeInfo(value, cancellation).ConvertedType;
            if (LiteralOf(edit.Recommended, type?.SpecialType) is { } text)
                written = (document, value.WithoutParentheses(), text);
        }

        return written;
    }

    private async Task<bool> IsOfAnotherClipAsync(ISymbol symbol, LimitEdit edit, CancellationToken cancellation)
    {
        IEnumerable<ReferencedSymbol> found =
            await SymbolFinder.FindReferencesAsync(symbol, edit.Document.Project.Solution, cancellation).ConfigureAwait(false);
        foreach (ReferenceLocation reference in found.SelectMany(referenced => referenced.Locations))
        {
            if (reference.Location.SourceTree is not { } tree)
                continue;
            SyntaxNode root = await tree.GetRootAsync(cancellation).ConfigureAwait(false);
            SyntaxNode node = root.FindNode(reference.Location.SourceSpan, getInnermostNodeForTie: true);
            if (IsInClip(node) && !edits.Any(other => other.Recommended == edit.Recommended && other.Limit.Contains(node)))
                return true;
        }

        return false;
    }

    private static bool IsInClip(SyntaxNode node) => node.AncestorsAndSelf().Any(ancestor => ancestor switch
    {
        AttributeSyntax attribute => IsOfClip(attribute.Name.LastName()),
        InvocationExpressionSyntax call => call.ArgumentList.Span.Contains(node.Span) && IsOfClip(call.CalledName()),
        _ => false,
    });

    private static bool IsOfClip(string? name) => name is not null && TrainingVocabulary.Contains(name, "clip");

    private static ExpressionSyntax Named(ExpressionSyntax expression)
    {
        while (expression.WithoutParentheses() is CastExpressionSyntax cast)
            expression = cast.Expression;
        return expression.WithoutParentheses();
    }

    // Null where a variable of the type cannot have the limit.
    private static string? LiteralOf(string recommended, SpecialType? type) => type switch
    {
        SpecialType.System_Double => recommended,
        SpecialType.System_Single => recommended + "f",
        SpecialType.System_Int32 when double.Parse(recommended, CultureInfo.InvariantCulture) is < int.MaxValue and var number
            && number == (int)number => ((int)number).ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}
