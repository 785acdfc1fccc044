using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.Torch;

/// <summary>
/// Decides whether the program may test the norm that a clip returns for a NaN or an infinity. Such a program continues after a bad batch,
/// so the fix must not replace the norm by an exception.
/// </summary>
internal static class NormUses
{
    private const int MostVariables = 8;

    public static bool MayBeTested(IOperation clip)
    {
        var pending = new Queue<IOperation>();
        var seen = new HashSet<ILocalSymbol>(SymbolEqualityComparer.Default);
        pending.Enqueue(clip);
        while (pending.Count > 0)
        {
            IOperation value = pending.Dequeue();
            switch (UseOf(value))
            {
                case IVariableDeclaratorOperation declarator when seen.Add(declarator.Symbol):
                    Follow(declarator.Symbol);
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation local } when seen.Add(local.Local):
                    Follow(local.Local);
                    break;
                case IAssignmentOperation { Target: IDiscardOperation or ILocalReferenceOperation } or IVariableDeclaratorOperation or null:
                    break;
                case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } }:
                    // The uses in a called method of the program are not read.
                    if (IsTest(method) || !method.DeclaringSyntaxReferences.IsEmpty)
                        return true;
                    break;
                case IBinaryOperation { OperatorKind: var kind } binary:
                    if (IsComparison(kind))
                        return true;
                    pending.Enqueue(binary);
                    break;
                case IUnaryOperation unary:
                    pending.Enqueue(unary);
                    break;
                case IIsPatternOperation or ISwitchOperation or ISwitchExpressionOperation or IReturnOperation or IAssignmentOperation
                    or ITupleOperation or IInvocationOperation:
                    return true;
            }
        }

        return false;

        void Follow(ILocalSymbol variable)
        {
            if (seen.Count > MostVariables)
                return;
            foreach (IOperation read in clip.Root().DescendantsAndSelf())
            {
                if (read is ILocalReferenceOperation reference && !IsWritten(reference)
                    && SymbolEqualityComparer.Default.Equals(reference.Local, variable))
                {
                    pending.Enqueue(reference);
                }
            }
        }
    }

    /// <summary>The operation that uses the value; <see langword="null"/> if none does.</summary>
    private static IOperation? UseOf(IOperation value)
    {
        IOperation? use = value.Parent;
        while (use is IConversionOperation or IParenthesizedOperation or IVariableInitializerOperation or IConditionalOperation
            or ICoalesceOperation)
        {
            if (use is IConditionalOperation conditional && conditional.Condition == value)
                return use;
            value = use;
            use = use.Parent;
        }

        // For a call, the value is its receiver: norm.Equals(double.NaN), norm.ToString().
        return use is IInvocationOperation { Instance: { } instance } call && instance == value
            ? call.TargetMethod.ReturnType.SpecialType == SpecialType.System_Boolean ? call : null
            : use;
    }

    private static bool IsTest(IMethodSymbol method) =>
        method.ReturnType.SpecialType == SpecialType.System_Boolean || method.Name is "Sign" or "CompareTo" or "Compare";

    private static bool IsComparison(BinaryOperatorKind kind) =>
        kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan
            or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual;

    private static bool IsWritten(ILocalReferenceOperation reference) =>
        reference.Parent is ISimpleAssignmentOperation assignment && assignment.Target == reference;
}
