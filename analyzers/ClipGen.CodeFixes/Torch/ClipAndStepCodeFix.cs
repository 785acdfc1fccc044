using System.Collections.Immutable;
using System.Composition;
using ClipGen.Analyzers.Semantics;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.Torch;

/// <summary>CLIP115: replaces a clip and the step after it by <c>ClipAndStep</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ClipAndStepCodeFix)), Shared]
public sealed class ClipAndStepCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.ClipAndStep";
    private const string Method = "ClipAndStep";
    private const string Class = "TorchOptimizers";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(RuleIds.ClipAndStepInOne);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(
        static async (context, document, diagnostics) =>
            await ReplaceAsync(document, diagnostics, context.CancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (PairAt(root, diagnostic) is not { } pair)
                continue;
            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Use '{pair.Optimizer}.{Method}'",
                    cancellation => ReplaceAsync(context.Document, ImmutableArray.Create(diagnostic), cancellation),
                    EquivalenceKey),
                diagnostic);
        }
    }

    private static Pair? PairAt(SyntaxNode? root, Diagnostic diagnostic) =>
        root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax
        {
            Parent: ExpressionStatementSyntax clip,
        } call
        && BehindOf(clip) is ExpressionStatementSyntax
        {
            Expression: InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "step" or "Step" } step,
            },
        } statement
            ? new Pair(clip, call, statement, step.Expression)
            : null;

    private static StatementSyntax? BehindOf(StatementSyntax statement)
    {
        SyntaxNode listed = statement.Parent is GlobalStatementSyntax global ? global : statement;
        SyntaxNode? behind = listed.Parent?.ChildNodes().SkipWhile(node => node != listed).Skip(1).FirstOrDefault();
        return behind is GlobalStatementSyntax next ? next.Statement : behind as StatementSyntax;
    }

    private static async Task<Document> ReplaceAsync(
        Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (root is not CompilationUnitSyntax unit
            || await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model)
        {
            return document;
        }

        Pair[] pairs = [.. diagnostics.Select(diagnostic => PairAt(root, diagnostic)).OfType<Pair>()];
        if (pairs.Length == 0)
            return document;
        bool isInScope = !pairs.Any(pair => pair.IsTorch) || IsInScope(model, pairs[0].Clip);
        unit = unit.TrackNodes(pairs.SelectMany(pair => new SyntaxNode[] { pair.Clip, pair.Step }));
        foreach (Pair pair in pairs)
        {
            // The call replaces the clip. Comments before the step stay before the call.
            SyntaxTriviaList comments = SyntaxFactory.TriviaList(
                pair.Step.GetLeadingTrivia().SkipWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)));
            ExpressionStatementSyntax step = unit.GetCurrentNode(pair.Step)!;
            unit = unit.ReplaceNode(step, CallFor(pair.Call, step).WithLeadingTrivia(pair.Clip.GetLeadingTrivia().AddRange(comments)));
            StatementSyntax clip = unit.GetCurrentNode(pair.Clip)!;
            SyntaxNode removed = clip.Parent is GlobalStatementSyntax global ? global : clip;
            unit = unit.RemoveNode(removed, SyntaxRemoveOptions.KeepUnbalancedDirectives)!;
        }

        return document.WithSyntaxRoot(isInScope ? unit : Import(unit));
    }

    /// <summary>Whether a file can call <c>ClipAndStep</c> on optimizers of TorchSharp.</summary>
    internal static bool IsInScope(SemanticModel model, SyntaxNode place) =>
        model.LookupNamespacesAndTypes(place.SpanStart, name: Class).Any(symbol => symbol.ToDisplayString() == "ClipGen." + Class);

    internal static CompilationUnitSyntax Import(CompilationUnitSyntax unit) =>
        unit.Usings.Count > 0 ? UseTorchGradientsCodeFix.Import(unit) : unit.AddUsings(NewImport());

    /// <summary>The step as a call that also clips, with the arguments of the clip.</summary>
    internal static ExpressionStatementSyntax CallFor(InvocationExpressionSyntax clip, ExpressionStatementSyntax step) =>
        step.WithExpression(CallFor((InvocationExpressionSyntax)step.Expression, ArgumentsOf(clip)));

    /// <summary>The same, with the limits that the stepped model declares.</summary>
    internal static InvocationExpressionSyntax CallFor(InvocationExpressionSyntax step) => CallFor(step, []);

    private static InvocationExpressionSyntax CallFor(InvocationExpressionSyntax step, IReadOnlyList<ArgumentSyntax> limits)
    {
        SimpleNameSyntax? name = step.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            MemberBindingExpressionSyntax binding => binding.Name,
            _ => step.Expression as SimpleNameSyntax,
        };
        if (name is null)
            return step;
        SyntaxToken comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
        // Step(source: net) becomes ClipAndStep(net).
        ArgumentSyntax[] all = [.. step.ArgumentList.Arguments.Select(argument => argument.WithNameColon(null)), .. limits];
        SeparatedSyntaxList<ArgumentSyntax> arguments =
            SyntaxFactory.SeparatedList(all, Enumerable.Repeat(comma, Math.Max(0, all.Length - 1)));
        SimpleNameSyntax called = name.WithIdentifier(SyntaxFactory.Identifier(Method).WithTriviaFrom(name.Identifier));
        return step
            .WithExpression(step.Expression.ReplaceNode(name, called))
            .WithArgumentList(step.ArgumentList.WithArguments(arguments));
    }

    /// <summary>The limit and its options. The first argument of a call of TorchSharp's or ClipGen's functions is the parameters.</summary>
    private static IReadOnlyList<ArgumentSyntax> ArgumentsOf(InvocationExpressionSyntax clip)
    {
        IEnumerable<ArgumentSyntax> arguments = clip.ArgumentList.Arguments;
        if (clip.CalledName() != "ClipGradients")
            arguments = arguments.Skip(1);
        return
        [
            .. arguments.Select(argument => argument.NameColon is { } name && NameOf(name.Name.Identifier.ValueText) is { } renamed
                ? argument.WithNameColon(name.WithName(SyntaxFactory.IdentifierName(renamed).WithTriviaFrom(name.Name)))
                : argument),
        ];
    }

    private static string? NameOf(string argument) => argument switch
    {
        "max_norm" => "maxNorm",
        "norm_type" => "normType",
        _ => null,
    };

    private static UsingDirectiveSyntax NewImport() =>
        SyntaxFactory.UsingDirective(SyntaxFactory.ParseName("ClipGen").WithLeadingTrivia(SyntaxFactory.Space))
            .WithTrailingTrivia(SyntaxFactory.ElasticCarriageReturnLineFeed);

    /// <summary>A clip, and the step after it.</summary>
    private sealed class Pair(
        ExpressionStatementSyntax clip, InvocationExpressionSyntax call, ExpressionStatementSyntax step, ExpressionSyntax optimizer)
    {
        public ExpressionStatementSyntax Clip { get; } = clip;

        public InvocationExpressionSyntax Call { get; } = call;

        public ExpressionStatementSyntax Step { get; } = step;

        public ExpressionSyntax Optimizer { get; } = optimizer;

        /// <summary>Whether the step is that of an optimizer of TorchSharp.</summary>
        public bool IsTorch => Step.Expression is InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 };
    }
}
