using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>
/// The gradients that the caller of an update multiplies itself: <c>errors</c> of <c>link.UpdateWeight(rate * errors[i] * output)</c>.
/// </summary>
internal static class AppliedArguments
{
    /// <summary>
    /// The buffers in the products that a call passes, also by a local number: elements, and numbers of other objects, as in
    /// <c>link.UpdateWeight(rate * link.Right.Delta)</c>. Another number may belong to the updated neuron.
    /// </summary>
    public static ImmutableHashSet<ISymbol> Of(IInvocationOperation step, BodyFacts facts) => step.Arguments
        .SelectMany(argument => ValuesOf(argument, facts))
        .Where(value => value.DescendantsAndSelf().Any(part => part is IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply }))
        .SelectMany(value => value.DescendantsAndSelf())
        .Select(BufferAccess.Of)
        .SelectMany(access => access is { } read && (read.IsElement || IsOfOtherObject(read)) ? read.Path : [])
        .Where(symbol => symbol is IFieldSymbol or IPropertySymbol or ILocalSymbol)
        .ToImmutableHashSet(SymbolEqualityComparer.Default);

    private static IEnumerable<IOperation> ValuesOf(IArgumentOperation argument, BodyFacts facts) =>
        BufferAccess.LocalNumber(argument.Value) is { } local ? facts.ValuesOf(local) : [argument.Value];

    private static bool IsOfOtherObject(BufferAccess access) =>
        access.Path is [IFieldSymbol or IPropertySymbol, IFieldSymbol or IPropertySymbol, _, ..];
}
