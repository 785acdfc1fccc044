using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Recognises what is done by hand to the <c>.grad</c> of a TorchSharp tensor: clips, resets and parameter updates.</summary>
internal sealed class TensorGradients(KnownTypes types)
{
    private static readonly HashSet<string> InPlaceScales =
    [
        "mul_", "div_", "clamp_", "clip_", "clamp_min_", "clamp_max_", "minimum_", "maximum_", "renorm_", "copy_", "multiply_", "divide_", "true_divide_",
    ];

    private static readonly HashSet<string> OutOfPlaceClips = ["clamp", "clip", "mul", "div", "renorm", "multiply", "divide"];
    private static readonly HashSet<string> Products = ["mul", "mul_", "multiply", "multiply_"];
    private static readonly HashSet<string> Quotients = ["div", "div_", "divide", "divide_", "true_divide_"];
    private static readonly HashSet<string> InPlaceUpdates = ["sub_", "add_", "addcmul_", "addcdiv_", "subtract_", "copy_", "set_"];
    private static readonly HashSet<string> Views = ["detach", "view", "flatten", "reshape", "alias", "contiguous", "to", "squeeze", "unsqueeze", "detach_"];
    private static readonly string[] ScaleWords = ["clip", "coef", "scale", "norm", "clamp"];

    /// <summary>Whether a method of that name, called on a gradient, clips it where it is.</summary>
    public static bool IsInPlaceClip(string name) => InPlaceScales.Contains(name);

