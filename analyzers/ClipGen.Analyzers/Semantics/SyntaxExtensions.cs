using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Semantics;

/// <summary>Reads names from syntax, because binding symbols would be too slow.</summary>
internal static class SyntaxExtensions
{
    /// <summary>The result of <see cref="CalledName"/> for <c>new(…)</c>, which does not name its type.</summary>
    public const string TargetTypedCreation = "new";

    /// <summary>
    /// The last name of an expression or a type: <c>Save</c> for <c>trainer.Save</c> and <c>.Save</c>, <c>Linear</c> for <c>nn.Linear</c>.
    /// </summary>
    public static string? LastName(this SyntaxNode named) => named switch
    {
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The expression inside parentheses, or the expression itself.</summary>
    public static ExpressionSyntax WithoutParentheses(this ExpressionSyntax expression)
    {
        while (expression is ParenthesizedExpressionSyntax parenthesized)
            expression = parenthesized.Expression;
        return expression;
    }

    /// <summary>The name of a called method, or of the type of a created object.</summary>
    public static string? CalledName(this SyntaxNode call) => call switch
    {
        InvocationExpressionSyntax invocation => invocation.Expression.LastName(),
        ObjectCreationExpressionSyntax creation => creation.Type.LastName(),
        ImplicitObjectCreationExpressionSyntax => TargetTypedCreation,
        _ => null,
    };
}
