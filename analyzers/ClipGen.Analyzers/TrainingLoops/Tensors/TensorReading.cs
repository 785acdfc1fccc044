using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Tensors;

/// <summary>
/// Reads one tensor, through the variables that lead to it. It ends after <see cref="AnalysisLimits.ExpressionsOfGradient"/> expressions,
/// and then the tensor may be anything.
/// </summary>
internal sealed class TensorReading(KnownTypes types, MemberValues members, BodyFacts facts)
{
    private static readonly HashSet<string> Sequences =
    [
        "Where", "ToArray", "ToList", "AsEnumerable", "OfType", "Cast", "Distinct", "ToHashSet", "ToImmutableArray", "AsReadOnly",
        "OrderBy", "Reverse", "Take", "Skip", "TakeWhile", "SkipWhile", "TakeLast", "SkipLast", "AsSpan", "GetRange", "AsParallel",
        "Concat", "Append", "Prepend",
    ];

    private static readonly HashSet<string> Items = ["First", "FirstOrDefault", "Single", "Last", "LastOrDefault", "ElementAt"];

    private readonly HashSet<ILocalSymbol> _active = new(SymbolEqualityComparer.Default);
    private int _left = AnalysisLimits.ExpressionsOfGradient;

    public TensorValue Of(IOperation? tensor) => Of(tensor, 0);

    public TensorValue ElementOf(IOperation? collection) => ElementOf(collection, 0);

    /// <summary>
    /// Whether the expression is a mask: certain if it compares a gradient, none if it compares something else, possible if it is no mask.
    /// </summary>
    public Bound Compares(IOperation expression) => Compares(expression, 0);

    private bool IsTooFar(int depth) => depth > AnalysisLimits.TensorDepth || --_left < 0;

