using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>Recognizes writes that limit the elements of a buffer.</summary>
internal static class BufferLimits
{
    private static readonly string[] SizeWords = ["nan", "inf", "finite", "abs", "norm", "max"];

    /// <summary>
    /// Whether a write limits its target, if that is a gradient: by a clamp, by a factor that bounds, or under a comparison.
    /// </summary>
    public static bool Limits(BufferWrite write, BufferFlow flow, BodyFacts facts)
    {
        if (write.Factor is { } factor)
            return GradientScale.Bounds(factor, write.Divides, write.Syntax, facts) || flow.ReadsNorm(write);
        return write.Kind is null && (IsLimiting(write) || IsLimitedNumber(write.NewValue!, flow));
    }

    /// <summary>
    /// Whether a write limits an error. A clamp does, and no other limiting function: the derivative of tanh computes the error.
    /// </summary>
    public static bool LimitsError(BufferWrite write) => write.NewValue is IInvocationOperation call && BufferWrite.IsClamp(call);

    /// <summary>Whether a value is a local number that was limited before: <c>if (x &gt; 5) x = 5; g[i] = x;</c>.</summary>
    private static bool IsLimitedNumber(IOperation value, BufferFlow flow) =>
        BufferAccess.LocalNumber(value) is { } local
        && flow.WritersOf(local).Any(write => write.Kind is null && IsLimiting(write));

    private static bool IsLimiting(BufferWrite write) => write.IsLimited || write.IsReplacedUnderCondition;

    /// <summary>
    /// <c>if (g &gt; limit) g = limit;</c> or <c>g = g &gt; limit ? limit : g</c>, but not <c>if (g is null) g = new float[n];</c>. What
    /// replaces a whole buffer is limited only if the condition is about its size: <c>if (Norm(g) &gt; limit) g = scaled;</c>.
    /// </summary>
    public static bool Replaces(BufferWrite write) => write.NewValue switch
    {
        null => false,
        IConditionalOperation choice => IsLimited(choice),
        var value => !BodyUpdates.IsComputed(value)
            && write.Syntax.FirstAncestorOrSelf<IfStatementSyntax>() is { } statement
            && Compares(statement.Condition, write.Target.Symbol)
            && (write.Target.IsNumber || TrainingVocabulary.ContainsAny(statement.Condition.ToString(), SizeWords)),
    };

    /// <summary><c>g &gt; limit ? limit : g</c>, also with another such choice instead of <c>g</c>.</summary>
    private static bool IsLimited(IConditionalOperation choice)
    {
        for (int depth = 0; depth < AnalysisLimits.ExpressionDepth; depth++)
        {
            IOperation first = choice.WhenTrue.WithoutConversions();
            IOperation? second = choice.WhenFalse?.WithoutConversions();
            if ((IsCompared(first, choice) && IsLimit(second)) || (IsCompared(second, choice) && IsLimit(first)))
                return true;
            if ((IsLimit(first) ? second : IsLimit(second) ? first : null) is not IConditionalOperation inner)
                return false;
            choice = inner;
        }

        return false;
    }

    private static bool IsCompared(IOperation? branch, IConditionalOperation choice) =>
        BufferAccess.Of(branch) is { IsNumber: true } access && Compares(choice.Condition.Syntax, access.Symbol);

    /// <summary>Whether a branch is a number other than zero, or its negative, and no gradient.</summary>
    private static bool IsLimit(IOperation? branch)
    {
        IOperation? number = branch is IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus, Operand: var operand }
            ? operand.WithoutConversions()
            : branch;
        return number?.ConstantNumber() is { } constant
            ? constant != 0
            : BufferAccess.Of(number) is { IsNumber: true, IsElement: false, Symbol: var symbol } && !NetworkNames.IsCandidate(symbol.Name);
    }

    private static bool Compares(SyntaxNode condition, ISymbol number) =>
        condition.DescendantNodesAndSelf().Any(part => IsComparison(part)
            && part.DescendantTokens().Any(token => token.ValueText == number.Name));

    /// <summary>Whether a condition tests the size of a number, or whether it is finite.</summary>
    private static bool IsComparison(SyntaxNode condition) => condition switch
    {
        BinaryExpressionSyntax comparison => comparison.Kind() is SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression
            or SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression,
        InvocationExpressionSyntax { Expression: var called } => TrainingVocabulary.ContainsAny(called.ToString(), SizeWords),
        _ => false,
    };
}
