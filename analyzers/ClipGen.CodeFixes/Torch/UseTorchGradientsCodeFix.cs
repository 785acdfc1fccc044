using System.Collections.Immutable;
using System.Composition;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.Torch;
using ClipGen.Generator.Checks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.CodeFixes.Torch;

/// <summary>CLIP013: replaces TorchSharp's clip functions by TorchGradients, or by the clip of a model that declares its limit.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UseTorchGradientsCodeFix)), Shared]
public sealed class UseTorchGradientsCodeFix : CodeFixProvider
{
    private const string EquivalenceKey = "ClipGen.UseTorchGradients";
    private const string Namespace = "ClipGen";
    private const string Class = "TorchGradients";

    /// <summary>The names of the parameters in TorchSharp and in ClipGen, in the same order.</summary>
    private static readonly ImmutableDictionary<string, string> ArgumentNames = ImmutableDictionary<string, string>.Empty
        .Add("tensors", "parameters")
        .Add("max_norm", "maxNorm")
        .Add("norm_type", "normType")
        .Add("clip_value", "clipValue");

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(RuleIds.TorchClipFunction);

    /// <summary>Fixes all calls with the same replacement. Calls whose norm is tested are replaced separately.</summary>
    public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(
        static async (context, document, diagnostics) =>
        {
            SyntaxNode? root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
            var calls = new Dictionary<InvocationExpressionSyntax, TorchReplacement>();
            foreach (Diagnostic diagnostic in diagnostics)
            {
                if (CallAt(root, diagnostic) is { } call && context.Asks(KeyOf(KindOf(diagnostic))))
                    calls[call] = KindOf(diagnostic);
            }

            return await ReplaceAsync(document, calls, context.CancellationToken).ConfigureAwait(false);
        });

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in this.FixableDiagnostics(context))
        {
            if (CallAt(root, diagnostic) is not { } call)
                continue;
            TorchReplacement kind = KindOf(diagnostic);
            context.RegisterCodeFix(
                CodeAction.Create(
                    TitleOf(call, kind),
                    cancellation => ReplaceAsync(
                        context.Document, new Dictionary<InvocationExpressionSyntax, TorchReplacement> { [call] = kind }, cancellation),
                    KeyOf(kind)),
                diagnostic);
        }
    }

    private static string TitleOf(InvocationExpressionSyntax call, TorchReplacement kind) => kind switch
    {
        TorchReplacement.Declared or TorchReplacement.DeclaredWithoutThrow =>
            $"Use '{ModelOf(call)}.ClipGradients()', with the limit that the model declares",
        TorchReplacement.DeclaredBehindBase => $"Use 'Gradients.Clip({ModelOf(call)})', with the limit that the model declares",
        TorchReplacement.Propagating => $"Use 'TorchGradients.{MethodOf(call)}' with 'NonFinitePolicy.Propagate'",
        _ => $"Use 'TorchGradients.{MethodOf(call)}'",
    };

    private static string KeyOf(TorchReplacement kind) => kind switch
    {
        TorchReplacement.Call => EquivalenceKey,
        TorchReplacement.Propagating => EquivalenceKey + ".Propagate",
        _ => EquivalenceKey + ".Declared",
    };

    private static TorchReplacement KindOf(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(TorchClipAnalyzer.ReplacementProperty, out string? kind)
        && Enum.TryParse(kind, out TorchReplacement known)
            ? known
            : TorchReplacement.Call;

    /// <summary>The <c>model</c> of <c>model.parameters()</c>, the first argument.</summary>
    private static ExpressionSyntax? ModelOf(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments
            .FirstOrDefault(argument => argument.NameColon is null or { Name.Identifier.ValueText: "tensors" })?.Expression
            is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } ? access.Expression : null;

    private static InvocationExpressionSyntax? CallAt(SyntaxNode? root, Diagnostic diagnostic) =>
        root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax call
        && MethodOf(call) is not null
            ? call
            : null;

    /// <summary>The method that replaces the called function.</summary>
    private static string? MethodOf(InvocationExpressionSyntax call) =>
        call.CalledName() is { } name && TorchClipCall.Methods.TryGetValue(name, out string? method) ? method : null;

    // All calls of a document at once, because they share the using directive.
    private static async Task<Document> ReplaceAsync(
        Document document, IReadOnlyDictionary<InvocationExpressionSyntax, TorchReplacement> calls, CancellationToken cancellation)
    {
        if (calls.Count == 0
            || await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not CompilationUnitSyntax unit
            || await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model)
        {
            return document;
        }

        int position = calls.Keys.First().SpanStart;
        bool isInScope = model.LookupNamespacesAndTypes(position, name: Class)
            .Any(symbol => symbol.ToDisplayString() == TorchClipCall.Replacement);
        bool canImport = unit.Usings.Count > 0;
        string prefix = isInScope || canImport ? "" : Namespace + ".";
        bool needsNamespace = calls.Values.Any(kind => kind is not (TorchReplacement.Declared or TorchReplacement.DeclaredWithoutThrow));
        unit = unit.ReplaceNodes(
            calls.Keys, (call, current) => Replace(call, current, calls[call], prefix, IsDiscarded(call, model, cancellation)));
        return document.WithSyntaxRoot(isInScope || !canImport || !needsNamespace ? unit : Import(unit));
    }

    private static ExpressionSyntax Replace(
        InvocationExpressionSyntax call, InvocationExpressionSyntax current, TorchReplacement kind, string prefix, bool isDiscarded)
    {
        ExpressionSyntax replaced = kind switch
        {
            TorchReplacement.Declared or TorchReplacement.DeclaredWithoutThrow =>
                SyntaxFactory.ParseExpression($"{ModelOf(current)}.ClipGradients()"),
            TorchReplacement.DeclaredBehindBase => SyntaxFactory.ParseExpression($"{prefix}Gradients.Clip({ModelOf(current)})"),
            _ => TorchGradientsCall(call, current, kind, prefix),
        };

        // The function returns the norm, the method a result.
        if (MethodOf(call) == TorchClipCall.Methods[TorchClipCall.Norm] && !isDiscarded)
        {
            replaced = SyntaxFactory.MemberAccessExpression(
                SyntaxKind.SimpleMemberAccessExpression, replaced, SyntaxFactory.IdentifierName("TotalNorm"));
        }
        else if (kind == TorchReplacement.DeclaredWithoutThrow && isDiscarded && call.Parent is not AssignmentExpressionSyntax)
        {
            replaced = SyntaxFactory.ParseExpression($"_ = {replaced}");
        }

        return replaced.WithTriviaFrom(current);
    }

    private static InvocationExpressionSyntax TorchGradientsCall(
        InvocationExpressionSyntax call, InvocationExpressionSyntax current, TorchReplacement kind, string prefix)
    {
        SeparatedSyntaxList<ArgumentSyntax> arguments = Rename(current.ArgumentList.Arguments);
        if (kind == TorchReplacement.Propagating)
        {
            ArgumentSyntax policy = SyntaxFactory.Argument(
                SyntaxFactory.NameColon(
                    SyntaxFactory.IdentifierName("nonFinite"),
                    SyntaxFactory.Token(SyntaxKind.ColonToken).WithTrailingTrivia(SyntaxFactory.Space)),
                default,
                SyntaxFactory.ParseExpression(prefix + "NonFinitePolicy.Propagate"));
            SyntaxToken comma = SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space);
            arguments = SyntaxFactory.SeparatedList(arguments.Append(policy), arguments.GetSeparators().Append(comma));
        }

        return SyntaxFactory.InvocationExpression(
            SyntaxFactory.ParseExpression($"{prefix}{Class}.{MethodOf(call)}"), current.ArgumentList.WithArguments(arguments));
    }

    // After System's usings, in alphabetical order. Comments above the first using stay above.
    internal static CompilationUnitSyntax Import(CompilationUnitSyntax unit)
    {
        int index = 0;
        while (index < unit.Usings.Count && IsBefore(unit.Usings[index]))
        {
            index++;
        }

        UsingDirectiveSyntax neighbor = unit.Usings[Math.Min(index, unit.Usings.Count - 1)];
        UsingDirectiveSyntax import =
            SyntaxFactory.UsingDirective(SyntaxFactory.ParseName(Namespace).WithLeadingTrivia(SyntaxFactory.Space))
            .WithTrailingTrivia(neighbor.GetTrailingTrivia().Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)));
        if (index == 0)
        {
            import = import.WithLeadingTrivia(neighbor.GetLeadingTrivia());
            unit = unit.ReplaceNode(neighbor, neighbor.WithoutLeadingTrivia());
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

    /// <summary>Whether the norm is not used. The expression body of a function without a result has no value.</summary>
    private static bool IsDiscarded(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellation) =>
        call.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } }
        || model.GetOperation(call, cancellation)?.Parent is IExpressionStatementOperation;
}