    private TensorValue Of(IOperation? tensor, int depth)
    {
        if (IsTooFar(depth))
            return TensorValue.Unknown;
        switch (tensor)
        {
            case IPropertyReferenceOperation property when types.IsGradient(property):
                return new TensorValue(TensorOrigin.Gradient, property.Instance.WithoutPlaceholder(), IsShared: true);
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } indexed }:
                return types.IsTensor(indexed.Type) ? Of(indexed, depth + 1) : ElementOf(indexed, depth + 1);
            case IArrayElementReferenceOperation element:
                return ElementOf(element.ArrayReference, depth + 1);
            case IFieldReferenceOperation or IPropertyReferenceOperation when types.IsTensor(tensor.Type):
                return OfMember((IMemberReferenceOperation)tensor, (reading, value) => reading.Of(value, depth + 1));
            case IInvocationOperation invocation:
                return OfInvocation(invocation, depth);
            case IBinaryOperation binary:
                return OfBinary(binary.OperatorKind, binary.LeftOperand, binary.RightOperand, binary.Syntax, depth);
            case ICompoundAssignmentOperation compound:
                return OfBinary(compound.OperatorKind, compound.Target, compound.Value, compound.Syntax, depth);
            case IUnaryOperation unary:
                return Of(unary.Operand, depth + 1).Computed();
            case IConversionOperation conversion:
                return Of(conversion.Operand, depth + 1);
            case IConditionalAccessOperation access:
                return Of(access.WhenNotNull, depth + 1);
            case IConditionalAccessInstanceOperation placeholder:
                return Of(placeholder.ConditionalReceiver(), depth + 1);
            case ISimpleAssignmentOperation assignment:
                return Of(assignment.Value, depth + 1);
            case ICoalesceOperation coalesce:
                return Of(coalesce.Value, depth + 1).Or(Of(coalesce.WhenNull, depth + 1));
            case IConditionalOperation { WhenFalse: { } otherwise } conditional:
                return Of(conditional.WhenTrue, depth + 1).Or(Of(otherwise, depth + 1));
            case ISwitchExpressionOperation choice:
                return choice.Arms.Aggregate(TensorValue.Itself, (value, arm) => value.Or(Of(arm.Value, depth + 1)));
            case ILocalReferenceOperation local:
                return OfLocal(local, depth);
            case IParameterReferenceOperation parameter:
                return OfParameter(parameter, depth);
            case IDefaultValueOperation or ILiteralOperation { ConstantValue: { HasValue: true, Value: null } }:
                return new TensorValue(TensorOrigin.Zero);
            case IInvalidOperation or IDynamicInvocationOperation or IAwaitOperation:
                return TensorValue.Unknown;
            default:
                return TensorValue.Other;
        }
    }

    private TensorValue OfLocal(ILocalReferenceOperation reference, int depth)
    {
        ILocalSymbol local = reference.Local;
        if (!_active.Add(local))
            return TensorValue.Itself;
        TensorValue value = TensorValue.Itself;
        if (types.IsTensor(local.Type) && facts.CollectionOf(local) is { } collection)
            value = OfLoopVariable(local, collection, depth);
        foreach (IOperation each in facts.ValuesOf(local))
            value = value.Or(Of(each, depth + 1));
        foreach (IInvocationOperation call in facts.CallsOn(local))
            value = value.Or(ChangedBy(call, value, depth));
        _active.Remove(local);
        return value.Origin == TensorOrigin.Itself ? TensorValue.Other : value;
    }

    /// <summary>
    /// What a call such as <c>copy.clamp_(-1, 1)</c>, and those that follow it in a chain, make of the tensor that it changes in place.
    /// </summary>
    private TensorValue ChangedBy(IInvocationOperation call, TensorValue value, int depth)
    {
        TensorValue changed = TensorValue.Itself;
        IOperation? next = call;
        for (; next is IInvocationOperation { TargetMethod.Name: var name } link && TensorOperations.IsInPlace(name); next = link.Parent)
        {
            ImmutableArray<IOperation> operands = TensorOperations.OperandsOf(link);
            if (TensorOperations.IsSum(name) || name == "copy_")
                changed = operands.Skip(1).Where(IsTensor).Aggregate(changed, (sum, operand) => sum.Or(Of(operand, depth + 1).Computed()));
            // What is done to the gradient itself is an event of its own.
            else if (!value.IsShared && TensorOperations.IsLimit(name))
                changed = changed.Within(Bound.Certain);
            else if (!value.IsShared && operands.Length > 1 && (TensorOperations.IsProduct(name) || TensorOperations.IsQuotient(name)))
                changed = changed.Within(BoundOf(operands[1], TensorOperations.IsQuotient(name), link.Syntax, depth));
            else if (!value.IsShared && TensorOperations.IsMasked(name) && AnyCompares(operands, depth))
                changed = changed.Within(Bound.Certain);
        }

        return changed;
    }

    private TensorValue OfLoopVariable(ILocalSymbol local, IOperation collection, int depth)
    {
        // foreach (var (p, g) in parameters.Zip(gradients))
        if (collection.WithoutConversions() is IInvocationOperation { TargetMethod.Name: "Zip" } zip && PlaceInTuple(local) is { } place)
        {
            ImmutableArray<IOperation> sequences = TensorOperations.OperandsOf(zip);
            return place < sequences.Length ? ElementOf(sequences[place], depth + 1) : TensorValue.Unknown;
        }

        return ElementOf(collection, depth + 1);
    }

    private static int? PlaceInTuple(ILocalSymbol local)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not SingleVariableDesignationSyntax designation)
            return null;
        return designation.Parent switch
        {
            ParenthesizedVariableDesignationSyntax tuple => tuple.Variables.IndexOf(designation),
            DeclarationExpressionSyntax { Parent: ArgumentSyntax { Parent: TupleExpressionSyntax tuple } item } =>
                tuple.Arguments.IndexOf(item),
            _ => null,
        };
    }

    private TensorValue OfParameter(IParameterReferenceOperation reference, int depth)
    {
        if (LambdaCollection.Of(reference) is { } source && ElementOf(source, depth + 1) is { Origin: not TensorOrigin.Other } element)
            return element;
        return types.IsTensor(reference.Type) && IsNamedGradient(reference.Parameter.Name)
            ? new TensorValue(TensorOrigin.Gradient, reference, IsShared: true)
            : TensorValue.Other;
    }

    private TensorValue OfMember(IMemberReferenceOperation member, Func<TensorReading, IOperation, TensorValue> read)
    {
        TensorValue value = TensorValue.Itself;
        foreach (MemberValues.Value each in members.Of(member.Member))
        {
            if (each.Facts is { } around)
                value = value.Or(read(new TensorReading(types, members, around) { _left = _left / 2 }, each.Operation));
        }

        if (value.IsGradient)
            return value;
        return IsNamedGradient(member.Member.Name) ? new TensorValue(TensorOrigin.Gradient, null, IsShared: true) : TensorValue.Other;
    }

    private TensorValue OfBinary(BinaryOperatorKind kind, IOperation left, IOperation right, SyntaxNode site, int depth)
    {
        switch (kind)
        {
            case BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide:
                return Scaled(left, right, kind == BinaryOperatorKind.Divide, site, depth).Computed();
            case BinaryOperatorKind.Add or BinaryOperatorKind.Subtract:
                return Of(left, depth + 1).Or(Of(right, depth + 1)).Computed();
            default:
                return TensorValue.Other;
        }
    }

    private TensorValue Scaled(IOperation left, IOperation right, bool divides, SyntaxNode site, int depth)
    {
        TensorValue scaled = Of(left, depth + 1);
        if (scaled.IsGradient || scaled.Origin is TensorOrigin.Unknown or TensorOrigin.Itself)
            return scaled.Within(BoundOf(right, divides, site, depth));
        TensorValue other = divides ? TensorValue.Other : Of(right, depth + 1);
        return other.IsGradient || other.Origin is TensorOrigin.Unknown or TensorOrigin.Itself
            ? other.Within(BoundOf(left, false, site, depth))
            : TensorValue.Other;
    }

    /// <summary>Whether a gradient that is multiplied with the factor, or divided by it, is limited.</summary>
    private Bound BoundOf(IOperation factor, bool divides, SyntaxNode site, int depth)
    {
        if (Compares(factor, depth + 1) is not Bound.Possible and var mask)
            return mask;
        return Reduces(factor, depth + 1) ? Bound.Certain : GradientScale.BoundOf(factor, divides, site, facts);
    }

    /// <summary>Whether the expression is a size of the gradient, such as its norm.</summary>
    private bool Reduces(IOperation factor, int depth)
    {
        foreach (IOperation part in factor.DescendantsAndSelf())
        {
            if (IsTooFar(depth))
                return false;
            if (part is IInvocationOperation { TargetMethod: var method } reduction && TensorOperations.IsReduction(method.Name)
                && TensorOperations.OperandsOf(reduction).Any(MentionsGradient))
            {
                return true;
            }

            if (part is ILocalReferenceOperation local && _active.Add(local.Local))
            {
                bool reduces = facts.ValuesOf(local.Local).Any(value => Reduces(value, depth + 1));
                _active.Remove(local.Local);
                if (reduces)
                    return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the expression contains a gradient. A variable whose value is being read counts: <c>u = u / u.norm()</c>.
    /// </summary>
    private bool MentionsGradient(IOperation operand) =>
        operand.DescendantsAndSelf().Any(part =>
            types.IsGradient(part)
            || (part is ILocalReferenceOperation local && IsTensor(part)
                && (_active.Contains(local.Local) || Of(part, 0).IsGradient)));

    private bool AnyCompares(ImmutableArray<IOperation> operands, int depth) =>
        operands.Any(operand => Compares(operand, depth + 1) == Bound.Certain);

    private Bound Compares(IOperation expression, int depth)
    {
        Bound found = Bound.Possible;
        foreach (IOperation part in expression.DescendantsAndSelf())
        {
            if (IsTooFar(depth))
                return Bound.Possible;
            if (IsComparison(part))
            {
                if (part.ChildOperations.Any(MentionsGradient))
                    return Bound.Certain;
                found = Bound.None;
            }
            else if (IsTest(part))
            {
                found = Bound.None;
            }
            else if (part is ILocalReferenceOperation local && IsTensor(part) && _active.Add(local.Local))
            {
                Bound[] values = [.. facts.ValuesOf(local.Local).Select(value => Compares(value, depth + 1))];
                _active.Remove(local.Local);
                if (values.Contains(Bound.Certain))
                    return Bound.Certain;
                found = values.Contains(Bound.None) ? Bound.None : found;
            }
        }

        return found;
    }

    private bool IsComparison(IOperation part) => part switch
    {
        IInvocationOperation { TargetMethod: var method } =>
            types.IsTorchSharp(method.ContainingType) && TensorOperations.IsComparison(method.Name),
        IBinaryOperation binary => IsTensor(binary) && binary.OperatorKind is BinaryOperatorKind.GreaterThan
            or BinaryOperatorKind.GreaterThanOrEqual or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual,
        _ => false,
    };

    private bool IsTest(IOperation part) => part switch
    {
        IInvocationOperation { TargetMethod: var method } =>
            types.IsTorchSharp(method.ContainingType) && TensorOperations.IsTest(method.Name),
        IBinaryOperation binary => IsTensor(binary) && binary.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals,
        _ => false,
    };

    private TensorValue OfInvocation(IInvocationOperation invocation, int depth)
    {
        string name = invocation.TargetMethod.Name;
        ImmutableArray<IOperation> operands = TensorOperations.OperandsOf(invocation);
        if (operands.IsEmpty)
            return TensorValue.Other;
        if (!types.IsTorchSharp(invocation.TargetMethod.ContainingType))
        {
            if (Items.Contains(name))
                return ElementOf(operands[0], depth + 1);
            return operands.Where(IsTensor).Any(operand => Of(operand, depth + 1).Origin is not (TensorOrigin.Other or TensorOrigin.Zero))
                ? TensorValue.Unknown
                : TensorValue.Other;
        }

        if (name is "grad" or "get_grad" && IsTensor(operands[0]))
            return new TensorValue(TensorOrigin.Gradient, operands[0].WithoutPlaceholder(), IsShared: true);
        if (name is "zeros" or "zeros_like")
            return new TensorValue(TensorOrigin.Zero);
        if (name is "stack" or "cat")
            return ElementOf(operands[0], depth + 1).Computed();
        TensorValue value = OfTensorMethod(name, operands, invocation.Syntax, depth);
        return TensorOperations.IsInPlace(name) || TensorOperations.IsView(name) ? value : value.Computed();
    }

    private TensorValue OfTensorMethod(string name, ImmutableArray<IOperation> operands, SyntaxNode site, int depth)
    {
        if (operands.Length > 1 && (TensorOperations.IsProduct(name) || TensorOperations.IsQuotient(name)))
            return Scaled(operands[0], operands[1], TensorOperations.IsQuotient(name), site, depth);
        if (TensorOperations.IsView(name) || TensorOperations.IsCopy(name) || name is "zero_" or "fill_" or "copy_")
            return Of(operands[0], depth + 1);
        if (TensorOperations.IsReduction(name) || TensorOperations.IsComparison(name) || TensorOperations.IsTest(name))
            return TensorValue.Other;
        TensorValue all = operands.Where(IsTensor).Aggregate(TensorValue.Itself, (value, operand) => value.Or(Of(operand, depth + 1)));
        if (TensorOperations.IsLimit(name))
            return all.Within(Bound.Certain);
        if (TensorOperations.IsSum(name))
            return all;
        if (TensorOperations.IsMasked(name))
            return AnyCompares(operands, depth) ? all.Within(Bound.Certain) : all;
        return all.Origin is TensorOrigin.Other or TensorOrigin.Zero or TensorOrigin.Itself ? TensorValue.Other : TensorValue.Unknown;
    }

    private TensorValue ElementOf(IOperation? collection, int depth)
    {
        if (IsTooFar(depth))
            return TensorValue.Unknown;
        switch (collection)
        {
            case IConversionOperation conversion:
                return ElementOf(conversion.Operand, depth + 1);
            case ITranslatedQueryOperation query:
                return ElementOf(query.Operation, depth + 1);
            case IConditionalAccessOperation access:
                return ElementOf(access.WhenNotNull, depth + 1);
            case IConditionalAccessInstanceOperation placeholder:
                return ElementOf(placeholder.ConditionalReceiver(), depth + 1);
            case IInvocationOperation invocation:
                return ElementOfResult(invocation, depth);
            case IArrayCreationOperation { Initializer: { } initializer }:
                return Any(initializer.ElementValues, depth);
            case IObjectCreationOperation { Arguments.Length: > 0 } creation:
                return ElementOf(creation.Arguments[0].Value, depth + 1);
            case ILocalReferenceOperation local:
                return ElementOfLocal(local.Local, depth);
            case IParameterReferenceOperation parameter:
                return IsNamedGradient(parameter.Parameter.Name)
                    ? new TensorValue(TensorOrigin.Gradient, null, IsShared: true)
                    : TensorValue.Other;
            case IFieldReferenceOperation or IPropertyReferenceOperation:
                return OfMember((IMemberReferenceOperation)collection, (reading, value) => reading.ElementOf(value, depth + 1));
            default:
                return collection?.IsCollectionExpression() == true
                    ? Any(collection.ChildOperations, depth)
                    : TensorValue.Other;
        }
    }

    private TensorValue Any(IEnumerable<IOperation> items, int depth) =>
        items.Aggregate(
            TensorValue.Itself,
            (value, item) => value.Or(item.SpreadOperand() is { } spread ? ElementOf(spread, depth + 1) : Of(item, depth + 1)));

    private TensorValue ElementOfLocal(ILocalSymbol local, int depth)
    {
        if (!_active.Add(local))
            return TensorValue.Itself;
        TensorValue value = Any(facts.ItemsOf(local), depth);
        foreach (IOperation each in facts.ValuesOf(local))
            value = value.Or(ElementOf(each, depth + 1));
        foreach (IInvocationOperation call in facts.CallsOn(local))
        {
            IOperation? item = call.Arguments.LastOrDefault()?.Value;
            if (call.TargetMethod.Name is "Add" or "Enqueue" or "Push" or "Insert")
                value = value.Or(Of(item, depth + 1));
            else if (call.TargetMethod.Name is "AddRange" or "InsertRange")
                value = value.Or(ElementOf(item, depth + 1));
        }

        _active.Remove(local);
        return value;
    }

    private TensorValue ElementOfResult(IInvocationOperation invocation, int depth)
    {
        string name = invocation.TargetMethod.Name;
        if (types.IsAutogradGrad(invocation.TargetMethod))
            return new TensorValue(TensorOrigin.NewGradient, null, IsShared: true);
        ImmutableArray<IOperation> operands = TensorOperations.OperandsOf(invocation);
        if (operands.IsEmpty)
            return TensorValue.Other;
        if (name is "Select" or "ConvertAll" or "SelectMany" && ResultOf(operands.Last()) is { } result)
            return name == "SelectMany" ? ElementOf(result, depth + 1) : Of(result, depth + 1);
        return Sequences.Contains(name) ? ElementOf(operands[0], depth + 1) : TensorValue.Other;
    }

    /// <summary>What a lambda returns.</summary>
    private static IOperation? ResultOf(IOperation function)
    {
        function = function.WithoutConversions();
        if (function is IDelegateCreationOperation creation)
            function = creation.Target;
        return (function as IAnonymousFunctionOperation)?.Body.Operations.OfType<IReturnOperation>().LastOrDefault()?.ReturnedValue;
    }

    private bool IsTensor(IOperation operand) => types.IsTensor(operand.Type) || operand is IConditionalAccessInstanceOperation;

    private static bool IsNamedGradient(string name) => TrainingVocabulary.Contains(name, "grad");
}
