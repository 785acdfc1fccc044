using System.Collections.Immutable;
using System.Composition;
using ClipGen.Analyzers.Torch;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.Torch;

/// <summary>CLIP013: calls TorchGradients in the place of TorchSharp's clipping functions.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UseTorchGradientsCodeFix)), Shared]
public sealed class UseTorchGradientsCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.UseTorchGradients";
    private const string Namespace = "ClipGen";
    private const string Class = "TorchGradients";

    /// <summary>The parameters' names there, and here. The order is the same.</summary>
    private static readonly ImmutableDictionary<string, string> ArgumentNames = ImmutableDictionary<string, string>.Empty
        .Add("tensors", "parameters")
        .Add("max_norm", "maxNorm")
        .Add("norm_type", "normType")
        .Add("clip_value", "clipValue");

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(RuleIds.TorchClipFunction);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(
        static async (context, document, diagnostics) =>
        {
            SyntaxNode? root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
            InvocationExpressionSyntax[] calls =
                [.. diagnostics.Select(diagnostic => CallAt(root, diagnostic)).OfType<InvocationExpressionSyntax>()];
            return await ReplaceAsync(document, calls, context.CancellationToken).ConfigureAwait(false);
        });

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (CallAt(root, diagnostic) is { } call)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Use 'TorchGradients.{MethodOf(call)}'",
                        cancellation => ReplaceAsync(context.Document, [call], cancellation),
                        EquivalenceKey),
                    diagnostic);
            }
        }
    }

    private static InvocationExpressionSyntax? CallAt(SyntaxNode? root, Diagnostic diagnostic) =>
        root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax call && MethodOf(call) is not null
            ? call
            : null;

    /// <summary>The method that stands for the called function.</summary>
    private static string? MethodOf(InvocationExpressionSyntax call) =>
        NameOf(call) is { } name && TorchClipCall.Methods.TryGetValue(name, out string? method) ? method : null;

    private static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
        _ => null,
    };

    // All calls of a document at once, since they share the line that imports the namespace.
    private static async Task<Document> ReplaceAsync(
        Document document, IReadOnlyList<InvocationExpressionSyntax> calls, CancellationToken cancellation)
    {
        if (calls.Count == 0
            || await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not CompilationUnitSyntax unit
            || await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model)
        {
            return document;
        }

        bool isInScope = model.LookupNamespacesAndTypes(calls[0].SpanStart, name: Class)
            .Any(symbol => symbol.ToDisplayString() == TorchClipCall.Replacement);
        bool canImport = unit.Usings.Count > 0;
        string target = isInScope || canImport ? Class : TorchClipCall.Replacement;
        unit = unit.ReplaceNodes(calls, (call, current) => Replace(call, current, target));
        return document.WithSyntaxRoot(isInScope || !canImport ? unit : Import(unit));
    }

    private static ExpressionSyntax Replace(InvocationExpressionSyntax call, InvocationExpressionSyntax current, string target)
    {
        string method = MethodOf(call)!;
        ExpressionSyntax replaced = SyntaxFactory.InvocationExpression(
            SyntaxFactory.ParseExpression($"{target}.{method}"), current.ArgumentList.WithArguments(Rename(current.ArgumentList.Arguments)));

        // The function returns the norm, the method what it found and did.
        if (method == TorchClipCall.Methods["clip_grad_norm_"] && !IsDiscarded(call))
        {
            replaced = SyntaxFactory.MemberAccessExpression(
                SyntaxKind.SimpleMemberAccessExpression, replaced, SyntaxFactory.IdentifierName("TotalNorm"));
        }

        return replaced.WithTriviaFrom(current);
    }

    // Behind System's and before those that follow it in the alphabet. What stands above the first stays above.
    private static CompilationUnitSyntax Import(CompilationUnitSyntax unit)
    {
        int index = 0;
        while (index < unit.Usings.Count && IsBefore(unit.Usings[index]))
        {
            index++;
        }

        UsingDirectiveSyntax neighbour = unit.Usings[Math.Min(index, unit.Usings.Count - 1)];
        UsingDirectiveSyntax import = SyntaxFactory.UsingDirective(SyntaxFactory.ParseName(Namespace).WithLeadingTrivia(SyntaxFactory.Space))
            .WithTrailingTrivia(neighbour.GetTrailingTrivia().Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)));
        if (index == 0)
        {
            import = import.WithLeadingTrivia(neighbour.GetLeadingTrivia());
            unit = unit.ReplaceNode(neighbour, neighbour.WithoutLeadingTrivia());
        }

        return unit.WithUsings(unit.Usings.Insert(index, import));
    }

    private static bool IsBefore(UsingDirectiveSyntax directive) =>
        directive.StaticKeyword.IsKind(SyntaxKind.None)
        && directive.Alias is null
        && directive.Name?.ToString() is { } name
        && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal) || string.CompareOrdinal(name, Namespace) < 0);

    private static SeparatedSyntaxList<ArgumentSyntax> Rename(SeparatedSyntaxList<ArgumentSyntax> arguments)
    {
        foreach (ArgumentSyntax argument in arguments)
        {
            if (argument.NameColon is { } name && ArgumentNames.TryGetValue(name.Name.Identifier.ValueText, out string? renamed))
            {
                arguments = arguments.Replace(
                    arguments.First(other => other.NameColon?.Name.Identifier.ValueText == name.Name.Identifier.ValueText),
                    argument.WithNameColon(name.WithName(SyntaxFactory.IdentifierName(renamed).WithTriviaFrom(name.Name))));
            }
        }

        return arguments;
    }

    // A lambda's body may be its value.
    private static bool IsDiscarded(InvocationExpressionSyntax call) =>
        call.Parent is ExpressionStatementSyntax
            or AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } };
}
