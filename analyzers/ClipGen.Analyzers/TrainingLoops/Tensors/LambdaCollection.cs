using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Tensors;

/// <summary>Finds the collection that the parameter of a lambda runs over: the list in <c>list.ForEach(item =&gt; …)</c>.</summary>
internal static class LambdaCollection
{
    /// <returns><see langword="null"/> if the parameter is not that of a lambda over the items of a collection.</returns>
    public static IOperation? Of(IParameterReferenceOperation reference)
    {
        if (reference.Parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } function)
            return null;
        IOperation? lambda = reference.Parent;
        while (lambda is not null && !IsFunction(lambda))
            lambda = lambda.Parent;
        IOperation? around = lambda?.Parent;
        while (around is IDelegateCreationOperation or IConversionOperation)
            around = around.Parent;
        if (around is not IArgumentOperation { Parent: IInvocationOperation invocation })
            return null;
        IOperation[] sources =
            [.. TensorOperations.OperandsOf(invocation).Where(operand => !operand.DescendantsAndSelf().Contains(lambda))];
        // Zip passes an item of each sequence. Other functions pass an item, and possibly its index.
        int index = invocation.TargetMethod.Name == "Zip" ? reference.Parameter.Ordinal : 0;
        return index < sources.Length ? sources[index].WithoutPlaceholder() : null;

        bool IsFunction(IOperation operation) =>
            operation is IAnonymousFunctionOperation { Symbol: var symbol } && SymbolEqualityComparer.Default.Equals(symbol, function);
    }
}
