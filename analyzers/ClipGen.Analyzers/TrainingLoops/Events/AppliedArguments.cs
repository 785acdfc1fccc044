using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>
/// The gradients that the caller of an update multiplies itself: <c>errors</c> of <c>link.UpdateWeight(rate * errors[i] * output)</c>.
/// </summary>
internal static class AppliedArguments
{
    /// <summary>The members whose elements are in the products that a call passes. One number may belong to the updated neuron.</summary>
    public static ImmutableHashSet<ISymbol> Of(IInvocationOperation step) => step.Arguments
        .Select(argument => argument.Value)
        .Where(value => value.DescendantsAndSelf().Any(part => part is IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply }))
        .SelectMany(value => value.DescendantsAndSelf())
        .Select(BufferAccess.Of)
        .SelectMany(access => access is { IsElement: true, Path: var path } ? path : [])
        .Where(symbol => symbol is IFieldSymbol or IPropertySymbol)
        .ToImmutableHashSet(SymbolEqualityComparer.Default);
}