    /// <summary>What an operation does to a gradient.</summary>
    public TrainingAction ActionOf(IOperation operation, BodyFacts facts)
    {
        if (types.Tensor is null)
            return TrainingAction.None;
        switch (operation)
        {
            case IInvocationOperation invocation:
                return ActionOf(invocation, facts);
            case ISimpleAssignmentOperation { Target: { } target } assignment when IsGradientProperty(target):
                return IsNothing(assignment.Value) ? TrainingAction.Reset : ClipIf(MayBeClipped(assignment.Value, facts));
            case ICompoundAssignmentOperation { Target: { } target } compound when IsGradientProperty(target):
                bool divides = compound.OperatorKind == BinaryOperatorKind.Divide;
                return ClipIf(GradientScale.MayClip(compound.Value, divides, compound.Syntax, facts));
            case ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Subtract } compound when IsTensor(compound.Target.Type):
                return StepIf(IsUpdate(compound.Target, [compound.Value], facts));
            default:
                return TrainingAction.None;
        }
    }

    private TrainingAction ActionOf(IInvocationOperation invocation, BodyFacts facts)
    {
        string name = invocation.TargetMethod.Name;
        IOperation? receiver = invocation.Instance;
        if (receiver is null)
        {
            // torch.clamp_(p.grad, …) is the static form of p.grad.clamp_(…).
            if (!InPlaceScales.Contains(name) || invocation.Arguments.Length == 0 || !IsTensor(invocation.Arguments[0].Value.Type))
                return TrainingAction.None;
            return ClipIf(OwnerOf(invocation.Arguments[0].Value, facts) is not null && !IsOnlyScaled(invocation, 1, facts));
        }

        if (!IsTensor(receiver.Type) && !(receiver is IConditionalAccessInstanceOperation && IsTensor(invocation.TargetMethod.ContainingType)))
            return TrainingAction.None;
        bool inPlaceScale = InPlaceScales.Contains(name);
        if (inPlaceScale || name is "zero_" or "fill_" || OutOfPlaceClips.Contains(name))
        {
            if (OwnerOf(receiver, facts) is not null)
            {
                if (name is "zero_" or "fill_")
                    return TrainingAction.Reset;
                if (name is "copy_" && invocation.Arguments.Length > 0)
                    return ClipIf(MayBeClipped(invocation.Arguments[0].Value, facts));
                if (inPlaceScale)
                    return ClipIf(!IsOnlyScaled(invocation, 0, facts));
                return IsDropped(invocation) ? TrainingAction.DroppedClip : TrainingAction.None;
            }
        }

        if (name is "set_grad")
            return invocation.Arguments.Length > 0 && IsNothing(invocation.Arguments[0].Value) ? TrainingAction.Reset : TrainingAction.Clip;
        return StepIf(InPlaceUpdates.Contains(name) && IsUpdate(receiver, invocation.Arguments.Select(argument => argument.Value), facts));
    }

    /// <summary>The tensor whose gradient the expression is; <see langword="null"/> if it is no gradient, or one from too far away.</summary>
    private IOperation? OwnerOf(IOperation? expression, BodyFacts facts)
    {
        var pending = new Stack<(IOperation? Expression, int Depth)>();
        var collections = new Stack<IOperation>();
        pending.Push((expression, 0));
        for (int looked = 0; pending.Count > 0 && looked < AnalysisLimits.ExpressionsOfGradient; looked++)
        {
            (IOperation? current, int depth) = pending.Pop();
            if (depth > AnalysisLimits.ExpressionDepth)
                continue;
            switch (current)
            {
                case IPropertyReferenceOperation property when IsGradientProperty(property):
                    if (property.Instance.WithoutPlaceholder() is { } owner)
                        return owner;
                    break;
                case IInvocationOperation { TargetMethod.Name: "grad" or "get_grad", Instance: { } tensor } when IsTensor(tensor.Type):
                    return tensor;
                case IInvocationOperation { Instance: { } viewed } view when IsTensor(viewed.Type) && Views.Contains(view.TargetMethod.Name):
                    pending.Push((viewed, depth + 1));
                    break;
                case IInvocationOperation { TargetMethod.Name: "Value" or "GetValueOrDefault", Instance: { } nullable }:
                    pending.Push((nullable, depth + 1));
                    break;
                case ILocalReferenceOperation local:
                    if (IsTensor(local.Type) && facts.CollectionOf(local.Local) is { } collection)
                        collections.Push(collection);
                    foreach (IOperation value in facts.ValuesOf(local.Local).Reverse())
                        pending.Push((value, depth + 1));
                    break;
                case IParameterReferenceOperation parameter:
                    if (IsTensor(parameter.Type) && TrainingVocabulary.Contains(parameter.Parameter.Name, "grad"))
                        return parameter;
                    break;
                case IConversionOperation conversion:
                    pending.Push((conversion.Operand, depth + 1));
                    break;
                case IConditionalAccessOperation access:
                    pending.Push((access.WhenNotNull, depth + 1));
                    break;
                case IConditionalAccessInstanceOperation placeholder:
                    pending.Push((placeholder.ConditionalReceiver(), depth + 1));
                    break;
                case ICoalesceOperation coalesce:
                    pending.Push((coalesce.Value, depth + 1));
                    break;
            }
        }

        // foreach (var g in model.parameters().Select(p => p.grad)): the gradients that are enumerated stand for their tensors.
        return collections.Select(enumerated => enumerated.DescendantsAndSelf().FirstOrDefault(IsGradientProperty)).FirstOrDefault(found => found is not null);
    }

    /// <summary>
    /// Whether a tensor is updated by its own gradient. Only <c>p.sub_(… p.grad …)</c> is a step: momentum buffers and running averages read
    /// gradients too.
    /// </summary>
    private bool IsUpdate(IOperation receiver, IEnumerable<IOperation> values, BodyFacts facts)
    {
        if (facts.TargetOf(receiver.WithoutPlaceholder()) is not { } updated)
            return false;
        bool reads = false;
        foreach (IOperation part in values.SelectMany(value => value.DescendantsAndSelf()))
        {
            switch (part)
            {
                case IInvocationOperation { TargetMethod.Name: "sign" or "clamp" or "clip" or "tanh" or "normalize" }:
                case ILocalReferenceOperation local when IsScale(local.Local.Name):
                case IParameterReferenceOperation parameter when IsScale(parameter.Parameter.Name):
                case IMemberReferenceOperation member when IsScale(member.Member.Name):
                    return false;
                case ILocalReferenceOperation or IPropertyReferenceOperation or IInvocationOperation:
                    reads |= OwnerOf(part, facts) is { } owner && updated.Equals(facts.TargetOf(owner));
                    break;
            }
        }

        return reads;
    }

    private static bool IsScale(string name) => TrainingVocabulary.ContainsAny(name, ScaleWords);

    /// <summary>Whether the call multiplies or divides by something that is no limit.</summary>
    private static bool IsOnlyScaled(IInvocationOperation invocation, int factor, BodyFacts facts)
    {
        string name = invocation.TargetMethod.Name;
        return (Products.Contains(name) || Quotients.Contains(name))
            && invocation.Arguments.Length > factor
            && !GradientScale.MayClip(invocation.Arguments[factor].Value, Quotients.Contains(name), invocation.Syntax, facts);
    }

    /// <summary>Whether a value may be a clipped gradient: averages, repaired gradients and copies of another gradient are not.</summary>
    private bool MayBeClipped(IOperation value, BodyFacts facts)
    {
        value = value.WithoutConversions();
        return value switch
        {
            ILocalReferenceOperation local when facts.ValuesOf(local.Local) is { Count: > 0 } values => values.Any(each => OwnerOf(each, facts) is null),
            _ when OwnerOf(value, facts) is not null => false,
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide } quotient when OwnerOf(quotient.LeftOperand, facts) is not null =>
                GradientScale.MayClip(quotient.RightOperand, true, value.Syntax, facts),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply } product when OwnerOf(product.LeftOperand, facts) is not null =>
                GradientScale.MayClip(product.RightOperand, false, value.Syntax, facts),
            IInvocationOperation { TargetMethod.Name: "nan_to_num" } => false,
            IInvocationOperation { Instance: { } instance } scaled when OwnerOf(instance, facts) is not null => !IsOnlyScaled(scaled, 0, facts),
            _ => true,
        };
    }

    private static bool IsDropped(IOperation invocation)
    {
        IOperation? parent = invocation.Parent;
        while (parent is IConditionalAccessOperation)
            parent = parent.Parent;
        return parent is IExpressionStatementOperation;
    }

    private static bool IsNothing(IOperation value) =>
        value.WithoutConversions() is ILiteralOperation { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation
            or IInvocationOperation { TargetMethod.Name: "zeros" or "zeros_like" };

    private bool IsGradientProperty(IOperation operation) =>
        operation is IPropertyReferenceOperation { Property: { Name: "grad", ContainingType: var type } } && IsTensor(type);

    private bool IsTensor(ITypeSymbol? type) => type.IsOrDerivesFrom(types.Tensor);

    private static TrainingAction ClipIf(bool clips) => clips ? TrainingAction.Clip : TrainingAction.None;

    private static TrainingAction StepIf(bool steps) => steps ? TrainingAction.Step : TrainingAction.None;
}
