using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Tensors;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>
/// Distinguishes a gradient that is scaled down to a limit from one that is averaged over micro-batches, divided by the loss scale of mixed
/// precision, or multiplied by a constant. The latter three bound nothing.
/// </summary>
internal static class GradientScale
{
    private const int DepthLimit = 3;

    private static readonly string[] ClipWords = ["clip", "norm", "coef", "clamp"];

    private static readonly string[] LimitWords = ["max", "min", "limit", "thresh", "bound", "cap", "ratio", "factor"];

    private static readonly string[] CountWords =
    [
        "accum", "count", "batch", "step", "num", "length", "size", "world", "replica", "sample", "token", "worker", "iter", "lossscale",
        "loss_scale", "mask",
    ];

    /// <summary>Whether multiplying (or dividing) a gradient by the factor clips it.</summary>
    public static Bound BoundOf(IOperation factor, bool divides, SyntaxNode site, BodyFacts facts)
    {
        (bool varies, List<string> names) = Read(factor, facts);
        if (!varies)
            return IsUnderLimit(site) ? Bound.Possible : Bound.None;
        if (names.Any(name => TrainingVocabulary.ContainsAny(name, ClipWords)))
            return Bound.Certain;
        if (names.Any(name => TrainingVocabulary.ContainsAny(name, LimitWords)))
            return Bound.Possible;
        if (names.Any(name => TrainingVocabulary.ContainsAny(name, CountWords)) || (names.Any(IsLossScale) && (divides || Divides(factor))))
            return Bound.None;
        return names.Any(IsLossScale) ? Bound.Certain : Bound.Possible;
    }

    /// <summary>Whether multiplying (or dividing) a gradient by the factor may clip it. If unsure, it does.</summary>
    public static bool MayClip(IOperation factor, bool divides, SyntaxNode site, BodyFacts facts) =>
        BoundOf(factor, divides, site, facts) != Bound.None;

    /// <summary>
    /// Whether the name of a factor says that it bounds. In hand-written networks, gradients are computed by products, and most factors are
    /// derivatives.
    /// </summary>
    public static bool Bounds(IOperation factor, bool divides, SyntaxNode site, BodyFacts facts)
    {
        (bool varies, List<string> names) = Read(factor, facts);
        if (!varies)
            return IsUnderLimit(site);
        return names.Any(name => TrainingVocabulary.ContainsAny(name, LimitWords) || TrainingVocabulary.Contains(name, "scale"))
            || ((divides || Divides(factor)) && names.Any(name => TrainingVocabulary.ContainsAny(name, ClipWords)))
            || IsUnderComparisonOf(names, site);
    }

    // if (total > 1) grad *= 1 / total
    private static bool IsUnderComparisonOf(List<string> names, SyntaxNode site) =>
        site.Ancestors().OfType<IfStatementSyntax>()
            .SelectMany(statement => statement.Condition.DescendantNodesAndSelf().OfType<BinaryExpressionSyntax>())
            .Where(comparison => comparison.Kind() is SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression
                or SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression)
            .Any(comparison =>
                comparison.DescendantTokens().Any(token => token.IsKind(SyntaxKind.IdentifierToken) && names.Contains(token.ValueText)));

    /// <summary>Whether the factor varies, and the names in it and in the values of its variables.</summary>
    private static (bool Varies, List<string> Names) Read(IOperation factor, BodyFacts facts)
    {
        var names = new List<string>();
        var seen = new HashSet<ILocalSymbol>(SymbolEqualityComparer.Default);
        bool varies = false;
        var pending = new Queue<(IOperation Expression, int Depth)>();
        pending.Enqueue((factor, 0));
        while (pending.Count > 0)
        {
            (IOperation expression, int depth) = pending.Dequeue();
            foreach (IOperation part in expression.DescendantsAndSelf())
            {
                // Only the factor itself decides whether it varies.
                varies |= AddName(part, names) && depth == 0;
                if (part is not ILocalReferenceOperation { Local: { HasConstantValue: false } local } || depth == DepthLimit
                    || !seen.Add(local))
                {
                    continue;
                }
                foreach (IOperation value in facts.ValuesOf(local))
                    pending.Enqueue((value, depth + 1));
            }
        }

        return (varies, names);
    }

    /// <returns>Whether the operation varies.</returns>
    private static bool AddName(IOperation part, List<string> names)
    {
        switch (part)
        {
            case IFieldReferenceOperation { Field: { HasConstantValue: true } field }:
                names.Add(field.Name);
                return false;
            case ILocalReferenceOperation { Local: { HasConstantValue: true } constant }:
                names.Add(constant.Name);
                return false;
            case ILocalReferenceOperation { Local: var local }:
                names.Add(NameOf(local.Name, local.Type));
                return true;
            case IParameterReferenceOperation { Parameter: var parameter }:
                names.Add(NameOf(parameter.Name, parameter.Type));
                return true;
            case IMemberReferenceOperation member:
                names.Add(NameOf(member.Member.Name, member.Type));
                return true;
            case IInvocationOperation invocation:
                names.Add(invocation.TargetMethod.Name);
                return true;
            default:
                return part is IInvalidOperation;
        }
    }

    /// <summary>An integer is a count, whatever its name.</summary>
    private static string NameOf(string name, ITypeSymbol? type) =>
        type?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 ? "count" : name;

    // if (norm > limit) grad.mul_(0.1)
    private static bool IsUnderLimit(SyntaxNode site) =>
        site.Ancestors().OfType<IfStatementSyntax>()
            .Any(condition => condition.Condition.DescendantTokens().Any(token =>
                TrainingVocabulary.ContainsAny(token.ValueText, LimitWords) || TrainingVocabulary.ContainsAny(token.ValueText, ClipWords)));

    private static bool Divides(IOperation factor) =>
        factor.DescendantsAndSelf().Any(part => part is IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide });

    private static bool IsLossScale(string name) => TrainingVocabulary.Contains(name, "scale");
}
