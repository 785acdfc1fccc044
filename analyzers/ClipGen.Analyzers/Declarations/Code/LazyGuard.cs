using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>
/// Recognizes code that runs once in a method that runs often: <c>if (_weights is null) { … }</c>, <c>if (!_isBuilt) Build(x)</c>.
/// </summary>
internal static class LazyGuard
{
    /// <summary>The number of enclosing statements that are searched for a condition.</summary>
    private const int MaximalDistance = 32;

    private static readonly string[] FlagBeginnings =
        ["built", "build", "init", "ready", "created", "create", "alloc", "loaded", "setup", "configured", "compiled", "first"];

    /// <summary>
    /// Whether a condition around the node limits it to one run: a condition on the member itself, or one that tests whether any member was
    /// created.
    /// </summary>
    public static bool IsAround(SyntaxNode node, CodeBody body, string? member)
    {
        SyntaxNode inner = node;
        SyntaxNode? current = node.Parent;
        for (int i = 0; i < MaximalDistance && current is not null && inner != body.Node; i++)
        {
            ExpressionSyntax? condition = current switch
            {
                IfStatementSyntax branch when branch.Condition != inner => branch.Condition,
                ConditionalExpressionSyntax conditional when conditional.Condition != inner => conditional.Condition,
                _ => null,
            };
            if (condition is not null && Asks(condition, body, member))
            {
                return true;
            }

            inner = current;
            current = current.Parent;
        }

        return false;
    }

    private static bool Asks(ExpressionSyntax condition, CodeBody body, string? member)
    {
        foreach (SyntaxNode node in condition.DescendantNodesAndSelf())
        {
            switch (node)
            {
                case IdentifierNameSyntax identifier when identifier.Identifier.ValueText is var name && !body.Declares(name)
                    && (name == member || IsFlag(name)):
                case BinaryExpressionSyntax binary when IsComparedWithNothing(binary) && IsMember(binary.Left, body):
                case IsPatternExpressionSyntax pattern when IsMember(pattern.Expression, body):
                    return true;
            }
        }

        return false;
    }

    private static bool IsComparedWithNothing(BinaryExpressionSyntax binary) =>
        (binary.IsKind(SyntaxKind.EqualsExpression) || binary.IsKind(SyntaxKind.NotEqualsExpression))
        && binary.Right is LiteralExpressionSyntax literal
        && (literal.IsKind(SyntaxKind.NullLiteralExpression) || literal.Token.ValueText == "0");

    private static bool IsMember(ExpressionSyntax expression, CodeBody body) =>
        MemberPath.Of(expression) is { Names: [var first, ..] } path && (path.IsOfThis || !body.Declares(first));

    private static bool IsFlag(string name) =>
        Undeclared.IdentifierWords.Of(name)
            .Any(word => FlagBeginnings.Any(beginning => word.StartsWith(beginning, StringComparison.Ordinal)));
}
