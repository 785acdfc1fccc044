using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// Says what a method does in a training step: by option, attribute, interface or the symbols of TorchSharp for certain,
/// for hand-written networks by name. Each method is looked at once per compilation.
/// </summary>
internal sealed class MethodClassifier(TrainingSymbols symbols, TrainingOptions options)
{
    private readonly ConcurrentDictionary<IMethodSymbol, Classification> _known = new(SymbolEqualityComparer.Default);

    public Classification Classify(IMethodSymbol method) => _known.GetOrAdd(method.ReducedFrom ?? method, Find);

    /// <summary>Whether the method steps an optimizer that evaluates its closure several times, for which clipping before the step has no meaning.</summary>
    public bool IsLbfgs(ITypeSymbol? type) => TrainingSymbols.IsOrDerives(type, symbols.Lbfgs);

    private Classification Find(IMethodSymbol method)
    {
        TrainingRole role = options.RoleOf(method);
        if (role == TrainingRole.None)
            role = symbols.AttributedRole(method);
        if (role == TrainingRole.None)
            role = TorchSharpRole(method);
        if (role == TrainingRole.None)
            role = ClipGenRole(method);
        return role != TrainingRole.None ? new Classification(role, Evidence.Certain) : ByName(method);
    }

    private TrainingRole TorchSharpRole(IMethodSymbol method)
    {
        if (!symbols.HasTorchSharp || method.ContainingType is not { } type)
            return TrainingRole.None;
        switch (method.Name)
        {
            case "backward" when Is(type, symbols.Tensor) || Is(type, symbols.Autograd):
                return TrainingRole.Backward;
            case "step" when TrainingSymbols.IsOrDerives(type, symbols.Optimizer):
                return TrainingRole.Step;
            case "zero_grad" when TrainingSymbols.IsOrDerives(type, symbols.Optimizer) || TrainingSymbols.IsOrDerives(type, symbols.Module):
                return TrainingRole.Reset;
            case "clip_grad_norm_" or "clip_grad_value_" when Is(type, symbols.GradientUtilities):
                return TrainingRole.Clip;
            default:
                return TrainingRole.None;
        }
    }

    private TrainingRole ClipGenRole(IMethodSymbol method)
    {
        if (!symbols.HasClipGen || method.ContainingType is not { } type)
            return TrainingRole.None;
        if (type.Name == "TorchGradients" && type.ContainingNamespace?.ToDisplayString().StartsWith("ClipGen", StringComparison.Ordinal) == true)
            return method.Name.StartsWith("Clip", StringComparison.Ordinal) ? TrainingRole.Clip : TrainingRole.None;
        return method.Name switch
        {
            "ClipGradients" or "ScaleGradients" when symbols.IsAnnotated(type) => TrainingRole.Clip,
            "ZeroGradients" when symbols.IsAnnotated(type) => TrainingRole.Reset,
            "Backward" when symbols.IsAnnotated(type) => TrainingRole.Backward,
            _ when symbols.IsAnnotated(type) && TrainingVocabulary.IsBackwardName(method.Name) => TrainingRole.Backward,
            _ when symbols.IsAnnotated(type) && TrainingVocabulary.IsUpdateName(method.Name) => TrainingRole.Step,
            _ => TrainingRole.None,
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
        TrainingRole role = TrainingRole.None;
        if (TrainingVocabulary.IsClipName(name, type?.Name))
            role = TrainingRole.Clip;
        else if (TrainingVocabulary.IsResetName(name))
            role = TrainingRole.Reset;
        else if (TrainingVocabulary.IsBackwardName(name))
            role = TrainingRole.Backward;
        else if (TrainingVocabulary.IsUpdateName(name) || (TrainingVocabulary.IsOptimizerUpdateName(name) && TrainingVocabulary.IsOptimizerLike(type)))
            role = TrainingRole.Step;
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
