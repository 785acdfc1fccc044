using System.Collections.Immutable;
using System.Composition;
using ClipGen.Analyzers.Records;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.Records;

/// <summary>CLIP201 to CLIP203: writes the limit that a recorded run suggests.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RecommendedLimitCodeFix)), Shared]
public sealed class RecommendedLimitCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.RecommendedLimit";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        ImmutableArray.Create(RuleIds.LimitClippedNearlyAll, RuleIds.LimitNeverClipped, RuleIds.GradientWasNotFinite);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(
        static async (context, document, diagnostics) =>
            await WriteAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (root is null || Written(root, diagnostic) is not { } written)
                continue;
            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Use the limit {written.Text} that the recorded run suggests",
                    cancellation => WriteAsync(context.Document, ImmutableArray.Create(diagnostic), cancellation),
                    EquivalenceKey),
                diagnostic);
        }
    }

    private static async Task<Document> WriteAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (root is null)
            return document;

        // Several gradients of one model name one limit.
        var texts = new Dictionary<SyntaxNode, string>();
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (Written(root, diagnostic) is { } written)
                texts[written.Limit] = written.Text;
        }

        return document.WithSyntaxRoot(root.ReplaceNodes(
            texts.Keys, (limit, _) => SyntaxFactory.ParseExpression(texts[limit]).WithTriviaFrom(limit)));
    }

    // The limit is where the diagnostic is, or, for a gradient, where its model declares it. That may be another file, which has no fix.
    private static (ExpressionSyntax Limit, string Text)? Written(SyntaxNode root, Diagnostic diagnostic)
    {
        Location? place = diagnostic.Id == RuleIds.GradientWasNotFinite
            ? diagnostic.AdditionalLocations.FirstOrDefault()
            : diagnostic.Location;
        if (place?.SourceTree?.FilePath != root.SyntaxTree.FilePath
            || !diagnostic.Properties.TryGetValue(LimitFinding.Recommended, out string? text)
            || !root.FullSpan.Contains(place!.SourceSpan))
        {
            return null;
        }

        SyntaxNode found = root.FindNode(place.SourceSpan, getInnermostNodeForTie: true);
        return found is ExpressionSyntax limit && limit.Span == place.SourceSpan ? (limit, text!) : null;
    }
}
