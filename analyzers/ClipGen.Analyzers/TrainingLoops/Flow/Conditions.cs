using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

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

    /// <summary>
    /// Whether the condition lets every n-th pass through, as gradient accumulation does: by itself, by a local that holds the answer, or by
    /// a member of the program that counts (<c>accumulator.ShouldStep()</c>).
    /// </summary>
    public static bool CountsPasses(ExpressionSyntax condition, SyntaxNode construct, BodyFacts facts)
    {
        SyntaxNode? scope = Constructs.InnermostLoop(construct);
        if (Counts(condition, scope))
            return true;
        if (facts.Root.SemanticModel is not { } model)
            return false;
        foreach (SimpleNameSyntax name in condition.DescendantNodesAndSelf().OfType<SimpleNameSyntax>())
        {
            bool counts = model.GetSymbolInfo(name).Symbol switch
            {
                ILocalSymbol { Type.SpecialType: SpecialType.System_Boolean } local => facts.ValuesOf(local).Any(value =>
                    Counts(value.Syntax, scope)
                    || value.Syntax.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(call => CountsCalls(model.GetSymbolInfo(call).Symbol))),
                { } symbol => CountsCalls(symbol),
                _ => false,
            };
            if (counts)
                return true;
        }

        return false;
    }

    /// <summary>Whether a member says yes every n-th time that it is asked.</summary>
    private static bool CountsCalls(ISymbol? member)
    {
        bool answers = member is IMethodSymbol { ReturnType.SpecialType: SpecialType.System_Boolean } or IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean };
        return answers && member!.DeclaringSyntaxReferences.Any(reference =>
        {
            SyntaxNode body = reference.GetSyntax();
            return Counts(body, body);
        });
    }

    /// <summary>Whether there is a remainder, or a comparison of what is incremented in the <paramref name="scope"/>.</summary>
    private static bool Counts(SyntaxNode condition, SyntaxNode? scope)
    {
        if (HasRemainder(condition))
            return true;
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
            if (name.Length > 0 && scope is not null && scope.DescendantNodes().Any(other => IsIncrement(other, name)))
                return true;
        }

        return false;
    }

    private static bool IsCounterOrFlag(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Boolean or SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt32 or SpecialType.System_UInt64;

    private static bool HasRemainder(SyntaxNode condition) => condition.DescendantNodesAndSelf().Any(node => node.IsKind(SyntaxKind.ModuloExpression));

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
