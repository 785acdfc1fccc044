using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// Recognizes calls of <c>ClipGradients()</c>, of <c>Gradients</c>, over processes, and of TorchSharp's clip functions.
/// </summary>
internal static class ClipCalls
{
    public static bool IsClipGradients(IMethodSymbol method, KnownTypes types) =>
        method.Name == "ClipGradients" && types.IsModel(method.ContainingType);

    public static bool IsTorchClip(IMethodSymbol method, KnownTypes types) =>
        method.Name is "clip_grad_norm_" or "clip_grad_value_"
        && types.GradientUtilities is { } known && SymbolEqualityComparer.Default.Equals(method.ContainingType, known);

    /// <summary>Whether a call is of one of ClipGen's classes for TorchSharp, which have static clip methods.</summary>
    public static bool IsTorchGradientsClip(IMethodSymbol method) =>
        method.ContainingType is { Name: "TorchGradients" } type
        && method.Name.StartsWith("Clip", StringComparison.Ordinal)
        && type.ContainingNamespace.ToDisplayString().StartsWith("ClipGen", StringComparison.Ordinal);

    /// <summary>Whether a call clips gradients that are its arguments, or a model that is known by a base type.</summary>
    public static bool IsGradientsClip(IMethodSymbol method) =>
        method.Name is "Clip" or "ClipNorm" or "ClipValue"
        && method.ContainingType is
        {
            Name: "Gradients" or "SpanGradients",
            ContainingNamespace: { Name: "ClipGen", ContainingNamespace.IsGlobalNamespace: true },
        };

    /// <summary>Whether a call clips gradients and steps an optimizer on them.</summary>
    public static bool IsClipAndStep(IMethodSymbol method) =>
        (method.Name == "ClipAndStep" && (IsOfOptimizers(method) || IsInClipGen(method.ContainingType, "TorchOptimizers")))
        || IsClipAndStepOverProcesses(method);

    /// <summary>Whether a call steps one of ClipGen's optimizers.</summary>
    public static bool IsOptimizersStep(IMethodSymbol method) =>
        (method.Name is "Step" or "ClipAndStep" && IsOfOptimizers(method)) || IsClipAndStepOverProcesses(method);

    /// <summary>Whether a call clips gradients that several processes hold.</summary>
    public static bool IsClipSharded(IMethodSymbol method) => method.Name == "ClipSharded" && IsOverProcesses(method);

    /// <summary>Whether a call clips gradients of several processes, and steps the optimizer that is its argument.</summary>
    public static bool IsClipAndStepOverProcesses(IMethodSymbol method) =>
        method.Name is "ClipAndStep" or "ClipAndStepSharded" && IsOverProcesses(method);

    /// <summary>Whether a method is one of those that several processes call together.</summary>
    public static bool IsOverProcesses(IMethodSymbol method) =>
        IsInClipGen(method.ContainingType, "GradientExchangeExtensions")
        || method.ContainingType is
        {
            Name: "MpiWorld",
            ContainingNamespace: { Name: "Mpi", ContainingNamespace: { Name: "ClipGen", ContainingNamespace.IsGlobalNamespace: true } },
        };

    /// <summary>Whether a call divides the loss scale out of gradients and clips them.</summary>
    public static bool IsLossScalersClip(IMethodSymbol method) =>
        method.Name == "Clip" && (IsLossScaler(method.ContainingType) || IsInClipGen(method.ContainingType, "TorchLossScaling"));

    /// <summary>Whether a call divides the loss scale out of gradients before it clips them.</summary>
    public static bool Unscales(IMethodSymbol method) =>
        IsLossScalersClip(method)
        || ((IsClipAndStep(method) || IsClipSharded(method)) && method.Parameters.Any(parameter => IsLossScaler(parameter.Type)));

    /// <summary>Whether the type is that of a loss scale.</summary>
    public static bool IsLossScaler(ITypeSymbol? type) => IsInClipGen(type as INamedTypeSymbol, "LossScaler");

    /// <summary>Whether the type is one of ClipGen's optimizers, or derives from one.</summary>
    public static bool IsOptimizer(ITypeSymbol? type) => type.SelfAndBases().Any(IsOptimizersBase);

    /// <summary>
    /// Whether objects of the type are what a call takes besides the model: an optimizer, a loss scaler, or the processes that train
    /// together.
    /// </summary>
    public static bool IsPartner(ITypeSymbol type) =>
        IsOptimizer(type)
        || IsLossScaler(type)
        || IsInClipGen(type as INamedTypeSymbol, "IGradientExchange")
        || type.AllInterfaces.Any(implemented => IsInClipGen(implemented, "IGradientExchange"));

    private static bool IsOfOptimizers(IMethodSymbol method) => IsOptimizersBase(method.ContainingType);

    // The second is the base of the first, with an overload that must not hide the others.
    private static bool IsOptimizersBase(ITypeSymbol? type) => type is
    {
        Name: "Optimizer" or "AdaptiveLimitSteps",
        ContainingNamespace: { Name: "Optimizers", ContainingNamespace: { Name: "ClipGen", ContainingNamespace.IsGlobalNamespace: true } },
    };

    private static bool IsInClipGen(INamedTypeSymbol? type, string name) =>
        type is { ContainingNamespace: { Name: "ClipGen", ContainingNamespace.IsGlobalNamespace: true } } && type.Name == name;

    /// <summary>The argument for the limit.</summary>
    public static IOperation? LimitOf(IInvocationOperation invocation)
    {
        foreach (IArgumentOperation argument in invocation.Arguments)
        {
            if (argument.Parameter is { } parameter && parameter.Type.SpecialType is SpecialType.System_Double or SpecialType.System_Single
                && argument.Parameter.Name is "max_norm" or "clip_value" or "limit" or "maxNorm" or "clipValue")
            {
                return argument.Value;
            }
        }

        return null;
    }

    /// <summary>The name of the policy of the type's first clip attribute whose policy does not throw.</summary>
    public static string? DeclaredPolicyOf(ITypeSymbol? type, KnownTypes types)
    {
        foreach (ITypeSymbol current in type.SelfAndBases())
        {
            foreach (AttributeData attribute in current.GetAttributes().Where(types.IsClipAttribute))
            {
                foreach (KeyValuePair<string, TypedConstant> named in attribute.NamedArguments)
                {
                    if (named is { Key: "NonFinite", Value: { Type: INamedTypeSymbol policy, Value: int value } } && value != 0)
                        return NameOf(policy, value);
                }
            }
        }

        return null;
    }

    /// <summary>The name of a value of <c>NonFinitePolicy</c>.</summary>
    public static string? NameOf(INamedTypeSymbol policy, int value) =>
        policy.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => field.ConstantValue is int known && known == value)?.Name;
}
