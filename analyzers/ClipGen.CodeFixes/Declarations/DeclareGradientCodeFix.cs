using System.Collections.Immutable;
using System.Composition;
using ClipGen.Analyzers.Declarations;
using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.CodeFixes.Declarations;

/// <summary>CLIP007: declares the gradient, or leaves it out in writing.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeclareGradientCodeFix)), Shared]
public sealed class DeclareGradientCodeFix : CodeFixProvider
{
    private const string DeclareKey = "ClipGen.DeclareGradient";
    private const string IgnoreKey = "ClipGen.IgnoreGradient";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(UndeclaredGradientAnalyzer.Id);

    /// <summary>One document is edited in one go: two gradients of one declaration, or of one type that must become partial, meet in their edits.</summary>
    public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(
        static async (context, document, diagnostics) => diagnostics.IsEmpty
            ? document
            : await FixAsync(document, diagnostics, context.CodeActionEquivalenceKey == DeclareKey, context.CancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root is null || AttributeInsertion.MemberAt(root, diagnostic.Location.SourceSpan) is not { } member)
            {
                continue;
            }

            if (Fix(diagnostic) != DeclarationFix.None)
            {
                string title = Fix(diagnostic) == DeclarationFix.NameInParameter
                    ? $"Name '{member.Identifier.ValueText}' in the [Parameter] of '{diagnostic.Properties[UndeclaredGradientAnalyzer.ParameterProperty]}'"
                    : $"Mark '{member.Identifier.ValueText}' as [Gradient]";
                Register(title, DeclareKey, declares: true, diagnostic);
            }

            Register($"Leave '{member.Identifier.ValueText}' out with [ClipIgnore]", IgnoreKey, declares: false, diagnostic);
        }

        void Register(string title, string key, bool declares, Diagnostic diagnostic) => context.RegisterCodeFix(
            CodeAction.Create(
                title,
                cancellation => FixAsync(context.Document, ImmutableArray.Create(diagnostic), declares, cancellation),
                key),
            diagnostic);
    }

    private static DeclarationFix Fix(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(UndeclaredGradientAnalyzer.FixProperty, out string? fix) && Enum.TryParse(fix, out DeclarationFix known)
            ? known
            : DeclarationFix.None;

    private static async Task<Document> FixAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, bool declares, CancellationToken cancellation)
    {
        SemanticModel? model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (model is null || root is null)
        {
            return document;
        }

        SourceText text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        var insertion = new AttributeInsertion(root, text, model, declares ? WellKnownNames.Gradient : WellKnownNames.ClipIgnore);
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (AttributeInsertion.MemberAt(root, diagnostic.Location.SourceSpan) is not { } member || (declares && Fix(diagnostic) == DeclarationFix.None))
            {
                continue;
            }

            if (declares)
            {
                insertion.MakePartial(member.Declaration);
            }

            bool isNamed = declares
                && Fix(diagnostic) == DeclarationFix.NameInParameter
                && ParameterArgument.For(member, diagnostic.Properties[UndeclaredGradientAnalyzer.ParameterProperty], model, cancellation) is { } argument
                && insertion.Add(argument);
            if (!isNamed)
            {
                insertion.Mark(member, declares && diagnostic.Properties.ContainsKey(UndeclaredGradientAnalyzer.WholeDeclarationProperty));
            }
        }

        return document.WithText(text.WithChanges(insertion.Changes()));
    }
}
