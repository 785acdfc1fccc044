using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Tensors;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Recognizes hand-written operations on TorchSharp tensors: clips and resets of gradients, and updates of parameters.</summary>
internal sealed class TensorGradients(KnownTypes types, TensorValues tensors, InputTensors inputs)
{
    private readonly ConcurrentDictionary<BodyFacts, bool> _keepsNewGradients = new();

    /// <summary>Whether a body assigns the result of <c>autograd.grad</c> to tensors.</summary>
    public bool KeepsNewGradients(BodyFacts facts) => _keepsNewGradients.GetOrAdd(
        facts,
        body => body.Root.DescendantsAndSelf().Any(operation =>
            AssignedGradient(operation) is { } value && tensors.Of(value, body).Origin == TensorOrigin.NewGradient));

    private IOperation? AssignedGradient(IOperation operation) => operation switch
    {
        ISimpleAssignmentOperation assignment when types.IsGradient(assignment.Target) => assignment.Value,
        IInvocationOperation { TargetMethod.Name: "set_grad" or "copy_", Arguments.Length: > 0 } call => call.Arguments[0].Value,
        _ => null,
    };

    /// <summary>The action of an operation on a gradient, or on a tensor that a caller may know as one.</summary>
    public TensorUse ActionOf(IOperation operation, BodyFacts facts)
    {
        if (types.Tensor is null)
            return TensorUse.None;
        return operation switch
        {
            IInvocationOperation invocation => ActionOf(invocation, facts),
            IAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } masked } indexer } set
                when types.IsTensor(masked.Type) => OfMaskedAssignment(masked, indexer, set, facts),
            ISimpleAssignmentOperation { Target: IPropertyReferenceOperation target } assignment when types.IsGradient(target) =>
                OfNewGradient(target.Instance, assignment.Value, facts),
            ICompoundAssignmentOperation { Target: IPropertyReferenceOperation target } compound when types.IsGradient(target) =>
                OfChangedGradient(target, tensors.Of(compound, facts), facts),
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Subtract or BinaryOperatorKind.Add } compound
                when types.IsTensor(compound.Target.Type) => OfUpdate(compound.Target, [compound.Value], facts),
            _ => TensorUse.None,
        };
    }

    private TensorUse ActionOf(IInvocationOperation invocation, BodyFacts facts)
    {
        string name = invocation.TargetMethod.Name;
        if (!types.IsTorchSharp(invocation.TargetMethod.ContainingType))
            return TensorUse.None;
        ImmutableArray<IOperation> operands = TensorOperations.OperandsOf(invocation);
        if (operands.IsEmpty || !(types.IsTensor(operands[0].Type) || operands[0] is IConditionalAccessInstanceOperation))
            return TensorUse.None;
        if (name == "set_grad")
            return operands.Length > 1 ? OfNewGradient(operands[0], operands[1], facts) : TensorUse.None;
        if (!TensorOperations.IsInPlace(name))
            return IsDropped(invocation) ? OfDropped(invocation, operands[0], facts) : TensorUse.None;
        TensorValue changed = tensors.Of(operands[0], facts);
        if (changed is { IsGradient: true, IsShared: true })
            return OfGradient(name, invocation, operands, changed, facts);
        // The divisor of a quotient is a size, not a direction.
        int values = name == "addcdiv_" ? 2 : operands.Length;
        if (TensorOperations.IsUpdate(name)
            && OfUpdate(operands[0], operands.Take(values).Skip(1), facts) is { Action: not TrainingAction.None } update)
        {
            return update;
        }

        bool scales = (TensorOperations.IsProduct(name) || TensorOperations.IsQuotient(name)) && operands.Length > 1
            && GradientScale.MayClip(operands[1], TensorOperations.IsQuotient(name), invocation.Syntax, facts);
        bool limits = scales || TensorOperations.IsInPlaceLimit(name) || (name is "copy_" or "set_" && operands.Skip(1).Any(IsClamp));
        return limits && !changed.IsGradient ? new TensorUse(TrainingAction.TensorLimit, operands[0]) : TensorUse.None;
    }

    private static bool IsClamp(IOperation operand) =>
        operand.WithoutConversions() is IInvocationOperation { TargetMethod.Name: "clamp" or "clip" };

    /// <summary>The action of a method that changes a gradient in place.</summary>
    private TensorUse OfGradient(
        string name, IInvocationOperation invocation, ImmutableArray<IOperation> operands, TensorValue gradient, BodyFacts facts)
    {
        if (name is "zero_" or "fill_")
            return new TensorUse(TrainingAction.Reset, null);
        if (name is "copy_" or "set_")
            return operands.Length > 1 ? OfNewGradient(gradient.Owner, operands[1], facts) : TensorUse.None;
        if (TensorOperations.IsSum(name) && operands.Skip(1).Any(IsOtherGradient))
            return new TensorUse(TrainingAction.Transfer, null);
        Bound after = tensors.Of(invocation, facts).Bound;
        bool limits = after > gradient.Bound || (after != Bound.None && TensorOperations.IsInPlaceLimit(name));
        return limits ? Clip(gradient.Owner, facts) : TensorUse.None;

        bool IsOtherGradient(IOperation operand) =>
            types.IsTensor(operand.Type) && IsOfOther(gradient.Owner, tensors.Of(operand, facts), facts);
    }

    /// <summary>The action of <c>tensor.grad = value</c>.</summary>
    private TensorUse OfNewGradient(IOperation? owner, IOperation value, BodyFacts facts)
    {
        TensorValue assigned = tensors.Of(value, facts);
        switch (assigned.Origin)
        {
            case TensorOrigin.Zero:
                return new TensorUse(TrainingAction.Reset, null);
            case TensorOrigin.Gradient when assigned.Bound == Bound.None:
                return IsOfOther(owner, assigned, facts) ? new TensorUse(TrainingAction.Transfer, null) : TensorUse.None;
            case TensorOrigin.NewGradient when assigned.Bound == Bound.None:
                return TensorUse.None;
            default:
                return Clip(owner, facts);
        }
    }

    private TensorUse OfChangedGradient(IPropertyReferenceOperation gradient, TensorValue value, BodyFacts facts) =>
        value.IsGradient && value.Bound == Bound.None ? TensorUse.None : Clip(gradient.Instance, facts);

    /// <summary>The action of <c>gradient[mask] = value</c>.</summary>
    private TensorUse OfMaskedAssignment(
        IOperation masked, IPropertyReferenceOperation indexer, IAssignmentOperation assignment, BodyFacts facts)
    {
        if (tensors.Of(masked, facts) is not { IsGradient: true, IsShared: true } gradient)
            return TensorUse.None;
        bool limits = indexer.Arguments.Any(argument => tensors.SelectsLarge(argument.Value, facts))
            || tensors.Of(assignment.Value, facts) is { IsGradient: true, Bound: not Bound.None };
        return limits ? Clip(gradient.Owner, facts) : TensorUse.None;
    }

    private TensorUse OfDropped(IInvocationOperation invocation, IOperation operand, BodyFacts facts)
    {
        string name = invocation.TargetMethod.Name;
        bool limits = TensorOperations.IsLimit(name) || TensorOperations.IsProduct(name) || TensorOperations.IsQuotient(name);
        return limits && tensors.Of(operand, facts) is { IsGradient: true, IsShared: true }
            ? new TensorUse(TrainingAction.DroppedClip, null)
            : TensorUse.None;
    }

    /// <summary>
    /// Whether a tensor is updated by its own gradient. Only <c>p.sub_(… p.grad …)</c> is a step: running averages and copies of other
    /// networks read gradients and parameters, too. Changing an input by its gradient, as for an adversarial example, is no training.
    /// </summary>
    private TensorUse OfUpdate(IOperation updated, IEnumerable<IOperation> values, BodyFacts facts)
    {
        if (facts.TargetOf(updated.WithoutPlaceholder()) is null)
            return TensorUse.None;
        TensorValue sum = TensorValue.Itself;
        foreach (IOperation value in values)
        {
            if (types.IsTensor(value.WithoutConversions().Type))
                sum = sum.Or(tensors.Of(value, facts));
            else if (GradientScale.BoundOf(value, false, value.Syntax, facts) == Bound.Certain)
                return TensorUse.None;
        }

        return sum is { IsGradient: true, Bound: not Bound.Certain, Owner: { } owner } && AreSame(updated, owner, facts)
            && !inputs.IsInput(updated, facts)
            ? new TensorUse(TrainingAction.Step, updated)
            : TensorUse.None;
    }

    private TensorUse Clip(IOperation? owner, BodyFacts facts) =>
        owner is not null && inputs.IsInput(owner, facts) ? TensorUse.None : new TensorUse(TrainingAction.Clip, owner);

    /// <summary>Whether a value comes from the gradient of a tensor other than the given one.</summary>
    private static bool IsOfOther(IOperation? owner, TensorValue value, BodyFacts facts) =>
        value is { IsGradient: true, Owner: { } other } && (owner is null || !AreSame(owner, other, facts));

    private static bool AreSame(IOperation one, IOperation other, BodyFacts facts)
    {
        Target? first = facts.TargetOf(one.WithoutPlaceholder());
        Target? second = facts.TargetOf(other.WithoutPlaceholder());
        if (first is null || second is null)
            return false;
        return first.Equals(second)
            || (TensorValues.TargetOf(one, facts) is { } source && source.Equals(TensorValues.TargetOf(other, facts)));
    }

    private static bool IsDropped(IOperation invocation)
    {
        IOperation? parent = invocation.Parent;
        while (parent is IConditionalAccessOperation)
            parent = parent.Parent;
        return parent is IExpressionStatementOperation;
    }
}
