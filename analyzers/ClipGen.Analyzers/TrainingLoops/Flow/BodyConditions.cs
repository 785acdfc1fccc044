using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>
/// Tells conditions that configure a training run (<c>if (clip &gt; 0)</c>, <c>model?.</c>) from those that hold in some training steps
/// only (<c>if (i % 4 == 0)</c>). Each condition of a body is read once.
/// </summary>
internal sealed class BodyConditions(BodyFacts facts)
{
    // Most bodies have no condition that is asked for.
    private ConcurrentDictionary<SyntaxNode, bool>? _changes;
    private ConcurrentDictionary<IfStatementSyntax, bool>? _countsPasses;
    private ConcurrentDictionary<SyntaxNode, HashSet<string>>? _incremented;

    public static bool IsAboutClipping(ExpressionSyntax condition) => Identifiers(condition).Any(TrainingVocabulary.IsAboutClipping);

    /// <summary>Whether a construct has a condition, and it has the same answer in all training steps of a run.</summary>
    public bool IsConfiguration(SyntaxNode construct) => Constructs.ConditionOf(construct) is not null && !Changes(construct);

    /// <summary>Whether the condition of a construct can hold in one training step and not in another one of the same run.</summary>
    public bool Changes(SyntaxNode construct) => Made(ref _changes).GetOrAdd(construct, FindChanges);

    /// <summary>
    /// Whether the condition holds in every n-th pass, as with gradient accumulation: by itself, by a local that holds the answer, or by a
    /// member of the program that counts (<c>accumulator.ShouldStep()</c>).
    /// </summary>
    public bool CountsPasses(IfStatementSyntax statement) => Made(ref _countsPasses).GetOrAdd(statement, FindCountsPasses);

    private static ConcurrentDictionary<TKey, TValue> Made<TKey, TValue>(ref ConcurrentDictionary<TKey, TValue>? answers)
        where TKey : notnull =>
        LazyInitializer.EnsureInitialized(ref answers, () => new ConcurrentDictionary<TKey, TValue>())!;

    private bool FindChanges(SyntaxNode construct)
    {
        if (Constructs.ConditionOf(construct) is not { } condition || construct is ConditionalAccessExpressionSyntax
            || IsAboutClipping(condition))
        {
            return false;
        }
        if (HasRemainder(condition))
            return true;
        if (IsNullOrTypeTest(condition))
            return false;
        // Counters and flags decide which pass this is. A magnitude that was just computed is compared with a limit.
        return Constructs.InnermostLoop(construct) is { } loop
            && Locals(condition).Any(local => IsCounterOrFlag(local.Type) && facts.ChangesWithin(local, loop));
    }

    private bool FindCountsPasses(IfStatementSyntax statement)
    {
        SyntaxNode? scope = Constructs.InnermostLoop(statement);
        if (Counts(statement.Condition, scope))
            return true;
        if (facts.Root.SemanticModel is not { } model)
            return false;
        foreach (SimpleNameSyntax name in statement.Condition.DescendantNodesAndSelf().OfType<SimpleNameSyntax>())
        {
            bool counts = model.GetSymbolInfo(name).Symbol switch
            {
                ILocalSymbol { Type.SpecialType: SpecialType.System_Boolean } local =>
                    facts.ValuesOf(local).Any(value => Counts(value.Syntax, scope) || CallsCounter(value.Syntax, model)),
                { } symbol => IsCounter(symbol),
                _ => false,
            };
            if (counts)
                return true;
        }

        return false;
    }

    private bool CallsCounter(SyntaxNode value, SemanticModel model) =>
        value.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(call => IsCounter(model.GetSymbolInfo(call).Symbol));

    /// <summary>Whether a member answers yes every n-th time that it is asked.</summary>
    private bool IsCounter(ISymbol? member)
    {
        bool answers = member is IMethodSymbol { ReturnType.SpecialType: SpecialType.System_Boolean }
            or IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean };
        return answers && member!.DeclaringSyntaxReferences.Any(reference =>
        {
            SyntaxNode body = reference.GetSyntax();
            return Counts(body, body);
        });
    }

    /// <summary>Whether there is a remainder, or a comparison of what is incremented in the <paramref name="scope"/>.</summary>
    private bool Counts(SyntaxNode condition, SyntaxNode? scope)
    {
        if (HasRemainder(condition))
            return true;
        foreach (SyntaxNode node in condition.DescendantNodesAndSelf())
        {
            if (node is not BinaryExpressionSyntax comparison
                || comparison.Kind() is not (SyntaxKind.GreaterThanOrEqualExpression or SyntaxKind.EqualsExpression
                    or SyntaxKind.GreaterThanExpression))
            {
                continue;
            }

            ExpressionSyntax left = comparison.Left;
            if (left is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression })
                return true;
            if (scope is not null && left is NameSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax
                && Made(ref _incremented).GetOrAdd(scope!, FindIncremented).Contains(left.ToString()))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What statements such as <c>seen++;</c> count up in the scope.</summary>
    private static HashSet<string> FindIncremented(SyntaxNode scope) =>
    [
        .. scope.DescendantNodes().OfType<PostfixUnaryExpressionSyntax>()
            .Where(postfix => postfix.IsKind(SyntaxKind.PostIncrementExpression) && postfix.Parent is ExpressionStatementSyntax)
            .Select(postfix => postfix.Operand.ToString()),
    ];

    private static bool IsCounterOrFlag(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Boolean or SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt32
            or SpecialType.System_UInt64;

    private static bool HasRemainder(SyntaxNode condition) =>
        condition.DescendantNodesAndSelf().Any(node => node.IsKind(SyntaxKind.ModuloExpression));

    private static bool IsNullOrTypeTest(ExpressionSyntax condition)
    {
        ExpressionSyntax test = condition.WithoutParentheses();
        return test is IsPatternExpressionSyntax
            || (test is BinaryExpressionSyntax binary && (binary.IsKind(SyntaxKind.IsExpression)
                || binary.Right.IsKind(SyntaxKind.NullLiteralExpression)
                || binary.Left.IsKind(SyntaxKind.NullLiteralExpression)));
    }

    private static IEnumerable<string> Identifiers(ExpressionSyntax condition) =>
        condition.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText);

    private IEnumerable<ILocalSymbol> Locals(ExpressionSyntax condition)
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
