using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// Recognizes gradients without a telling name by how they are computed: <c>gamma[i] = (output[i] - target[i]) * Derivative(output[i])</c>.
/// It is applied only to bodies with a learning rate.
/// </summary>
internal static class BackwardStructure
{
    private static readonly HashSet<string> DerivativeWords =
        ["derivative", "derivatives", "derivate", "derive", "derived", "deriv", "prime", "derivation"];

    private static readonly HashSet<string> TargetWords =
        ["target", "targets", "expected", "desired", "label", "labels", "ideal", "truth", "teacher", "answer", "answers"];

    /// <summary>Whether the body updates anything with a learning rate.</summary>
    public static bool MayBeIn(BufferFlow flow) => flow.Writes.Any(write => write.ReadsRate && write.MovesParameters);

    /// <summary>
    /// Whether the body stores the derivative of the loss in a variable and updates parameters with it, or updates the value whose change
    /// the variable's name says it is.
    /// </summary>
    public static bool IsIn(ISymbol symbol, BufferFlow flow) =>
        flow.ReadersOf(symbol).Any(write =>
            write.ReadsRate && write.MovesParameters && NetworkNames.IsChangeOf(symbol.Name, write.Target.Symbol.Name))
        || IsStored(symbol, flow);

    private static bool IsStored(ISymbol symbol, BufferFlow flow) =>
        symbol is ILocalSymbol or IFieldSymbol or IPropertySymbol
        && !ParameterName.IsUnmistakable(symbol.Name)
        && flow.ReadersOf(symbol).Any(write => write.ReadsRate && NetworkNames.IsParameter(write.Target.Symbol.Name))
        && flow.WritersOf(symbol).Any(write => write.Target.IsElement && IsDerivative(write));

    /// <summary>A product with a derivative, or with the difference to a target.</summary>
    private static bool IsDerivative(BufferWrite write) =>
        write.Values.SelectMany(value => value.DescendantsAndSelf()).Any(part => part switch
        {
            IInvocationOperation call => IsNamed(call.TargetMethod, DerivativeWords),
            IMemberReferenceOperation member => IsNamed(member.Member, DerivativeWords),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract } difference =>
                IsTarget(difference.LeftOperand) || IsTarget(difference.RightOperand),
            _ => false,
        });

    private static bool IsTarget(IOperation operand) => BufferAccess.Of(operand) is { } access && IsNamed(access.Symbol, TargetWords);

    private static bool IsNamed(ISymbol symbol, HashSet<string> words) => IdentifierWords.Of(symbol.Name).Any(words.Contains);
}
