using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;
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
            write.ReadsRate && write.MovesParameters
            && (NetworkNames.IsChangeOf(symbol.Name, write.Target.Symbol.Name) || IsRateTimes(symbol, write, flow)))
        || IsStored(symbol, flow);

    /// <summary><c>weights[i] -= rate * x[i]</c>: nothing else can be the gradient, whatever its name.</summary>
    private static bool IsRateTimes(ISymbol symbol, BufferWrite write, BufferFlow flow) =>
        (symbol is IFieldSymbol or IPropertySymbol
            || (symbol is ILocalSymbol && flow.WritersOf(symbol).Any(fill => fill.Target.IsElement)))
        && !SymbolEqualityComparer.Default.Equals(symbol, write.Target.Symbol)
        && NetworkNames.IsParameter(write.Target.Symbol.Name)
        && !ParameterName.IsActivation(symbol.Name)
        && write.Change is { } change
        && FactorsOf(change) is { Count: > 1 } factors
        && factors.Count(factor => BufferAccess.IsOf(factor, symbol)) == 1
        && factors.All(factor => BufferAccess.IsOf(factor, symbol) || factor.ConstantNumber() is not null
            || (BufferAccess.Of(factor) is { } rate && write.IsLearningRate(rate.Symbol)));

    private static List<IOperation> FactorsOf(IOperation product)
    {
        var factors = new List<IOperation>();
        var pending = new Stack<IOperation>([product]);
        while (pending.Count > 0)
        {
            IOperation part = pending.Pop().WithoutConversions();
            switch (part)
            {
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply } times:
                    pending.Push(times.LeftOperand);
                    pending.Push(times.RightOperand);
                    break;
                // rate / batchSize
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide } quotient when IsCount(quotient.RightOperand):
                    pending.Push(quotient.LeftOperand);
                    break;
                case IParenthesizedOperation parenthesized:
                    pending.Push(parenthesized.Operand);
                    break;
                default:
                    factors.Add(part);
                    break;
            }
        }

        return factors;
    }

    /// <summary>Whether a value is a number of items, or a constant.</summary>
    private static bool IsCount(IOperation value) =>
        value.ConstantNumber() is not null
        || value.WithoutConversions().Type?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64;

    private static bool IsStored(ISymbol symbol, BufferFlow flow) =>
        symbol is ILocalSymbol or IFieldSymbol or IPropertySymbol
        && !ParameterName.IsUnmistakable(symbol.Name)
        && flow.ReadersOf(symbol).Any(write => write.ReadsRate && NetworkNames.IsParameter(write.Target.Symbol.Name))
        && flow.WritersOf(symbol).Any(write => write.Target.IsElement && IsDerivative(write));

    /// <summary>A product with a derivative, or with the difference to a target.</summary>
    public static bool IsDerivative(BufferWrite write) =>
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
