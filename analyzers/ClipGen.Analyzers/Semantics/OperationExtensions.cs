using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.Semantics;

/// <summary>Reads operation trees of the compiler. No method recurses, because expressions can be arbitrarily deep.</summary>
internal static class OperationExtensions
{
    /// <summary>The operation without conversions: <c>x</c> for <c>(object)x</c>.</summary>
    public static IOperation WithoutConversions(this IOperation operation)
    {
        while (operation is IConversionOperation conversion)
            operation = conversion.Operand;
        return operation;
    }

    /// <summary>
    /// The operations that a value can come from: both branches of a condition, all arms of a switch. Null, constants and thrown
    /// expressions are left out.
    /// </summary>
    public static IEnumerable<IOperation> Alternatives(this IOperation value)
    {
        var pending = new Stack<IOperation>();
        pending.Push(value);
        while (pending.Count > 0)
        {
            switch (pending.Pop())
            {
                case IConversionOperation conversion:
                    pending.Push(conversion.Operand);
                    break;
                case IConditionalOperation conditional:
                    if (conditional.WhenFalse is { } otherwise)
                        pending.Push(otherwise);
                    pending.Push(conditional.WhenTrue);
                    break;
                case ICoalesceOperation coalesce:
                    pending.Push(coalesce.WhenNull);
                    pending.Push(coalesce.Value);
                    break;
                case ISwitchExpressionOperation choice:
                    foreach (ISwitchExpressionArmOperation arm in choice.Arms.Reverse())
                        pending.Push(arm.Value);
                    break;
                case IThrowOperation or ILiteralOperation or IDefaultValueOperation:
                    break;
                case var source:
                    yield return source;
                    break;
            }
        }
    }

    /// <summary>
    /// Whether the operation is <c>[a, .. b]</c>. The oldest supported compiler has no type for it, only operations without a kind.
    /// </summary>
    public static bool IsCollectionExpression(this IOperation operation) =>
        operation.GetType().Name.Contains("CollectionExpression")
        || operation is { Kind: OperationKind.None, Syntax: CollectionExpressionSyntax };

    /// <summary>The collection of a spread element <c>.. b</c>; <see langword="null"/> for an element that is an item.</summary>
    public static IOperation? SpreadOperand(this IOperation element) =>
        element.GetType().Name.Contains("Spread") ? element.ChildOperations.FirstOrDefault() : null;

    /// <summary>The argument of a call for a parameter.</summary>
    public static IOperation? ValueFor(this ImmutableArray<IArgumentOperation> arguments, IParameterSymbol parameter) =>
        arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal)?.Value;

    /// <summary>The method or constructor that an operation calls, and its arguments.</summary>
    public static (IMethodSymbol? Method, ImmutableArray<IArgumentOperation> Arguments) Call(this IOperation? operation) => operation switch
    {
        IInvocationOperation invocation => (invocation.TargetMethod, invocation.Arguments),
        IObjectCreationOperation creation => (creation.Constructor, creation.Arguments),
        _ => (null, ImmutableArray<IArgumentOperation>.Empty),
    };

    /// <summary>The root of the operation's tree.</summary>
    public static IOperation Root(this IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;
        return operation;
    }

    /// <summary>The expression before the <c>?.</c> that a placeholder to its right stands for.</summary>
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

    /// <summary>The operation, or the expression before the <c>?.</c> if the operation is a placeholder for it.</summary>
    public static IOperation? WithoutPlaceholder(this IOperation? operation) =>
        operation is IConditionalAccessInstanceOperation placeholder ? placeholder.ConditionalReceiver() : operation;

    /// <summary>The operation and its descendants in evaluation order: operands before the operation that uses them.</summary>
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

    /// <summary>The number that the operation is at compile time.</summary>
    public static double? ConstantNumber(this IOperation operation)
    {
        while (operation is IConversionOperation { ConstantValue.HasValue: false } conversion)
            operation = conversion.Operand;
        return operation.ConstantValue is { HasValue: true, Value: double or float or int or long } constant
            ? Convert.ToDouble(constant.Value, null)
            : null;
    }
}
