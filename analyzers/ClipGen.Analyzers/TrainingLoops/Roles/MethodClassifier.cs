using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// Classifies the action of a method in a training step by the strongest available evidence: an option or attribute, the symbols of
/// TorchSharp and ClipGen, or the name, for hand-written networks. Each method is classified once per compilation.
/// </summary>
internal sealed class MethodClassifier(KnownTypes types, TrainingOptions options)
{
    private readonly ConcurrentDictionary<IMethodSymbol, Classification> _known = new(SymbolEqualityComparer.Default);

    public Classification Classify(IMethodSymbol method) => _known.GetOrAdd(method.ReducedFrom ?? method, Find);

    /// <summary>
    /// Whether optimizers of the type evaluate a closure several times per step, so that a clip before the step is meaningless.
    /// </summary>
    public bool IsLbfgs(ITypeSymbol? type) => type.IsOrDerivesFrom(types.Lbfgs);

    public bool IsTorchSharp(IMethodSymbol method) => types.IsTorchSharp(method.ContainingType);

    private Classification Find(IMethodSymbol method)
    {
        TrainingAction marked = options.ActionOf(method);
        if (marked == TrainingAction.None)
            marked = types.AttributedAction(method);
        if (marked != TrainingAction.None)
            return new Classification(marked, Evidence.Mark);
        TrainingAction known = TorchSharpAction(method);
        if (known == TrainingAction.None)
            known = ClipGenAction(method);
        if (known != TrainingAction.None)
            return new Classification(known, Evidence.Certain);
        Classification named = ByName(method);
        return named.Action is TrainingAction.Backward or TrainingAction.Step && types.IsAnnotated(method.ContainingType)
            ? named with { Evidence = Evidence.Model }
            : named;
    }

    private TrainingAction TorchSharpAction(IMethodSymbol method)
    {
        if (!types.HasTorchSharp || method.ContainingType is not { } type)
            return TrainingAction.None;
        switch (method.Name)
        {
            case "backward" when TypeExtensions.IsSameDefinition(type, types.Tensor)
                || TypeExtensions.IsSameDefinition(type, types.Autograd):
                return TrainingAction.Backward;
            case "step" when type.IsOrDerivesFrom(types.Optimizer):
                return TrainingAction.Step;
            case "zero_grad" when type.IsOrDerivesFrom(types.Optimizer) || type.IsOrDerivesFrom(types.Module):
                return TrainingAction.Reset;
            case "clip_grad_norm_" or "clip_grad_value_" when TypeExtensions.IsSameDefinition(type, types.GradientUtilities):
                return TrainingAction.Clip;
            default:
                return TrainingAction.None;
        }
    }

    private TrainingAction ClipGenAction(IMethodSymbol method)
    {
        if (!types.HasClipGen || method.ContainingType is not { } type)
            return TrainingAction.None;
        if (type.Name == "TorchGradients"
            && type.ContainingNamespace?.ToDisplayString().StartsWith("ClipGen", StringComparison.Ordinal) == true)
        {
            return method.Name.StartsWith("Clip", StringComparison.Ordinal) ? TrainingAction.Clip : TrainingAction.None;
        }

        if (ClipCalls.IsGradientsClip(method) || ClipCalls.IsLossScalersClip(method) || ClipCalls.IsClipSharded(method))
            return TrainingAction.Clip;

        // Whether it also clips is decided when events are extracted.
        if (ClipCalls.IsClipAndStep(method) || ClipCalls.IsOptimizersStep(method))
            return TrainingAction.Step;
        return method.Name switch
        {
            "ClipGradients" or "ScaleGradients" when types.IsAnnotated(type) => TrainingAction.Clip,
            "ZeroGradients" when types.IsAnnotated(type) => TrainingAction.Reset,
            _ => TrainingAction.None,
        };
    }

    private Classification ByName(IMethodSymbol method)
    {
        INamedTypeSymbol? type = method.ContainingType;
        string name = method.Name;
        if (method.MethodKind is not (MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.ReducedExtension))
            return Classification.None;
        if (types.IsTorchSharp(type) || IsBaseLibrary(type))
            return Classification.None;
        TrainingAction action = TrainingAction.None;
        if (TrainingVocabulary.IsClipName(name, type?.Name))
        {
            action = TrainingAction.Clip;
        }
        else if (TrainingVocabulary.IsResetName(name))
        {
            action = TrainingAction.Reset;
        }
        else if (IsBackwardByName(method))
        {
            action = IsDerivativeOfNumber(method) ? TrainingAction.None : TrainingAction.Backward;
        }
        else if (TrainingVocabulary.IsUpdateName(name)
            || (TrainingVocabulary.IsOptimizerUpdateName(name) && TrainingVocabulary.IsOptimizerLike(type)))
        {
            action = TrainingAction.Step;
        }
        return new Classification(action, Evidence.Name);
    }

    /// <summary>
    /// Whether the method computes the derivative of an activation or a loss at one place, and stores nothing. Parameters may choose the
    /// function.
    /// </summary>
    private static bool IsDerivativeOfNumber(IMethodSymbol method) =>
        TrainingVocabulary.Contains(method.Name, "derivative")
        && method.ReturnType.IsFloatOrDouble()
        && method.Parameters.Any(parameter => parameter.Type.IsFloatOrDouble())
        && method.Parameters.All(parameter => parameter.Type.IsFloatOrDouble() || IsChoice(parameter.Type));

    private static bool IsChoice(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum || type.SpecialType is SpecialType.System_Boolean or SpecialType.System_Int32;

    /// <summary>Whether a method, by its name, computes gradients: <c>BackPropagate</c>, <c>GetGradients(inputs)</c>.</summary>
    public static bool IsBackwardByName(IMethodSymbol method) =>
        TrainingVocabulary.IsBackwardName(method.Name) || (MethodPhrases.IsGetGradients(method.Name) && TakesAndReturnsBuffers(method));

    /// <summary>
    /// Whether the method takes inputs and targets, and returns results. With one object, it may return what is stored for a parameter.
    /// </summary>
    private static bool TakesAndReturnsBuffers(IMethodSymbol method) =>
        IsBuffer(method.ReturnType) && method.Parameters.Count(parameter => IsBuffer(parameter.Type)) > 1;

    private static bool IsBuffer(ITypeSymbol type) =>
        type.SpecialType == SpecialType.None && BufferAccess.HoldsNumbers(type) && !BufferAccess.IsScalar(type);

    private static bool IsBaseLibrary(INamedTypeSymbol? type)
    {
        INamespaceSymbol? space = type?.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name is "System" or "Windows";
    }
}
