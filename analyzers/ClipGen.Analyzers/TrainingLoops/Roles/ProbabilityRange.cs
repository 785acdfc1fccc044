using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// Clamps to a range without negative numbers, which cannot be meant for gradients: <c>output.Clip(eps, 1 - eps)</c> before a logarithm,
/// <c>Math.Clamp(x, 0, 255)</c>.
/// </summary>
internal static class ProbabilityRange
{
    /// <summary>Whether the last two arguments of a call are zero and an upper bound, or <c>e</c> and <c>1 - e</c>.</summary>
    public static bool Limits(SyntaxNode? node)
    {
        if (node is not InvocationExpressionSyntax { ArgumentList.Arguments: { Count: >= 2 } arguments })
            return false;
        ExpressionSyntax lower = arguments[arguments.Count - 2].Expression;
        ExpressionSyntax upper = arguments[arguments.Count - 1].Expression;

        // Two other positive numbers can be a limit and the order of the norm: Clip(gradients, 1.0, 2.0).
        return Literal(lower) == 0
            || upper is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.SubtractExpression } difference
                && Literal(difference.Left) == 1
                && SyntaxFactory.AreEquivalent(difference.Right, lower)
            || Literal(lower) is { } bound && Literal(upper) == 1 - bound;
    }

    /// <summary>Whether an identifier names such a call, or a variable that begins with its result.</summary>
    /// <param name="identifier">The identifier.</param>
    /// <param name="declaration">The declaration that it is in.</param>
    public static bool IsNamedBy(SyntaxToken identifier, SyntaxNode declaration)
    {
        if (identifier.Parent is SimpleNameSyntax name)
        {
            SyntaxNode called = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
            if (called.Parent is InvocationExpressionSyntax call && call.Expression == called)
                return Limits(call);
        }

        SyntaxNode? body = identifier.Parent?.FirstAncestorOrSelf<SyntaxNode>(
            node => node == declaration
                || node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax);
        return body is not null && body.DescendantNodes().OfType<VariableDeclaratorSyntax>().Any(
            variable => variable.Identifier.ValueText == identifier.ValueText && Limits(variable.Initializer?.Value));
    }

    private static double? Literal(ExpressionSyntax expression) =>
        expression is LiteralExpressionSyntax { Token.Value: IConvertible number and not (string or bool or char) }
            ? number.ToDouble(null)
            : null;
}
