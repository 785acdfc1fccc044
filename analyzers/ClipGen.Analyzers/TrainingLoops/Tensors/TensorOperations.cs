using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Tensors;

/// <summary>
/// The effects of TorchSharp's methods on the values of a tensor, by name. A name that ends with an underscore works in place.
/// </summary>
internal static class TensorOperations
{
    private static readonly HashSet<string> Views =
    [
        "detach", "view", "view_as", "flatten", "unflatten", "reshape", "ravel", "alias", "contiguous", "to", "squeeze", "unsqueeze", "t",
        "transpose", "swapaxes", "permute", "narrow", "select", "slice", "expand", "expand_as", "data", "requires_grad_",
        "MoveToOuterDisposeScope", "MoveToOtherDisposeScope", "DetachFromDisposeScope",
    ];

    private static readonly HashSet<string> Copies =
    [
        "clone", "cpu", "cuda", "mps", "float", "double", "half", "bfloat16", "to_type", "type", "type_as", "to_dense", "coalesce",
        "pin_memory", "index_select", "nan_to_num", "neg", "negative", "positive",
    ];

    private static readonly HashSet<string> Sums = ["add", "sub", "subtract", "lerp", "addcmul", "addcdiv"];

    private static readonly HashSet<string> Limits =
    [
        "clamp", "clip", "clamp_min", "clamp_max", "minimum", "maximum", "fmin", "fmax", "renorm", "sign", "sgn", "tanh", "sigmoid", "atan",
        "softsign", "hardtanh", "normalize",
    ];

    /// <summary>The limits that are used in place. The others are activation functions, which layers apply to their outputs.</summary>
    private static readonly HashSet<string> InPlaceLimits =
        ["clamp_", "clip_", "clamp_min_", "clamp_max_", "minimum_", "maximum_", "renorm_", "sign_", "sgn_", "tanh_"];

    private static readonly HashSet<string> Products = ["mul", "multiply"];

    private static readonly HashSet<string> Quotients = ["div", "divide", "true_divide"];

    private static readonly HashSet<string> Masked = ["masked_fill", "masked_scatter", "index_put", "where"];

    private static readonly HashSet<string> Reductions =
        ["norm", "vector_norm", "matrix_norm", "sum", "mean", "max", "min", "amax", "amin", "aminmax", "item", "std", "var"];

    private static readonly HashSet<string> Comparisons =
        ["gt", "ge", "lt", "le", "greater", "greater_equal", "less", "less_equal", "gt_", "ge_", "lt_", "le_"];

    private static readonly HashSet<string> Tests =
    [
        "eq", "ne", "not_equal", "equal", "isnan", "isinf", "isfinite", "isposinf", "isneginf", "logical_not", "logical_and", "logical_or",
        "bitwise_not",
    ];

    private static readonly HashSet<string> Updates = ["sub_", "add_", "addcmul_", "addcdiv_", "subtract_", "copy_", "set_"];

    /// <summary>Whether a method of that name, called on a gradient, can clip it in place.</summary>
    public static bool IsInPlaceScale(string name) =>
        InPlaceLimits.Contains(name) || (IsInPlace(name) && (IsProduct(name) || IsQuotient(name))) || name is "copy_" or "masked_fill_";

    public static bool IsInPlace(string name) => name.Length > 1 && name[name.Length - 1] == '_' && name[0] != '_';

    public static bool IsView(string name) => Views.Contains(Plain(name));

    public static bool IsCopy(string name) => Copies.Contains(Plain(name));

    public static bool IsSum(string name) => Sums.Contains(Plain(name));

    public static bool IsLimit(string name) => Limits.Contains(Plain(name));

    public static bool IsInPlaceLimit(string name) => InPlaceLimits.Contains(name);

    public static bool IsProduct(string name) => Products.Contains(Plain(name));

    public static bool IsQuotient(string name) => Quotients.Contains(Plain(name));

    public static bool IsMasked(string name) => Masked.Contains(Plain(name));

    /// <summary>Whether the result depends on all elements, so that a quotient by it is normalized.</summary>
    public static bool IsReduction(string name) => Reductions.Contains(name);

    /// <summary>Whether the result is a mask of the elements above or below a bound.</summary>
    public static bool IsComparison(string name) => Comparisons.Contains(name);

    /// <summary>Whether the result is a mask of another kind.</summary>
    public static bool IsTest(string name) => Tests.Contains(name);

    /// <summary>Whether a method of that name is used for hand-written updates of parameters.</summary>
    public static bool IsUpdate(string name) => Updates.Contains(name);

    /// <summary>
    /// The receiver and the written arguments in the order of the parameters, for an instance, extension or static method.
    /// </summary>
    public static ImmutableArray<IOperation> OperandsOf(IInvocationOperation invocation)
    {
        var operands = ImmutableArray.CreateBuilder<IOperation>();
        if (invocation.Instance is { } receiver)
            operands.Add(receiver);
        operands.AddRange(invocation.Arguments
            .Where(argument => argument.ArgumentKind != ArgumentKind.DefaultValue)
            .OrderBy(argument => argument.Parameter?.Ordinal ?? 0)
            .Select(argument => argument.Value));
        return operands.ToImmutable();
    }

    private static string Plain(string name) => IsInPlace(name) ? name.Substring(0, name.Length - 1) : name;
}
