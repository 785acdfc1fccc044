using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// Says what a method does in a training step: by option, attribute, interface or the symbols of TorchSharp for certain,
/// for hand-written networks by name. Each method is looked at once per compilation.
/// </summary>
internal sealed class MethodClassifier(KnownTypes symbols, TrainingOptions options)
{
    private readonly ConcurrentDictionary<IMethodSymbol, Classification> _known = new(SymbolEqualityComparer.Default);

    public Classification Classify(IMethodSymbol method) => _known.GetOrAdd(method.ReducedFrom ?? method, Find);

    /// <summary>Whether the method steps an optimizer that evaluates its closure several times, for which clipping before the step has no meaning.</summary>
    public bool IsLbfgs(ITypeSymbol? type) => KnownTypes.IsOrDerives(type, symbols.Lbfgs);

    private Classification Find(IMethodSymbol method)
    {
        TrainingAction role = options.RoleOf(method);
        if (role == TrainingAction.None)
            role = symbols.AttributedRole(method);
        if (role == TrainingAction.None)
            role = TorchSharpRole(method);
        if (role == TrainingAction.None)
            role = ClipGenRole(method);
        return role != TrainingAction.None ? new Classification(role, Evidence.Certain) : ByName(method);
    }

    private TrainingAction TorchSharpRole(IMethodSymbol method)
    {
        if (!symbols.HasTorchSharp || method.ContainingType is not { } type)
            return TrainingAction.None;
        switch (method.Name)
        {
            case "backward" when Is(type, symbols.Tensor) || Is(type, symbols.Autograd):
                return TrainingAction.Backward;
            case "step" when KnownTypes.IsOrDerives(type, symbols.Optimizer):
                return TrainingAction.Step;
            case "zero_grad" when KnownTypes.IsOrDerives(type, symbols.Optimizer) || KnownTypes.IsOrDerives(type, symbols.Module):
                return TrainingAction.Reset;
            case "clip_grad_norm_" or "clip_grad_value_" when Is(type, symbols.GradientUtilities):
                return TrainingAction.Clip;
            default:
                return TrainingAction.None;
        }
    }

    private TrainingAction ClipGenRole(IMethodSymbol method)
    {
        if (!symbols.HasClipGen || method.ContainingType is not { } type)
            return TrainingAction.None;
        if (type.Name == "TorchGradients" && type.ContainingNamespace?.ToDisplayString().StartsWith("ClipGen", StringComparison.Ordinal) == true)
            return method.Name.StartsWith("Clip", StringComparison.Ordinal) ? TrainingAction.Clip : TrainingAction.None;
        return method.Name switch
        {
            "ClipGradients" or "ScaleGradients" when symbols.IsAnnotated(type) => TrainingAction.Clip,
            "ZeroGradients" when symbols.IsAnnotated(type) => TrainingAction.Reset,
            "Backward" when symbols.IsAnnotated(type) => TrainingAction.Backward,
            _ when symbols.IsAnnotated(type) && TrainingVocabulary.IsBackwardName(method.Name) => TrainingAction.Backward,
            _ when symbols.IsAnnotated(type) && TrainingVocabulary.IsUpdateName(method.Name) => TrainingAction.Step,
            _ => TrainingAction.None,
        };
    }

    private Classification ByName(IMethodSymbol method)
    {
        INamedTypeSymbol? type = method.ContainingType;
        string name = method.Name;
        if (method.MethodKind is not (MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.ReducedExtension))
            return Classification.None;
        if (IsTorchSharp(type) || IsBaseLibrary(type))
            return Classification.None;
        TrainingAction role = TrainingAction.None;
        if (TrainingVocabulary.IsClipName(name, type?.Name))
            role = TrainingAction.Clip;
        else if (TrainingVocabulary.IsResetName(name))
            role = TrainingAction.Reset;
        else if (TrainingVocabulary.IsBackwardName(name))
            role = TrainingAction.Backward;
        else if (TrainingVocabulary.IsUpdateName(name) || (TrainingVocabulary.IsOptimizerUpdateName(name) && TrainingVocabulary.IsOptimizerLike(type)))
            role = TrainingAction.Step;
        return new Classification(role, Evidence.Name);
    }

    private bool IsTorchSharp(INamedTypeSymbol? type) =>
        symbols.HasTorchSharp && SymbolEqualityComparer.Default.Equals(type?.ContainingAssembly, symbols.Optimizer!.ContainingAssembly);

    private static bool IsBaseLibrary(INamedTypeSymbol? type)
    {
        INamespaceSymbol? space = type?.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name is "System" or "Windows";
    }

    private static bool Is(INamedTypeSymbol type, INamedTypeSymbol? known) => known is not null && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, known);
}
