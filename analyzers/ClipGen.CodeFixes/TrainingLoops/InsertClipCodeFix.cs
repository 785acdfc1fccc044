using System.Collections.Immutable;
using System.Composition;
using ClipGen.Analyzers.TrainingLoops.Findings;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>CLIP101: puts a clip before the step, or makes a clip whose result is dropped work in place.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InsertClipCodeFix)), Shared]
public sealed class InsertClipCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.InsertClip";
    private const string TorchClip = "torch.nn.utils.";
    private const string GradientsClip = "Gradients.";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.StepOnUnclippedGradients);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() =>
        FixAllProvider.Create(async (context, document, diagnostics) =>
            await FixAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            bool isDropped = DroppedCallIn(root, diagnostic) is not null;
            if (!isDropped && (!diagnostic.Properties.ContainsKey(ClipSuggestions.Call) || root is null || AnchorIn(root, diagnostic) is null))
                continue;
            string title = isDropped ? "Clip the gradient in place" : "Clip the gradients before the step";
            context.RegisterCodeFix(
                CodeAction.Create(
                    title,
                    cancellation => FixAsync(context.Document, ImmutableArray.Create(diagnostic), cancellation),
                    EquivalenceKey),
                diagnostic);
        }
    }

    private static async Task<Document> FixAsync(Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        SemanticModel? model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null)
            return document;
        string limit = await UsualLimit.OfAsync(document.Project, cancellation).ConfigureAwait(false);
        var insertions = new List<KeyValuePair<SyntaxNode, StatementSyntax>>();
        var renames = new HashSet<SimpleNameSyntax>();
        var known = new HashSet<(SyntaxNode, string)>();
        foreach (Diagnostic diagnostic in diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start))
        {
            if (DroppedCallIn(root, diagnostic) is { } dropped)
            {
                renames.Add(dropped);
                continue;
            }

            if (!diagnostic.Properties.TryGetValue(ClipSuggestions.Call, out string? call) || call is null || AnchorIn(root, diagnostic) is not { } anchor)
                continue;
            string statement = Qualified(call.Replace(ClipSuggestions.LimitPlaceholder, limit), model, anchor.SpanStart) + ";";
            if (known.Add((anchor, statement)))
                insertions.Add(new KeyValuePair<SyntaxNode, StatementSyntax>(anchor, SyntaxFactory.ParseStatement(statement)));
        }

        SourceText text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        var returning = new HashSet<SyntaxNode>(insertions.Select(insertion => insertion.Key).Where(anchor => ReturnsValue(anchor, model, cancellation)));
        if (renames.Count == 0)
            return document.WithSyntaxRoot(ClipStatements.Insert(root, insertions, returning.Contains, text));

        // Names are longer than what they replace by one letter; insertions find their anchors again by tracking.
        SyntaxNode current = root.TrackNodes(insertions.Select(insertion => insertion.Key).Concat(renames));
        foreach (SimpleNameSyntax name in renames)
        {
            SimpleNameSyntax now = current.GetCurrentNode(name)!;
            current = current.ReplaceNode(now, SyntaxFactory.IdentifierName(now.Identifier.ValueText + "_").WithTriviaFrom(now));
        }

        insertions = [.. insertions.Select(insertion => new KeyValuePair<SyntaxNode, StatementSyntax>(current.GetCurrentNode(insertion.Key)!, insertion.Value))];
        returning = [.. returning.Select(anchor => current.GetCurrentNode(anchor)!)];
        return document.WithSyntaxRoot(ClipStatements.Insert(current, insertions, returning.Contains, text));
    }

    private static SyntaxNode? AnchorIn(SyntaxNode root, Diagnostic diagnostic)
    {
        TextSpan span = diagnostic.Location.SourceSpan;
        if (ClipStatements.SpanIn(diagnostic, ClipSuggestions.StepStart, ClipSuggestions.StepLength) is { } named && root.FullSpan.Contains(named))
            span = named;
        return ClipStatements.AnchorOf(root.FindNode(span, getInnermostNodeForTie: true));
    }

    /// <summary>The name of the out-of-place call, where the finding is about one in this file.</summary>
    private static SimpleNameSyntax? DroppedCallIn(SyntaxNode? root, Diagnostic diagnostic)
    {
        if (root is null || ClipStatements.SpanIn(diagnostic, ClipSuggestions.DroppedStart, ClipSuggestions.DroppedLength) is not { } span || !root.FullSpan.Contains(span))
            return null;
        return root.FindNode(span, getInnermostNodeForTie: true) is InvocationExpressionSyntax call
            ? call.Expression switch
            {
                MemberAccessExpressionSyntax access => access.Name,
                MemberBindingExpressionSyntax binding => binding.Name,
                _ => null,
            }
            : null;
    }

    private static bool ReturnsValue(SyntaxNode anchor, SemanticModel model, CancellationToken cancellation)
    {
        var method = anchor switch
        {
            LambdaExpressionSyntax lambda => model.GetSymbolInfo(lambda, cancellation).Symbol as IMethodSymbol,
            MethodDeclarationSyntax or LocalFunctionStatementSyntax => model.GetDeclaredSymbol(anchor, cancellation) as IMethodSymbol,
            _ => null,
        };
        if (method is null || method.ReturnsVoid)
            return false;
        return !method.IsAsync || method.ReturnType is INamedTypeSymbol { IsGenericType: true };
    }

    /// <summary>The call by the shortest name that <c>TorchSharp.torch</c> or <c>ClipGen.Gradients</c> has here.</summary>
    private static string Qualified(string call, SemanticModel model, int position)
    {
        if (call.StartsWith(GradientsClip, StringComparison.Ordinal))
        {
            ISymbol? inScope = model.LookupSymbols(position, name: "Gradients").FirstOrDefault();
            return inScope is INamedTypeSymbol { ContainingNamespace.Name: "ClipGen" } ? call : "ClipGen." + call;
        }

        if (!call.StartsWith(TorchClip, StringComparison.Ordinal))
            return call;
        if (model.LookupNamespacesAndTypes(position, name: "torch").Any(symbol => symbol is INamedTypeSymbol && symbol.ToDisplayString() == "TorchSharp.torch"))
            return call;
        return model.LookupNamespacesAndTypes(position, name: "nn").Any(symbol => symbol is INamedTypeSymbol && symbol.ToDisplayString() == "TorchSharp.torch.nn")
            ? call.Substring("torch.".Length)
            : "TorchSharp." + call;
    }
}
