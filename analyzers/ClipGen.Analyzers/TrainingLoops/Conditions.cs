using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// Tells conditions that configure a training run (<c>if (clip &gt; 0)</c>, <c>model?.</c>) from those whose answer changes from step to step
/// (<c>if (i % 4 == 0)</c>).
/// </summary>
internal static class Conditions
{
    public static bool IsAboutClipping(ExpressionSyntax condition) => Identifiers(condition).Any(TrainingVocabulary.IsAboutClipping);

    /// <summary>Whether the condition can be true in one training step and false in another of the same run.</summary>
    public static bool Changes(ExpressionSyntax condition, SyntaxNode construct, BodyFacts facts)
    {
        if (construct is ConditionalAccessExpressionSyntax || IsAboutClipping(condition))
            return false;
        if (HasRemainder(condition))
            return true;
        if (IsNullOrTypeTest(condition))
            return false;
        SyntaxNode? loop = Constructs.InnermostLoop(construct);
        // Counters and flags decide which pass this is; a magnitude that was just computed is compared with a limit.
        return loop is not null && Locals(condition, facts).Any(local => IsCounterOrFlag(local.Type) && facts.ChangesWithin(local, loop));
    }

    /// <summary>Whether the condition lets every n-th pass through, as gradient accumulation does.</summary>
    public static bool CountsPasses(ExpressionSyntax condition, SyntaxNode construct, BodyFacts facts)
    {
        if (HasRemainder(condition))
            return true;
        SyntaxNode? scope = Constructs.InnermostLoop(construct);
        foreach (SyntaxNode node in condition.DescendantNodesAndSelf())
        {
            if (node is not BinaryExpressionSyntax comparison
                || comparison.Kind() is not (SyntaxKind.GreaterThanOrEqualExpression or SyntaxKind.EqualsExpression or SyntaxKind.GreaterThanExpression))
            {
                continue;
            }

            ExpressionSyntax left = comparison.Left;
            if (left is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression })
                return true;
            string name = left.ToString();
            if (name.Length > 0 && scope is not null && facts.Root.Syntax.DescendantNodes().Any(other => IsIncrement(other, name) && scope.Span.Contains(other.Span)))
                return true;
        }

        return false;
    }

    private static bool IsCounterOrFlag(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Boolean or SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt32 or SpecialType.System_UInt64;

    private static bool HasRemainder(ExpressionSyntax condition) => condition.DescendantNodesAndSelf().Any(node => node.IsKind(SyntaxKind.ModuloExpression));

    private static bool IsIncrement(SyntaxNode node, string name) =>
        node is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression } postfix && postfix.Operand.ToString() == name && node.Parent is ExpressionStatementSyntax;

    private static bool IsNullOrTypeTest(ExpressionSyntax condition) => condition switch
    {
        IsPatternExpressionSyntax => true,
        BinaryExpressionSyntax binary => binary.IsKind(SyntaxKind.IsExpression)
            || binary.Right.IsKind(SyntaxKind.NullLiteralExpression)
            || binary.Left.IsKind(SyntaxKind.NullLiteralExpression),
        ParenthesizedExpressionSyntax parenthesized => IsNullOrTypeTest(parenthesized.Expression),
        _ => false,
    };

    private static IEnumerable<string> Identifiers(ExpressionSyntax condition) =>
        condition.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText);

    private static IEnumerable<ILocalSymbol> Locals(ExpressionSyntax condition, BodyFacts facts)
    {
        if (facts.Root.SemanticModel is not { } model)
            yield break;
        foreach (IdentifierNameSyntax identifier in condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
        {
            if (model.GetSymbolInfo(identifier).Symbol is ILocalSymbol local)
                yield return local;
        }
    }
}
