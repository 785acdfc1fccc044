using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// Recognizes gradients without a telling name by how they are computed: <c>gamma[i] = (output[i] - target[i]) * Derivative(output[i])</c>.
/// In a body without an update, what is computed like one counts for the steps that apply it.
/// </summary>
internal static class BackwardStructure
{
    private static readonly HashSet<string> DerivativeWords =
        ["derivative", "derivatives", "derivate", "derive", "derived", "deriv", "prime", "derivation"];

    private static readonly HashSet<string> TargetWords =
        ["target", "targets", "expected", "desired", "label", "labels", "ideal", "truth", "teacher", "answer", "answers"];

    /// <summary>Whether the body updates anything with a learning rate, or with a factor that may be one.</summary>
    public static bool MayBeIn(BufferFlow flow) => flow.Writes.Any(MovesByRate);

    /// <summary>
    /// Whether the body stores the derivative of the loss in a variable and updates parameters with it, or updates the value whose change
    /// the variable's name says it is.
    /// </summary>
    public static bool IsIn(ISymbol symbol, BufferFlow flow) =>
        flow.ReadersOf(symbol).Any(write =>
            write.ReadsRate && write.MovesParameters
            && (NetworkNames.IsChangeOf(symbol.Name, write.Target.Symbol.Name) || OthersIn(symbol, write, flow) == 0))
        || IsStored(symbol, flow);

    /// <summary>
    /// Whether the variable is one of two factors that a rate is multiplied by: <c>weights[i] += rate * x * y[i]</c>. Either can be the
    /// error. How it is written tells which one.
    /// </summary>
    public static bool MayBeError(ISymbol symbol, BufferFlow flow) =>
        flow.ReadersOf(symbol).Any(write => MovesByRate(write) && OthersIn(symbol, write, flow) == 1);

    private static bool MovesByRate(BufferWrite write) => write.MovesParameters && (write.ReadsRate || write.HasFactor);

    /// <summary>
    /// The number of other variables, besides rates, that a variable is multiplied by in a change of parameters; <see langword="null"/> if
    /// the change is no such product. Without any, as in <c>weights[i] -= rate * x[i]</c>, nothing else can be the gradient, whatever its
    /// name.
    /// </summary>
    private static int? OthersIn(ISymbol symbol, BufferWrite write, BufferFlow flow)
    {
        if (!IsStoredInElements(symbol, flow)
            || SymbolEqualityComparer.Default.Equals(symbol, write.Target.Symbol)
            || !NetworkNames.IsParameter(write.Target.Symbol.Name)
            || (ParameterName.IsActivation(symbol.Name) && !NetworkNames.NamesError(symbol.Name))
            || IsNamed(symbol, TargetWords)
            || write.Change is not { } change
            || FactorsOf(change) is not { Count: > 1 } factors
            || factors.Count(factor => BufferAccess.IsOf(factor, symbol)) != 1)
        {
            return null;
        }

        BufferAccess?[] others =
        [
            .. factors.Where(factor => !BufferAccess.IsOf(factor, symbol) && factor.ConstantNumber() is null)
                .Select(BufferAccess.Of)
                .Where(other => other is not { } access || !(write.IsLearningRate(access.Symbol) || IsSpelledRate(access))),
        ];
        return others.All(other => other is not null) ? others.Length : null;
    }

    private static bool IsStoredInElements(ISymbol symbol, BufferFlow flow) =>
        symbol is IFieldSymbol or IPropertySymbol
        || (symbol is ILocalSymbol && flow.WritersOf(symbol).Any(fill => fill.Target.IsElement));

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
        && flow.WritersOf(symbol).Any(write => write.Target.IsElement && write.IsDerivative);

    /// <summary>
    /// A product with a derivative, or with the difference to a target. <c>a * (1 - a)</c> is the derivative of the logistic function, and
    /// <c>1 - a * a</c> that of the hyperbolic tangent.
    /// </summary>
    public static bool IsDerivative(BufferWrite write) =>
        write.Values.SelectMany(value => value.DescendantsAndSelf()).Any(part => part switch
        {
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply } product =>
                IsComplement(product.LeftOperand, product.RightOperand) || IsComplement(product.RightOperand, product.LeftOperand),
            IInvocationOperation call => IsNamed(call.TargetMethod, DerivativeWords) || IsSlopeOfActivation(call.TargetMethod.Name),
            IMemberReferenceOperation member => IsNamed(member.Member, DerivativeWords),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract } difference =>
                IsTarget(difference.LeftOperand) || IsTarget(difference.RightOperand)
                || (difference.LeftOperand.ConstantNumber() == 1 && IsSquare(difference.RightOperand)),
            _ => false,
        });

    private static bool IsComplement(IOperation value, IOperation complement) =>
        complement.WithoutConversions() is IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract } subtraction
        && subtraction.LeftOperand.ConstantNumber() == 1
        && BufferAccess.Of(subtraction.RightOperand) is { } subtracted
        && BufferAccess.IsOf(value, subtracted.Symbol);

    private static bool IsSquare(IOperation value) => value.WithoutConversions() switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply } product =>
            BufferAccess.Of(product.LeftOperand) is { } factor && BufferAccess.IsOf(product.RightOperand, factor.Symbol),
        IInvocationOperation { TargetMethod.Name: "Pow", Arguments: [_, { Value: var power }] } => power.ConstantNumber() == 2,
        _ => false,
    };

    private static bool IsSpelledRate(BufferAccess access) =>
        access is { IsNumber: true, IsElement: false, Path.Count: 1 } && NetworkNames.IsSpelledRate(access.Symbol.Name);

    private static bool IsSlopeOfActivation(string name) =>
        TrainingVocabulary.Contains(name, "slope") && TrainingVocabulary.Contains(name, "activ");

    private static bool IsTarget(IOperation operand) => BufferAccess.Of(operand) is { } access && IsNamed(access.Symbol, TargetWords);

    private static bool IsNamed(ISymbol symbol, HashSet<string> words) => IdentifierWords.Of(symbol.Name).Any(words.Contains);
}
