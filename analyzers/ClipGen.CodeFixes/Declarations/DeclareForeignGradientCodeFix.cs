using System.Collections.Immutable;
using System.Composition;
using ClipGen.Generator.Checks;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.CodeFixes.Declarations;

/// <summary>CLIP003: declares the gradients of a type of another assembly by an attribute of the assembly.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeclareForeignGradientCodeFix)), Shared]
public sealed class DeclareForeignGradientCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.DeclareForeignGradient";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(RuleIds.CannotBeClipped);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new DocumentFixAll(
        static (_, document, diagnostics, written, cancellation) => DeclareAsync(document, diagnostics, written, cancellation));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (model is not null && Declaration(diagnostic, model, context.CancellationToken) is { } declaration)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Add [{declaration}]",
                        cancellation => DeclareAsync(context.Document, ImmutableArray.Create(diagnostic), [], cancellation),
                        EquivalenceKey),
                    diagnostic);
            }
        }
    }

    private static async Task<Document> DeclareAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, HashSet<string> written, CancellationToken cancellation)
    {
        SemanticModel? model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (model is null || root is null)
        {
            return document;
        }

        SourceText text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        var insertion = new AttributeInsertion(root, text, model, WellKnownNames.Gradient);
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (Declaration(diagnostic, model, cancellation) is { } declaration && written.Add(declaration))
            {
                insertion.DeclareOnAssembly(declaration);
            }
        }

        return document.WithText(text.WithChanges(insertion.Changes()));
    }

    /// <summary>The attribute that declares the gradients of the marked member's type, or null.</summary>
    private static string? Declaration(Diagnostic diagnostic, SemanticModel model, CancellationToken cancellation)
    {
        SyntaxNode? marked =
            model.SyntaxTree.GetRoot(cancellation).FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<MemberDeclarationSyntax>();
        SyntaxNode? declaration = marked is FieldDeclarationSyntax field ? field.Declaration.Variables[0] : marked;
        return declaration is not null and not BaseTypeDeclarationSyntax
            && model.GetDeclaredSymbol(declaration, cancellation) is (IFieldSymbol or IPropertySymbol or IMethodSymbol) and { } member
            ? UnknownFormAdvice.Declaration(member, GradientSourceIndex.Of(model.Compilation).Forms, model.Compilation)
            : null;
    }
}
