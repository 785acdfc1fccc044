using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>
/// Tells a gradient that is scaled down to a limit from one that is averaged over micro-batches, freed of the loss scale of mixed precision,
/// or multiplied by a constant: those bound nothing.
/// </summary>
internal static class GradientScale
{
    private const int DepthLimit = 3;

    private static readonly string[] LimitWords =
        ["clip", "norm", "max", "min", "limit", "coef", "thresh", "bound", "cap", "clamp", "ratio", "factor"];

    private static readonly string[] CountWords =
        ["accum", "count", "batch", "step", "num", "length", "size", "world", "replica", "sample", "token", "worker", "iter", "lossscale", "loss_scale"];

    /// <summary>Whether a gradient times (or divided by) the factor may be a clipped one. On doubt it is.</summary>
    public static bool MayClip(IOperation factor, bool divides, SyntaxNode site, BodyFacts facts)
    {
        var names = new List<string>();
        bool isConstant = !Read(factor, facts, names, 0);
        if (isConstant)
            return IsUnderLimit(site);
        if (names.Any(name => ContainsAny(name, LimitWords)))
            return true;
        return !names.Any(name => ContainsAny(name, CountWords)) && !(names.Any(IsLossScale) && (divides || Divides(factor)));
    }

    /// <returns>Whether anything in the expression varies.</returns>
    private static bool Read(IOperation expression, BodyFacts facts, List<string> names, int depth)
    {
        bool varies = false;
        foreach (IOperation part in expression.DescendantsAndSelf())
        {
            switch (part)
            {
                case IFieldReferenceOperation { Field.HasConstantValue: true } or ILocalReferenceOperation { Local.HasConstantValue: true }:
                    names.Add(((part as IFieldReferenceOperation)?.Field.Name ?? (part as ILocalReferenceOperation)?.Local.Name)!);
                    break;
                case ILocalReferenceOperation local:
                    varies = true;
                    names.Add(IsWhole(local.Type) ? "count" : local.Local.Name);
                    foreach (IOperation value in depth < DepthLimit ? facts.ValuesOf(local.Local) : [])
                        Read(value, facts, names, depth + 1);
                    break;
                case IParameterReferenceOperation parameter:
                    varies = true;
                    names.Add(IsWhole(parameter.Type) ? "count" : parameter.Parameter.Name);
                    break;
                case IMemberReferenceOperation member:
                    varies = true;
                    names.Add(IsWhole(member.Type) ? "count" : member.Member.Name);
                    break;
                case IInvocationOperation invocation:
                    varies = true;
                    names.Add(invocation.TargetMethod.Name);
                    break;
                case IInvalidOperation:
                    varies = true;
                    break;
            }
        }

        return varies;
    }

    // if (norm > limit) grad.mul_(0.1)
    private static bool IsUnderLimit(SyntaxNode site) =>
        site.Ancestors().OfType<IfStatementSyntax>().Any(condition => condition.Condition.DescendantTokens().Any(token => ContainsAny(token.ValueText, LimitWords)));

    private static bool Divides(IOperation factor) => factor.DescendantsAndSelf().Any(part => part is IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide });

    private static bool IsLossScale(string name) => TrainingVocabulary.Contains(name, "scale");

    private static bool IsWhole(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64;

    private static bool ContainsAny(string name, string[] words) => words.Any(word => TrainingVocabulary.Contains(name, word));
}
