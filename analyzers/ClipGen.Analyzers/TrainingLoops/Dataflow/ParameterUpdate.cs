using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>A write that changes parameters by a gradient: <c>w -= rate * g</c>.</summary>
/// <param name="Write">The write.</param>
/// <param name="Gradients">The variables or members that hold the gradients.</param>
internal sealed record ParameterUpdate(BufferWrite Write, HashSet<ISymbol> Gradients)
{
    private const Derivation ScaledError = Derivation.Factored | Derivation.Combined;

    /// <summary>
    /// Whether a write adds to an old value or subtracts from it, and the old value is neither a gradient nor the state of an optimizer.
    /// </summary>
    public static bool HasShape(BufferWrite write)
    {
        BufferAccess target = write.Target;
        if (!target.IsStored || target.Path.Any(symbol => NetworkNames.IsGradient(symbol.Name))
            || ParameterName.IsState(target.Symbol.Name))
        {
            return false;
        }
        return write.Kind switch
        {
            BinaryOperatorKind.Add or BinaryOperatorKind.Subtract => true,
            null => IsMovedCopy(write) || (write.Reads.Contains(target.Symbol)
                && ((NetworkNames.IsParameter(target.Symbol.Name) && write.IsComputed) || IsMoved(write.NewValue!, target.Symbol))),
            _ => false,
        };
    }

    /// <summary>
    /// Whether the write updates parameters by the gradient, by its names and operations: parameters are named as such or after the
    /// gradient, or there is a learning rate. A factor of any other name can be the rate of what is named as a parameter.
    /// </summary>
    public static bool IsBy(ISymbol gradient, BufferWrite write, Dictionary<ISymbol, Derivation> derived)
    {
        if (!write.MovesParameters || write.LimitsChange || write.ReadsScale
            || SymbolEqualityComparer.Default.Equals(write.Target.Symbol, gradient))
        {
            return false;
        }
        Derivation derivation = write.ReadsRate ? Derivation.Rated : Derivation.None;
        bool reads = false;
        foreach (ISymbol read in write.Reads)
        {
            if (!derived.TryGetValue(read, out Derivation known))
                continue;
            reads = true;
            derivation |= known;
        }

        if (!reads || (derivation & Derivation.Limited) != 0)
            return false;
        bool isRated = (derivation & Derivation.Rated) != 0;
        string name = NameOf(write.Target);
        if (!NetworkNames.IsGradient(gradient.Name))
        {
            return (NetworkNames.IsParameter(name) && (isRated || NetworkNames.IsChange(gradient.Name) || IsScaledError(write, derivation)))
                || ((isRated || (NetworkNames.IsParameter(name) && write.Target.IsElement)) && NetworkNames.IsChangeOf(gradient.Name, name))
                || (isRated && (IsMovedCopy(write) || IsOuterProduct(write)))
                || IsMovedByChange(write, name, gradient)
                || (IsOfOwnIndexer(write) && NetworkNames.IsChange(gradient.Name))
                || IsMovedByProduct(write, name, derivation);
        }

        // B = B + dB: a difference that is computed here and added whole belongs to an iteration, not to gradient descent.
        if (!isRated && gradient is ILocalSymbol && !ParameterName.IsUnmistakable(name) && AddsWhole(write)
            && GradientName.Parse(gradient.Name) is { IsSpelledOut: false })
        {
            return false;
        }

        return isRated || NetworkNames.IsParameter(name)
            || GradientName.Parse(gradient.Name) is { } parsed && (parsed.Fit(name) > 0 || IsValueBeside(write, parsed, derived));
    }

    /// <summary>
    /// <c>weights[i] += epsilon * error * inputs[i]</c>: an error times two factors is added to a weight. One factor is enough for an
    /// element of a matrix, <c>weights[i, j] += error[i] * inputs[j]</c>, and for a link, <c>link.Weight += error * link.From.Output</c>.
    /// </summary>
    private static bool IsScaledError(BufferWrite write, Derivation derivation)
    {
        Derivation all = derivation | BufferFlow.ScalingBy(write);
        bool isCombined = (all & Derivation.Combined) != 0;
        return (isCombined && IsOfLink(write))
            || (((all & ScaledError) == ScaledError || (isCombined && IsElementOfMatrix(write)))
                && (write.Target.IsElement || ParameterName.IsUnmistakable(write.Target.Symbol.Name)));
    }

    /// <summary>
    /// <c>hiddenToOutput[i, j] += rate * delta[j] * hidden[i]</c>: nothing but a matrix of weights, whatever its name, changes by a
    /// rate, an error and one more element.
    /// </summary>
    private static bool IsOuterProduct(BufferWrite write) =>
        write is { Change: not null, Target: { IsElement: true, IsNumber: true }, Products: > 1 } && IsElementOfMatrix(write);

    private static bool IsOfLink(BufferWrite write) =>
        write is { Change: { } change, Target: { IsElement: false, Path: [IFieldSymbol or IPropertySymbol, ILocalSymbol link] } }
        && change.DescendantsAndSelf().Any(part =>
            BufferAccess.Of(part) is { Path: [IFieldSymbol or IPropertySymbol, IFieldSymbol or IPropertySymbol, ILocalSymbol other] }
            && SymbolEqualityComparer.Default.Equals(other, link));

    private static bool IsElementOfMatrix(BufferWrite write) =>
        write.TargetExpression is IArrayElementReferenceOperation { Indices.Length: 2 }
            or IArrayElementReferenceOperation { ArrayReference: IArrayElementReferenceOperation }
            or IPropertyReferenceOperation { Arguments.Length: 2 };

