using System.Collections.Immutable;
using System.Composition;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Suggestions;
using ClipGen.CodeFixes.Torch;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>CLIP102, CLIP103, CLIP105 and CLIP111: moves a misplaced clip right before the step.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MoveClipCodeFix)), Shared]
public sealed class MoveClipCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.MoveClip";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(
        RuleIds.ClipAfterStep,
        RuleIds.ClipBeforeBackward,
        RuleIds.ClipEveryMicroBatch,
        RuleIds.ClipOncePerEpoch);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() =>
        FixAllProvider.Create(async (context, document, diagnostics) =>
            await FixAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (root is null || model is null || MoveOf(root, model, diagnostic, context.CancellationToken) is not { } move)
                continue;
            context.RegisterCodeFix(
                CodeAction.Create(
                    move.IsOne ? "Clip and step in one call" : "Move the clip right before the step",
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
        var moves = new List<(StatementSyntax Clip, StatementSyntax Step, bool IsOne)>();
        foreach (Diagnostic diagnostic in diagnostics)
        {
            if (MoveOf(root, model, diagnostic, cancellation) is { } move && moves.All(other => other.Clip != move.Clip))
                moves.Add(move);
        }

        // Of several clips that move to one step, at most one can be part of it.
        ILookup<StatementSyntax, StatementSyntax> moved = moves.ToLookup(move => move.Step, move => move.Clip);
        moves = moves.ConvertAll(move => move with { IsOne = move.IsOne && moved[move.Step].Count() == 1 });

        SyntaxNode current = root.TrackNodes(moves.SelectMany(move => new[] { move.Clip, move.Step }));
        foreach ((StatementSyntax clip, _, _) in moves)
        {
            StatementSyntax now = current.GetCurrentNode(clip)!;
            SyntaxNode removed = now.Parent is GlobalStatementSyntax global ? global : now;
            current = current.RemoveNode(removed, SyntaxRemoveOptions.KeepUnbalancedDirectives)!;
        }

        SyntaxTrivia lineEnd = ClipStatements.LineEndOf(await document.GetTextAsync(cancellation).ConfigureAwait(false));
        bool needsImport = false;
        foreach ((StatementSyntax clip, StatementSyntax step, _) in moves.Where(move => move.IsOne))
        {
            var call = (InvocationExpressionSyntax)((ExpressionStatementSyntax)clip).Expression;
            needsImport |= call.CalledName() != "ClipGradients" && !ClipAndStepCodeFix.IsInScope(model, step);
            var now = (ExpressionStatementSyntax)current.GetCurrentNode(step)!;
            current = current.ReplaceNode(
                now, ClipAndStepCodeFix.CallFor(call, now).WithLeadingTrivia(ClipStatements.WithCommentsOf(clip, now, lineEnd)));
        }

        List<KeyValuePair<SyntaxNode, StatementSyntax>> insertions =
        [
            .. moves.Where(move => !move.IsOne)
                .Select(move => new KeyValuePair<SyntaxNode, StatementSyntax>(current.GetCurrentNode(move.Step)!, move.Clip)),
        ];
        current = ClipStatements.Insert(current, insertions, _ => false, await document.GetTextAsync(cancellation).ConfigureAwait(false));
        return document.WithSyntaxRoot(
            needsImport && current is CompilationUnitSyntax unit ? ClipAndStepCodeFix.Import(unit) : current);
    }

    /// <returns><see langword="null"/> if moving the clip requires changes to other code.</returns>
    private static (StatementSyntax Clip, StatementSyntax Step, bool IsOne)? MoveOf(
        SyntaxNode root, SemanticModel model, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (ClipStatements.SpanIn(diagnostic, ClipSuggestions.StepStart, ClipSuggestions.StepLength) is not { } span
            || !root.FullSpan.Contains(span))
        {
            return null;
        }
        SyntaxNode step = root.FindNode(span, getInnermostNodeForTie: true);
        if (ClipStatements.WholeOf(root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true)) is not { } clip
            || ClipStatements.AnchorOf(step) is not StatementSyntax anchor || clip.Span.Contains(step.Span))
        {
            return null;
        }

        // An embedded statement cannot be removed, and other code may read a declaration.
        bool isInList = clip.Parent is BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax;
        if (!isInList || (clip is LocalDeclarationStatementSyntax && clip.Parent != anchor.Parent))
            return null;
        // A condition around the clip does not move into the call.
        bool isOne = diagnostic.Properties.ContainsKey(ClipSuggestions.InOne)
            && clip is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax }
            && anchor is ExpressionStatementSyntax;
        return IsMeaningfulAt(clip, anchor, model, cancellation) ? (clip, anchor, isOne) : null;
    }

    /// <summary>Whether every local that the clip reads is in scope at the new place.</summary>
    private static bool IsMeaningfulAt(StatementSyntax clip, StatementSyntax anchor, SemanticModel model, CancellationToken cancellation)
    {
        foreach (IdentifierNameSyntax name in clip.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (model.GetSymbolInfo(name, cancellation).Symbol is not ILocalSymbol local
                || local.DeclaringSyntaxReferences.FirstOrDefault() is not { } declaration)
            {
                continue;
            }
            TextSpan declared = declaration.Span;
            if (clip.Span.Contains(declared))
                continue;
            if (declared.End > anchor.SpanStart
                || !model.LookupSymbols(anchor.SpanStart, name: local.Name)
                    .Any(symbol => SymbolEqualityComparer.Default.Equals(symbol, local)))
            {
                return false;
            }
        }

        return true;
    }
}
