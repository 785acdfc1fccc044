using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.Semantics;

/// <summary>Reads the compiler's operation trees. None of the methods recurses, because an expression can be as deep as its author likes.</summary>
internal static class OperationExtensions
{
    /// <summary>The operation inside any conversions: <c>x</c> for <c>(object)x</c>.</summary>
    public static IOperation WithoutConversions(this IOperation operation)
    {
        while (operation is IConversionOperation conversion)
            operation = conversion.Operand;
        return operation;
    }

    /// <summary>The root of the tree that the operation belongs to.</summary>
    public static IOperation Root(this IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;
        return operation;
    }

    /// <summary>The expression before the <c>?.</c> that the operation, a placeholder to its right, stands for.</summary>
    public static IOperation? ConditionalReceiver(this IConditionalAccessInstanceOperation placeholder)
    {
        IOperation child = placeholder;
        for (IOperation? parent = placeholder.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            if (parent is IConditionalAccessOperation access && access.WhenNotNull == child)
                return access.Operation;
        }

        return null;
    }

    /// <summary>The operation, or the expression before the <c>?.</c> if it is a placeholder for that.</summary>
    public static IOperation? WithoutPlaceholder(this IOperation? operation) =>
        operation is IConditionalAccessInstanceOperation placeholder ? placeholder.ConditionalReceiver() : operation;

    /// <summary>The operation and all inside it, operands before what uses them: the order of evaluation.</summary>
    public static IEnumerable<IOperation> OperandsFirst(this IOperation root)
    {
        var pending = new Stack<(IOperation Operation, bool AreOperandsDone)>();
        pending.Push((root, false));
        while (pending.Count > 0)
        {
            (IOperation operation, bool areOperandsDone) = pending.Pop();
            if (areOperandsDone)
            {
                yield return operation;
                continue;
            }

            pending.Push((operation, true));
            foreach (IOperation operand in operation.ChildOperations.Reverse())
                pending.Push((operand, false));
        }
    }

    /// <summary>The number that the operation is known to be when the program is compiled.</summary>
    public static double? ConstantNumber(this IOperation operation)
    {
        while (operation is IConversionOperation { ConstantValue.HasValue: false } conversion)
            operation = conversion.Operand;
        return operation.ConstantValue is { HasValue: true, Value: double or float or int or long } constant
            ? Convert.ToDouble(constant.Value, null)
            : null;
    }
}
