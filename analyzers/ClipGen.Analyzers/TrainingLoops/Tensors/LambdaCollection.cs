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
        return lambda is null ? null : Of(lambda, reference.Parameter.Ordinal);

        bool IsFunction(IOperation operation) =>
            operation is IAnonymousFunctionOperation { Symbol: var symbol } && SymbolEqualityComparer.Default.Equals(symbol, function);
    }

    /// <summary>The collection that a parameter of a lambda runs over, by the position of the parameter.</summary>
    /// <returns><see langword="null"/> if the lambda is not over the items of a collection.</returns>
    public static IOperation? Of(IOperation lambda, int ordinal)
    {
        IOperation? around = lambda.Parent;
        while (around is IDelegateCreationOperation or IConversionOperation)
            around = around.Parent;
        if (around is not IArgumentOperation { Parent: IInvocationOperation invocation })
            return null;
        IOperation[] sources =
            [.. TensorOperations.OperandsOf(invocation).Where(operand => !operand.DescendantsAndSelf().Contains(lambda))];
        // Zip passes an item of each sequence. Other functions pass an item, and possibly its index.
        int index = invocation.TargetMethod.Name == "Zip" ? ordinal : 0;
        return index < sources.Length ? sources[index].WithoutPlaceholder() : null;
    }
}
