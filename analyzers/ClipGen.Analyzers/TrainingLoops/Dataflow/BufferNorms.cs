using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// Recognizes the code that computes a norm: a sum of squares, a sum or maximum of magnitudes, or a call that is named after a norm.
/// </summary>
internal static class BufferNorms
{
    private static readonly string[] NormWords = ["norm", "magnitude"];

    public static bool Computes(BufferWrite write)
    {
        if (write.Kind == BinaryOperatorKind.Add)
            return write.Values[0].DescendantsAndSelf().Any(IsMagnitude);
        return write.Kind is null
            && write.Values[0].DescendantsAndSelf().OfType<IInvocationOperation>().Any(call => call.TargetMethod.Name switch
        {
            "Sum" or "Max" or "Aggregate" => call.DescendantsAndSelf().Any(IsMagnitude),
            "SumOfSquares" or "MaxMagnitude" or "SumOfMagnitudes" => true,
            var name => TrainingVocabulary.ContainsAny(name, NormWords) && !TrainingVocabulary.Contains(name, "normal"),
        });
    }

    /// <summary>Whether the operation is the square or the magnitude of one element.</summary>
    private static bool IsMagnitude(IOperation operation) => operation switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply } product =>
            BufferAccess.Of(product.LeftOperand) is { } left && BufferAccess.Of(product.RightOperand) is { } right
            && left.Path.SequenceEqual(right.Path, SymbolEqualityComparer.Default),
        IInvocationOperation { TargetMethod: { Name: "Abs", ContainingType.Name: "Math" or "MathF" } } => true,
        IMethodReferenceOperation { Method: { Name: "Abs", ContainingType.Name: "Math" or "MathF" } } => true,
        IInvocationOperation { TargetMethod: { Name: "Pow", ContainingType.Name: "Math" or "MathF" }, Arguments: [_, var exponent] } =>
            exponent.Value.ConstantNumber() == 2,
        _ => false,
    };
}
