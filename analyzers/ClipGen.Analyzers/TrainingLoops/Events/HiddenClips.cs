using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Tensors;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>Recognizes calls of unreadable functions that may clip, because they receive an object with gradients.</summary>
internal sealed class HiddenClips(KnownTypes types, CalledMethods called, ParameterOwners sources, TensorValues tensors)
{
    /// <summary>
    /// Whether a delegate with an unknown function may clip: it is named after clipping, or it receives an object with gradients and
    /// returns nothing. A function that returns a value computes a loss or a prediction.
    /// </summary>
    public bool MayBeIn(IInvocationOperation invocation, IOperation? @delegate, BodyFacts facts)
    {
        string? name = @delegate switch
        {
            IMemberReferenceOperation member => member.Member.Name,
            IParameterReferenceOperation parameter => parameter.Parameter.Name,
            ILocalReferenceOperation local => local.Local.Name,
            _ => null,
        };
        if (name is not null && TrainingVocabulary.IsClipName(name, null))
            return true;
        return ReturnsNothing(invocation.TargetMethod) && IsHandedGradients(invocation, facts);
    }

    /// <summary>
    /// Whether a method that classes of other projects implement may clip: its receiver or an argument holds the gradients, so users of the
    /// library can clip in it. A virtual method without statements counts like an abstract one if it receives the gradients.
    /// </summary>
    public bool MayBeInImplementationsOf(IInvocationOperation invocation, BodyFacts facts)
    {
        IMethodSymbol method = invocation.TargetMethod.OriginalDefinition;
        if (!ReturnsNothing(method) || !(method.IsAbstract || method.IsVirtual) || !called.IsLeftToOthers(method))
            return false;
        return (method.IsAbstract && invocation.Instance is IInstanceReferenceOperation) || IsHandedGradients(invocation, facts);
    }

    private static bool ReturnsNothing(IMethodSymbol method) =>
        method.ReturnsVoid || method.ReturnType is INamedTypeSymbol { Name: "Task" or "ValueTask", IsGenericType: false };

    private bool IsHandedGradients(IInvocationOperation invocation, BodyFacts facts) =>
        invocation.Arguments.Any(argument => HoldsGradients(argument.Value.WithoutConversions(), facts));

    private bool HoldsGradients(IOperation value, BodyFacts facts)
    {
        if (IsHolder(value.Type) || ItemsOf(value.Type).Any(IsHolder) || HasHolder(value.Type))
            return true;
        return types.IsTensor(value.Type)
            ? tensors.Of(value, facts).IsGradient
            : ItemsOf(value.Type).Any(types.IsTensor)
                && (tensors.ElementOf(value, facts).IsGradient || sources.Read(value, facts)?.Any(source => IsHolder(source.Type)) == true);
    }

    private bool IsHolder(ITypeSymbol? type) =>
        types.IsNetwork(type) || type.IsOrDerivesFrom(types.Optimizer) || type.IsOrDerivesFrom(types.Parameter);

    /// <summary>The item types of a collection, named pairs included.</summary>
    private static IEnumerable<ITypeSymbol> ItemsOf(ITypeSymbol? type)
    {
        IEnumerable<ITypeSymbol> items = type switch
        {
            IArrayTypeSymbol array => new[] { array.ElementType },
            INamedTypeSymbol named when IsEnumerable(named) || named.AllInterfaces.Any(IsEnumerable) => named.TypeArguments,
            _ => Array.Empty<ITypeSymbol>(),
        };
        return items.SelectMany(item => item is INamedTypeSymbol { IsTupleType: true } pair ? pair.TypeArguments.AsEnumerable() : [item]);
    }

    private static bool IsEnumerable(INamedTypeSymbol type) =>
        type.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T;

    /// <summary>Whether an object gives access to a network or an optimizer, as a trainer or the arguments of an event do.</summary>
    private bool HasHolder(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, DeclaringSyntaxReferences.IsEmpty: false }
        && type.SelfAndBases().SelectMany(current => current.GetMembers()).Any(member =>
            member is { IsStatic: false, DeclaredAccessibility: Accessibility.Public or Accessibility.Internal }
            && IsHolder((member as IPropertySymbol)?.Type ?? (member as IFieldSymbol)?.Type));
}
