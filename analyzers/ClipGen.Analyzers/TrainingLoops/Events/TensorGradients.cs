using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Recognises expressions over a tensor's <c>.grad</c>: clips, resets and parameter updates that are written by hand.</summary>
internal sealed class TensorGradients(KnownTypes symbols)
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

    /// <summary>Whether a method of that name, called on a gradient, clips it where it is.</summary>
    public static bool IsInPlaceClip(string name) => InPlaceScales.Contains(name);

    public bool IsTensor(ITypeSymbol? type) => KnownTypes.IsOrDerives(type, symbols.Tensor);

    /// <summary>What an operation on a gradient does, or <see cref="GradientUse.None"/>.</summary>
    public GradientUse UseOf(IOperation operation, BodyFacts facts)
    {
        if (symbols.Tensor is null)
            return GradientUse.None;
        switch (operation)
        {
            case IInvocationOperation invocation:
                return UseOf(invocation, facts);
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "grad" } property } assignment
                when IsTensor(property.Property.ContainingType):
                return IsNothing(assignment.Value) ? GradientUse.Reset : MayBeClipped(assignment.Value, facts) ? GradientUse.Clip : GradientUse.None;
            case ICompoundAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "grad" } property } compound when IsTensor(property.Property.ContainingType):
                return GradientScale.MayClip(compound.Value, compound.OperatorKind == BinaryOperatorKind.Divide, compound.Syntax, facts) ? GradientUse.Clip : GradientUse.None;
            case ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Subtract } compound when IsTensor(compound.Target.Type):
                return IsUpdate(compound.Target, [compound.Value], facts);
            default:
                return GradientUse.None;
        }
    }

    /// <summary>The tensor whose gradient the expression is; <see langword="null"/> when it is no gradient.</summary>
    public IOperation? OwnerOf(IOperation? operation, BodyFacts facts, int depth = 0)
    {
        if (depth > 8)
            return null;
        switch (operation)
        {
            case IPropertyReferenceOperation { Property.Name: "grad" } property when IsTensor(property.Property.ContainingType):
                return property.Instance is IConditionalAccessInstanceOperation hole ? Target.ConditionalReceiver(hole) : property.Instance;
            case IInvocationOperation { TargetMethod.Name: "grad" or "get_grad", Instance: { } tensor } when IsTensor(tensor.Type):
                return tensor;
            case IInvocationOperation { Instance: { } viewed } view when IsTensor(viewed.Type) && Views.Contains(view.TargetMethod.Name):
                return OwnerOf(viewed, facts, depth + 1);
            case IInvocationOperation { TargetMethod.Name: "Value" or "GetValueOrDefault", Instance: { } nullable }:
                return OwnerOf(nullable, facts, depth + 1);
            case ILocalReferenceOperation local:
                foreach (IOperation value in facts.ValuesOf(local.Local))
                {
                    if (OwnerOf(value, facts, depth + 1) is { } owner)
                        return owner;
                }

                return facts.CollectionOf(local.Local) is { } collection && IsTensor(local.Type)
                    ? collection.DescendantsAndSelf().FirstOrDefault(part => part is IPropertyReferenceOperation { Property.Name: "grad" } property && IsTensor(property.Property.ContainingType))
                    : null;
            case IParameterReferenceOperation parameter:
                return IsTensor(parameter.Type) && TrainingVocabulary.Contains(parameter.Parameter.Name, "grad") ? parameter : null;
            case IConversionOperation conversion:
                return OwnerOf(conversion.Operand, facts, depth + 1);
            case IConditionalAccessOperation access:
                return OwnerOf(access.WhenNotNull, facts, depth + 1);
            case IConditionalAccessInstanceOperation instance:
                return OwnerOf(Target.ConditionalReceiver(instance), facts, depth + 1);
            case ICoalesceOperation coalesce:
                return OwnerOf(coalesce.Value, facts, depth + 1);
            default:
                return null;
        }
    }

    private GradientUse UseOf(IInvocationOperation invocation, BodyFacts facts)
    {
        string name = invocation.TargetMethod.Name;
        IOperation? receiver = invocation.Instance;
        if (receiver is null)
        {
            // torch.clamp_(p.grad, …): the static form of the same operations.
            if (!InPlaceScales.Contains(name) || invocation.Arguments.Length == 0 || !IsTensor(invocation.Arguments[0].Value.Type))
                return GradientUse.None;
            return OwnerOf(invocation.Arguments[0].Value, facts) is null || IsOnlyScaled(invocation, 1, facts) ? GradientUse.None : GradientUse.Clip;
        }

        if (!IsTensor(receiver.Type) && !(receiver is IConditionalAccessInstanceOperation && IsTensor(invocation.TargetMethod.ContainingType)))
            return GradientUse.None;
        bool inPlaceScale = InPlaceScales.Contains(name);
        if (inPlaceScale || name is "zero_" or "fill_" || OutOfPlaceClips.Contains(name))
        {
            if (OwnerOf(receiver, facts) is not null)
            {
                if (name is "zero_" or "fill_")
                    return GradientUse.Reset;
                if (name is "copy_" && invocation.Arguments.Length > 0)
                    return MayBeClipped(invocation.Arguments[0].Value, facts) ? GradientUse.Clip : GradientUse.None;
                if (inPlaceScale)
                    return IsOnlyScaled(invocation, 0, facts) ? GradientUse.None : GradientUse.Clip;
                return IsDropped(invocation) ? GradientUse.DroppedClip : GradientUse.None;
            }
        }

        if (name is "set_grad")
            return invocation.Arguments.Length > 0 && IsNothing(invocation.Arguments[0].Value) ? GradientUse.Reset : GradientUse.Clip;
        return InPlaceUpdates.Contains(name)
            ? IsUpdate(receiver, invocation.Arguments.Select(argument => argument.Value), facts)
            : GradientUse.None;
    }

    // Only p.sub_(… p.grad …) is a step: momentum buffers and running averages read gradients too.
    private GradientUse IsUpdate(IOperation receiver, IEnumerable<IOperation> values, BodyFacts facts)
    {
        if (facts.TargetOf(receiver is IConditionalAccessInstanceOperation ? Target.ConditionalReceiver(receiver) : receiver) is not { } updated)
            return GradientUse.None;
        bool reads = false;
        foreach (IOperation value in values)
        {
            foreach (IOperation part in value.DescendantsAndSelf())
            {
                switch (part)
                {
                    case IInvocationOperation { TargetMethod.Name: var name } when name is "sign" or "clamp" or "clip" or "tanh" or "normalize":
                    case ILocalReferenceOperation local when IsScale(local.Local.Name):
                    case IParameterReferenceOperation parameter when IsScale(parameter.Parameter.Name):
                    case IMemberReferenceOperation member when IsScale(member.Member.Name):
                        return GradientUse.None;
                    default:
                        if (part is ILocalReferenceOperation or IPropertyReferenceOperation or IInvocationOperation)
                            reads |= OwnerOf(part, facts) is { } owner && updated.Equals(facts.TargetOf(owner));
                        break;
                }
            }
        }

        return reads ? GradientUse.Step : GradientUse.None;
    }

    private static bool IsScale(string name) =>
        TrainingVocabulary.Contains(name, "clip") || TrainingVocabulary.Contains(name, "coef") || TrainingVocabulary.Contains(name, "scale")
        || TrainingVocabulary.Contains(name, "norm") || TrainingVocabulary.Contains(name, "clamp");

    /// <summary>Whether the call multiplies or divides by something that is no limit.</summary>
    private static bool IsOnlyScaled(IInvocationOperation invocation, int factor, BodyFacts facts)
    {
        string name = invocation.TargetMethod.Name;
        return (Products.Contains(name) || Quotients.Contains(name))
            && invocation.Arguments.Length > factor
            && !GradientScale.MayClip(invocation.Arguments[factor].Value, Quotients.Contains(name), invocation.Syntax, facts);
    }

    /// <summary>Whether what a gradient is set to may be a clipped gradient: averages, repaired ones and copies of another gradient are not.</summary>
    private bool MayBeClipped(IOperation value, BodyFacts facts)
    {
        while (value is IConversionOperation conversion)
            value = conversion.Operand;
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

    private static bool IsNothing(IOperation value)
    {
        while (value is IConversionOperation conversion)
            value = conversion.Operand;
        return value is ILiteralOperation { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation
            or IInvocationOperation { TargetMethod.Name: "zeros" or "zeros_like" };
    }
}

/// <summary>What an operation on a tensor's gradient does.</summary>
internal enum GradientUse
{
    None,
    Clip,

    /// <summary>The clipped gradient is a new tensor that nobody keeps.</summary>
    DroppedClip,
    Reset,
    Step,
}
