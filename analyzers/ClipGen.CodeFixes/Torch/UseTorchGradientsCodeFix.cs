using System.Collections.Immutable;
using System.Composition;
using ClipGen.Analyzers.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace ClipGen.CodeFixes.Torch;

/// <summary>CLIP013: calls TorchGradients in the place of TorchSharp's clipping functions.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UseTorchGradientsCodeFix)), Shared]
public sealed class UseTorchGradientsCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.UseTorchGradients";

    /// <summary>The parameters' names there, and here. The order is the same.</summary>
    private static readonly ImmutableDictionary<string, string> ArgumentNames = ImmutableDictionary<string, string>.Empty
        .Add("tensors", "parameters")
        .Add("max_norm", "maxNorm")
        .Add("norm_type", "normType")
        .Add("clip_value", "clipValue");

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(TorchClipCall.RuleId);

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax call
                && NameOf(call) is { } name
                && TorchClipCall.Methods.TryGetValue(name, out string? method))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"Use 'TorchGradients.{method}'",
                        cancellation => ReplaceAsync(context.Document, call, method, cancellation),
                        EquivalenceKey),
                    diagnostic);
            }
        }
    }

    private static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
        _ => null,
    };

    private static async Task<Document> ReplaceAsync(
        Document document, InvocationExpressionSyntax call, string method, CancellationToken cancellation)
    {
        DocumentEditor editor = await DocumentEditor.CreateAsync(document, cancellation).ConfigureAwait(false);
        INamedTypeSymbol? type = editor.SemanticModel.Compilation.GetTypeByMetadataName(TorchClipCall.Replacement);
        if (type is null)
        {
            return document;
        }

        SyntaxNode target = editor.Generator.MemberAccessExpression(editor.Generator.TypeExpression(type, addImport: true), method);
        ExpressionSyntax replaced = SyntaxFactory.InvocationExpression((ExpressionSyntax)target, call.ArgumentList.WithArguments(Rename(call.ArgumentList.Arguments)));

        // The function returns the norm, the method what it found and did.
        if (method == TorchClipCall.Methods["clip_grad_norm_"] && !IsDiscarded(call))
        {
            replaced = SyntaxFactory.MemberAccessExpression(
                SyntaxKind.SimpleMemberAccessExpression, replaced, SyntaxFactory.IdentifierName("TotalNorm"));
        }

        editor.ReplaceNode(call, replaced.WithTriviaFrom(call));
        return editor.GetChangedDocument();
    }

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
