using System.Collections.Immutable;
using System.Composition;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.CodeFixes.Declarations;

/// <summary>CLIP016: marks the member as one that caches activations, or as one that holds weights.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CachedActivationCodeFix)), Shared]
public sealed class CachedActivationCodeFix : CodeFixProvider
{
    private const string IgnoreKey = "ClipGen.IgnoreActivations";
    private const string DeclareKey = "ClipGen.DeclareWeights";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(RuleIds.CachedActivation);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(
        static async (context, document, diagnostics) => diagnostics.IsEmpty
            ? document
            : await MarkAsync(document, diagnostics, AttributeFor(context.CodeActionEquivalenceKey), context.CancellationToken)
                .ConfigureAwait(false));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (root is not null && AttributeInsertion.MemberAt(root, diagnostic.Location.SourceSpan) is { } member)
            {
                string name = member.Identifier.ValueText;
                Register($"Leave the activations in '{name}' out with [ClipIgnore]", IgnoreKey, diagnostic);
                Register($"Mark '{name}' as [Gradient]: it holds weights", DeclareKey, diagnostic);
            }
        }

        void Register(string title, string key, Diagnostic diagnostic) => context.RegisterCodeFix(
            CodeAction.Create(
                title,
                cancellation => MarkAsync(context.Document, ImmutableArray.Create(diagnostic), AttributeFor(key), cancellation),
                key),
            diagnostic);
    }

    private static string AttributeFor(string? key) => key == DeclareKey ? WellKnownNames.Gradient : WellKnownNames.ClipIgnore;

    private static async Task<Document> MarkAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, string attribute, CancellationToken cancellation)
    {
        SemanticModel? model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (model is null || root is null)
        {
            return document;
        }

        SourceText text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        var insertion = new AttributeInsertion(root, text, model, attribute);
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (AttributeInsertion.MemberAt(root, diagnostic.Location.SourceSpan) is { } member)
            {
                insertion.Mark(member, wholeDeclaration: false);
            }
        }

        return document.WithText(text.WithChanges(insertion.Changes()));
    }
}
