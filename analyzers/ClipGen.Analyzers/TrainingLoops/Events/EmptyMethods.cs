using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Recognizes methods without effect, which a base class declares to be overridden.</summary>
internal static class EmptyMethods
{
    public static bool IsEmpty(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax())
            .All(syntax => syntax is MethodDeclarationSyntax declaration && IsEmpty(declaration));

    private static bool IsEmpty(MethodDeclarationSyntax declaration) =>
        declaration.ExpressionBody is { Expression: var result } ? IsNothing(result) : declaration.Body?.Statements.All(IsEmpty) == true;

    private static bool IsEmpty(StatementSyntax statement) =>
        statement is EmptyStatementSyntax or ReturnStatementSyntax { Expression: null }
        || (statement is ReturnStatementSyntax { Expression: { } result } && IsNothing(result));

    /// <summary><c>Task.CompletedTask</c>, <c>default</c>.</summary>
    private static bool IsNothing(ExpressionSyntax result) =>
        result is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CompletedTask" } or DefaultExpressionSyntax
        || (result is LiteralExpressionSyntax literal && literal.Token.ValueText == "default");
}
