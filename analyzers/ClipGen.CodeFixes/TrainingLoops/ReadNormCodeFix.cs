using System.Collections.Immutable;
using System.Composition;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>CLIP110: <c>model.ClipGradients(double.PositiveInfinity).TotalNorm</c> becomes <c>model.GradientNorm()</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReadNormCodeFix)), Shared]
public sealed class ReadNormCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.ReadNorm";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(RuleIds.InfiniteLimit);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (root is null || root.FindNode(diagnostic.Location.SourceSpan,
                getInnermostNodeForTie: true) is not InvocationExpressionSyntax call
                || call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ClipGradients" } access
                || Replaced(call) is not { } replaced
                || model?.GetTypeInfo(access.Expression, context.CancellationToken).Type is not { } type || !HasNorm(type))
            {
                continue;
            }

            InvocationExpressionSyntax norm =
                SyntaxFactory.InvocationExpression(access.WithName(SyntaxFactory.IdentifierName("GradientNorm"))).WithTriviaFrom(replaced);
            context.RegisterCodeFix(
                CodeAction.Create(
                    "Read the norm with GradientNorm()",
                    _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(replaced, norm))),
                    EquivalenceKey),
                diagnostic);
        }
    }

    /// <summary>The expression that reads the norm: the property access, or the call whose result is not used.</summary>
    private static ExpressionSyntax? Replaced(InvocationExpressionSyntax call) => call.Parent switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "TotalNorm" } total => total,
        ExpressionStatementSyntax => call,
        _ => null,
    };

    private static bool HasNorm(ITypeSymbol type)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (current.GetMembers("GradientNorm").OfType<IMethodSymbol>().Any(method => method.Parameters.IsEmpty))
                return true;
        }

        return false;
    }
}
