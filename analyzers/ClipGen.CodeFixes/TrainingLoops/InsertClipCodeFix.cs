using System.Collections.Immutable;
using System.Composition;
using ClipGen.Analyzers.TrainingLoops.Suggestions;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>CLIP101: inserts a clip before the step or into its closure, or makes a clip whose result is discarded work in place.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InsertClipCodeFix)), Shared]
public sealed class InsertClipCodeFix : CodeFixProvider
{
    private const string InsertKey = "ClipGen.InsertClip";
    private const string InPlaceKey = "ClipGen.ClipInPlace";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.StepOnUnclippedGradients);

    /// <summary>Applies all fixes with the same action. The limit of one file is not used in a file with another limit.</summary>
    public override FixAllProvider GetFixAllProvider() =>
        FixAllProvider.Create(async (context, document, diagnostics) =>
        {
            UsualLimit limit = await UsualLimit.OfAsync(document, context.CancellationToken).ConfigureAwait(false);
            SyntaxNode? root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
            ImmutableArray<Diagnostic> same = diagnostics.RemoveAll(
                diagnostic => !context.Asks(KeyOf(root, diagnostic, limit)));
            return await FixAsync(document, same, limit, context.CancellationToken).ConfigureAwait(false);
        });

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
            return;
        UsualLimit limit = await UsualLimit.OfAsync(context.Document, context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (DroppedCallIn(root, diagnostic) is null
                && ClipEdit.Of(root, model, diagnostic, limit.Text, new HashSet<string>(), context.CancellationToken) is null)
            {
                continue;
            }

            context.RegisterCodeFix(
                CodeAction.Create(
                    TitleOf(root, diagnostic, limit),
                    cancellation => FixAsync(context.Document, ImmutableArray.Create(diagnostic), limit, cancellation),
                    KeyOf(root, diagnostic, limit)),
                diagnostic);
        }
    }

    private static string TitleOf(SyntaxNode root, Diagnostic diagnostic, UsualLimit limit)
    {
        if (DroppedCallIn(root, diagnostic) is not null)
            return "Clip the gradient in place";
        if (diagnostic.Properties.ContainsKey(ClipSuggestions.InOne))
            return "Clip and step in one call";
        string place = diagnostic.Properties.ContainsKey(ClipSuggestions.IsAfter) ? "in the closure" : "before the step";
        if (!WritesLimit(diagnostic))
            return $"Clip the gradients {place}";
        return $"Clip the gradients to a norm of {limit.Text} {place}" + (limit.IsOfOtherFile ? ", as elsewhere in the project" : "");
    }

    private static string KeyOf(SyntaxNode? root, Diagnostic diagnostic, UsualLimit limit) =>
        DroppedCallIn(root, diagnostic) is not null ? InPlaceKey
        : WritesLimit(diagnostic) ? $"{InsertKey}:{limit.Text}"
        : InsertKey;

    private static bool WritesLimit(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(ClipSuggestions.Call, out string? call)
        && call?.Contains(ClipSuggestions.LimitPlaceholder) == true;

    private static async Task<Document> FixAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, UsualLimit limit, CancellationToken cancellation)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        SemanticModel? model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null)
            return document;
        var edits = new List<ClipEdit>();
        var renames = new HashSet<SimpleNameSyntax>();
        var known = new HashSet<(SyntaxNode, string)>();
        var taken = new HashSet<string>();
        foreach (Diagnostic diagnostic in diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start))
        {
            if (DroppedCallIn(root, diagnostic) is { } dropped)
                renames.Add(dropped);
            else if (ClipEdit.Of(root, model, diagnostic, limit.Text, taken, cancellation) is { } edit && known.Add(edit.Key))
                edits.Add(edit);
        }

        SyntaxTrivia lineEnd = ClipStatements.LineEndOf(await document.GetTextAsync(cancellation).ConfigureAwait(false));
        SyntaxNode current = root.TrackNodes(edits.SelectMany(edit => edit.Nodes).Concat(renames).Distinct());
        foreach (SimpleNameSyntax name in renames)
        {
            SimpleNameSyntax now = current.GetCurrentNode(name)!;
            current = current.ReplaceNode(now, SyntaxFactory.IdentifierName(now.Identifier.ValueText + "_").WithTriviaFrom(now));
        }

        // The innermost functions first, because a function that gets a block is replaced as a whole.
        foreach (ClipEdit edit in edits.OrderByDescending(edit => edit.Anchor.Ancestors().Count()))
            current = edit.Apply(current, lineEnd);
        return document.WithSyntaxRoot(current);
    }

    /// <summary>The name of the out-of-place call, if the finding is about one in this file.</summary>
    private static SimpleNameSyntax? DroppedCallIn(SyntaxNode? root, Diagnostic diagnostic)
    {
        if (root is null
            || ClipStatements.SpanIn(diagnostic, ClipSuggestions.DroppedStart, ClipSuggestions.DroppedLength) is not { } span
            || !root.FullSpan.Contains(span))
        {
            return null;
        }

        return root.FindNode(span, getInnermostNodeForTie: true) is InvocationExpressionSyntax call
            ? call.Expression switch
            {
                MemberAccessExpressionSyntax access => access.Name,
                MemberBindingExpressionSyntax binding => binding.Name,
                _ => null,
            }
            : null;
    }
}
