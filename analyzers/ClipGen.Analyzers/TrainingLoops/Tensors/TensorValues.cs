using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Tensors;

/// <summary>
/// Finds what a tensor is: a gradient, a copy of one, a limited one, or another tensor. It decides every event that is no call of a known
/// method.
/// </summary>
internal sealed class TensorValues(KnownTypes types, MemberValues members)
{
    public TensorValue Of(IOperation? tensor, BodyFacts facts) => new TensorReading(types, members, facts).Of(tensor);

    /// <summary>The value of the elements of a collection of tensors.</summary>
    public TensorValue ElementOf(IOperation? collection, BodyFacts facts) => new TensorReading(types, members, facts).ElementOf(collection);

    /// <summary>Whether a mask selects the elements of a gradient that are too large.</summary>
    public bool SelectsLarge(IOperation mask, BodyFacts facts) => new TensorReading(types, members, facts).Compares(mask) == Bound.Certain;

    /// <summary>The gradient, or gradients, that an expression stands for, under the name of the property that holds them.</summary>
    public Target? GradientTargetOf(IOperation expression, BodyFacts facts)
    {
        if (types.Tensor?.GetMembers("grad").FirstOrDefault() is not { } property || expression.Type?.SpecialType is not SpecialType.None)
            return null;
        TensorValue value = types.IsTensor(expression.Type) ? Of(expression, facts) : ElementOf(expression, facts);
        return value is { IsGradient: true, IsShared: true } ? Target.Of(property) : null;
    }

    /// <summary>The tensor, or the collection of tensors, of the variable of a loop or lambda; otherwise the expression itself.</summary>
    public static Target? TargetOf(IOperation? tensor, BodyFacts facts)
    {
        tensor = tensor.WithoutPlaceholder()?.WithoutConversions();
        return tensor switch
        {
            ILocalReferenceOperation local when facts.CollectionOf(local.Local) is { } collection => facts.TargetOf(collection),
            IParameterReferenceOperation parameter when LambdaCollection.Of(parameter) is { } source => facts.TargetOf(source),
            _ => null,
        } ?? facts.TargetOf(tensor);
    }
}