    /// <summary>
    /// <c>weights[i] += deltas[i]</c> or <c>link.Weight -= link.ErrorDerivative</c>: a stored change, which includes the learning rate, is
    /// added to a weight whole.
    /// </summary>
    private static bool IsMovedByChange(BufferWrite write, string name, ISymbol gradient) =>
        ParameterName.IsUnmistakable(name)
        && (NetworkNames.HasChangeWord(gradient.Name) || NetworkNames.IsDerivativeOfError(gradient.Name))
        && write.Change is { } change
        && BufferAccess.Of(change) is { Symbol: var added } access
        && access.IsElement == write.Target.IsElement
        && (access.IsElement || AreOfOneObject(access, write.Target))
        && SymbolEqualityComparer.Default.Equals(added, gradient);

    private static bool AreOfOneObject(BufferAccess left, BufferAccess right) =>
        left is { IsNumber: true, Symbol: IFieldSymbol or IPropertySymbol }
        && right is { IsNumber: true, Symbol: IFieldSymbol or IPropertySymbol }
        && left.Path.Skip(1).SequenceEqual(right.Path.Skip(1), SymbolEqualityComparer.Default);

    /// <summary>
    /// <c>neuron[i] += weightChanges[i]</c>: the program's own indexer stands for the parameters, and only the change says so.
    /// </summary>
    private static bool IsOfOwnIndexer(BufferWrite write) =>
        write is { Kind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract, Target: { IsElement: true, IsNumber: true } }
        && write.TargetExpression is IPropertyReferenceOperation { Property: { IsIndexer: true, DeclaringSyntaxReferences.Length: > 0 } };

    /// <summary>
    /// <c>change = Dot(inputs, error * derivative); weights += change</c>: the product of an error is added to a matrix of weights, by no
    /// rate or by one in the product.
    /// </summary>
    private static bool IsMovedByProduct(BufferWrite write, string name, Derivation derivation) =>
        write.Target is { IsNumber: false } target && BufferAccess.HoldsNumbers(target.Type)
        && (derivation & Derivation.Combined) != 0
        && NetworkNames.IsWeight(name)
        && write.Change is { } change && IsWhole(change);

    /// <summary>Whether a value is a variable, or a call without numbers on one: <c>change.Transpose()</c>.</summary>
    private static bool IsWhole(IOperation value) =>
        BufferAccess.Of(value) is not null
        || (value.WithoutConversions() is IInvocationOperation { Instance: { } instance, Arguments.Length: 0 }
            && BufferAccess.Of(instance) is not null);

    /// <summary>The name of the parameters: <c>weights</c> of <c>weights[i].Value</c>.</summary>
    private static string NameOf(BufferAccess target) =>
        NetworkNames.MayBeGradient(target.Symbol.Name)
            ? target.Symbol.Name
            : target.Path.Select(symbol => symbol.Name).FirstOrDefault(NetworkNames.IsParameter) ?? target.Symbol.Name;

    /// <summary><c>p.Data -= 0.1 * p.Grad</c>: value and gradient are members of one object.</summary>
    private static bool IsValueBeside(BufferWrite write, GradientName gradient, Dictionary<ISymbol, Derivation> derived) =>
        gradient.IsBare
        && ParameterName.IsValues(write.Target.Symbol.Name)
        && (write.Target.Path.Count == 1
            || write.Reads.Contains(write.Target.Path[1])
            || derived.Keys.Any(symbol => symbol is IParameterSymbol or ILocalSymbol && write.Reads.Contains(symbol)));

    /// <summary>Whether the write adds a variable without a factor.</summary>
    private static bool AddsWhole(BufferWrite write) => write switch
    {
        { Kind: BinaryOperatorKind.Add, Values: [var added] } => BufferAccess.Of(added) is not null,
        { NewValue: IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, RightOperand: var added } } =>
            BufferAccess.Of(added) is not null,
        _ => false,
    };

    /// <summary>
    /// <c>updated[i] = weights[i] - rate * gradient[i]</c>: the new parameters are stored apart from the old ones. The rate can be in a
    /// stored change.
    /// </summary>
    private static bool IsMovedCopy(BufferWrite write) =>
        write.Target.IsElement
        && write.Reads.Any(read =>
            (write.ReadsRate ? NetworkNames.IsParameter(read.Name) : ParameterName.IsUnmistakable(read.Name))
            && IsMoved(write.NewValue!, read));

    /// <summary>Whether a value is the variable itself, plus or minus something.</summary>
    private static bool IsMoved(IOperation value, ISymbol variable)
    {
        for (IOperation current = value.WithoutConversions(); ;)
        {
            switch (current)
            {
                case IParenthesizedOperation parenthesized:
                    current = parenthesized.Operand.WithoutConversions();
                    continue;
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } sum:
                    if (BufferAccess.IsOf(sum.LeftOperand, variable)
                        || (sum.OperatorKind == BinaryOperatorKind.Add && BufferAccess.IsOf(sum.RightOperand, variable)))
                    {
                        return true;
                    }
                    current = sum.LeftOperand.WithoutConversions();
                    continue;
                case IInvocationOperation call:
                    return (BufferWrite.IsSum(call.TargetMethod.Name) || BufferWrite.IsSumOfTwo(call.TargetMethod))
                        && (BufferAccess.IsOf(call.Instance, variable)
                            || (call.Arguments.Length > 0 && BufferAccess.IsOf(call.Arguments[0].Value, variable)));
                default:
                    return false;
            }
        }
    }
}
