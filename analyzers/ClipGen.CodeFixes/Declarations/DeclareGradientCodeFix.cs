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

/// <summary>CLIP007: declares the gradient, or leaves it out explicitly.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeclareGradientCodeFix)), Shared]
public sealed class DeclareGradientCodeFix : CodeFixProvider
{
    private const string DeclareKey = "ClipGen.DeclareGradient";
    private const string IgnoreKey = "ClipGen.IgnoreGradient";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(UndeclaredGradientAnalyzer.Id);

    /// <summary>
    /// Edits a document once for all diagnostics, because the edits for two gradients of one declaration or of one type overlap.
    /// </summary>
    public override FixAllProvider GetFixAllProvider() => new DocumentFixAll(
        static (context, document, diagnostics, written, cancellation) =>
            FixAsync(document, diagnostics, context.Asks(DeclareKey), written, cancellation));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (root is null || AttributeInsertion.MemberAt(root, diagnostic.Location.SourceSpan) is not { } member)
            {
                continue;
            }

            if (Fix(diagnostic) != DeclarationFix.None)
            {
                string name = member.Identifier.ValueText;
                string title = Fix(diagnostic) switch
                {
                    DeclarationFix.NameInParameter =>
                        $"Name '{name}' in the [Parameter] of '{diagnostic.Properties[UndeclaredGradientAnalyzer.ParameterProperty]}'",
                    DeclarationFix.DeclareOnAssembly => $"Add [{diagnostic.Properties[UndeclaredGradientAnalyzer.InsertionProperty]}]",
                    DeclarationFix.AddProperty => $"Return the elements of '{name}' from a property",
                    _ => $"Mark '{name}' as [Gradient]",
                };
                Register(title, DeclareKey, declares: true, diagnostic);
            }

            Register($"Leave '{member.Identifier.ValueText}' out with [ClipIgnore]", IgnoreKey, declares: false, diagnostic);
        }

        void Register(string title, string key, bool declares, Diagnostic diagnostic) => context.RegisterCodeFix(
            CodeAction.Create(
                title,
                cancellation => FixAsync(context.Document, ImmutableArray.Create(diagnostic), declares, [], cancellation),
                key),
            diagnostic);
    }

    private static DeclarationFix Fix(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(UndeclaredGradientAnalyzer.FixProperty, out string? fix)
            && Enum.TryParse(fix, out DeclarationFix known)
            ? known
            : DeclarationFix.None;

    private static async Task<Document> FixAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, bool declares, HashSet<string> written, CancellationToken cancellation)
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
            if (AttributeInsertion.MemberAt(root, diagnostic.Location.SourceSpan) is not { } member
                || (declares && Fix(diagnostic) == DeclarationFix.None))
            {
                continue;
            }

            if (declares)
            {
                Declare(insertion, member, diagnostic, model, written, cancellation);
            }
            else
            {
                insertion.Mark(member, wholeDeclaration: false);
            }
        }

        return document.WithText(text.WithChanges(insertion.Changes()));
    }

    private static void Declare(
        AttributeInsertion insertion, DeclaredMember member, Diagnostic diagnostic, SemanticModel model, HashSet<string> written,
            CancellationToken cancellation)
    {
        diagnostic.Properties.TryGetValue(UndeclaredGradientAnalyzer.InsertionProperty, out string? inserted);
        switch (Fix(diagnostic))
        {
            case DeclarationFix.DeclareOnAssembly when inserted is not null:
                if (written.Add(inserted))
                {
                    insertion.DeclareOnAssembly(inserted);
                }

                break;
            case DeclarationFix.AddProperty when inserted is not null:
                insertion.MakePartial(member.Declaration);
                insertion.AddBehind(member, inserted);
                break;
            case DeclarationFix.NameInParameter
                when ParameterArgument
                    .For(member, diagnostic.Properties[UndeclaredGradientAnalyzer.ParameterProperty], model, cancellation) is { } argument:
                insertion.MakePartial(member.Declaration);
                insertion.Add(argument);
                break;
            default:
                insertion.MakePartial(member.Declaration);
                insertion.Mark(member, diagnostic.Properties.ContainsKey(UndeclaredGradientAnalyzer.WholeDeclarationProperty));
                break;
        }
    }
}
