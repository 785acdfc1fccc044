using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The loops, conditions and <c>try</c> statements of the syntax.</summary>
internal static class Constructs
{
    /// <summary>
    /// The constructs that decide whether and how often the node runs, innermost first, within the function that contains it.
    /// </summary>
    public static IEnumerable<SyntaxNode> Around(SyntaxNode node, SyntaxNode body)
    {
        SyntaxNode child = node;
        for (SyntaxNode? current = node.Parent; current is not null && current != body && !IsFunction(current);
            child = current, current = current.Parent)
        {
            if (IsConstruct(current) && !IsUnconditionalPart(current, child))
                yield return current;
        }
    }

    public static bool IsFunction(SyntaxNode node) =>
        node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax
            or AccessorDeclarationSyntax or TypeDeclarationSyntax;

    public static bool IsLoop(SyntaxNode node) =>
        node is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax;

    /// <summary>The loops around a node, innermost first, in the same function.</summary>
    public static IEnumerable<SyntaxNode> LoopsAround(SyntaxNode node)
    {
        for (SyntaxNode? current = node.Parent; current is not null && !IsFunction(current); current = current.Parent)
        {
            if (IsLoop(current))
                yield return current;
        }
    }

    public static SyntaxNode? InnermostLoop(SyntaxNode node) => LoopsAround(node).FirstOrDefault();

    /// <summary>The expression that decides whether parts of a construct run; <see langword="null"/> for loops and <c>try</c>.</summary>
    public static ExpressionSyntax? ConditionOf(SyntaxNode construct) => construct switch
    {
        IfStatementSyntax statement => statement.Condition,
        SwitchStatementSyntax statement => statement.Expression,
        SwitchExpressionSyntax expression => expression.GoverningExpression,
        ConditionalExpressionSyntax expression => expression.Condition,
        ConditionalAccessExpressionSyntax access => access.Expression,
        BinaryExpressionSyntax binary => binary.Left,
        _ => null,
    };

    /// <summary>The statement, other than a block, that a node belongs to.</summary>
    public static StatementSyntax? StatementOf(SyntaxNode node) =>
        node.FirstAncestorOrSelf<StatementSyntax>(statement => statement is not BlockSyntax);

    public static bool IsConstruct(SyntaxNode node) =>
        IsLoop(node) || node is TryStatementSyntax or IfStatementSyntax or SwitchStatementSyntax or SwitchExpressionSyntax
            or ConditionalExpressionSyntax
            or ConditionalAccessExpressionSyntax
        || (node is BinaryExpressionSyntax binary && binary.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression);

    /// <summary>Whether the part of a construct always runs, like the condition of an <c>if</c>.</summary>
    public static bool IsUnconditionalPart(SyntaxNode construct, SyntaxNode part) =>
        part == ConditionOf(construct) || part is FinallyClauseSyntax;
}
