using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>The types of TorchSharp and ClipGen that the rules know by symbol. They are looked up once per compilation.</summary>
internal sealed class KnownTypes
{
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _annotated = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, ImmutableHashSet<string>> _declaredGradients = new(SymbolEqualityComparer.Default);
    private readonly INamedTypeSymbol? _backwardPass;
    private readonly INamedTypeSymbol? _gradientClipping;
    private readonly INamedTypeSymbol? _optimizerStep;
    private readonly INamedTypeSymbol? _gradientReset;
    private readonly INamedTypeSymbol? _gradientSource;
    private readonly INamedTypeSymbol? _clipGradNorm;
    private readonly INamedTypeSymbol[] _clipAttributes;
    private readonly INamedTypeSymbol? _gradient;
    private readonly INamedTypeSymbol? _parameter;

    public KnownTypes(Compilation compilation)
    {
        Tensor = compilation.GetTypeByMetadataName("TorchSharp.torch+Tensor");
        Autograd = compilation.GetTypeByMetadataName("TorchSharp.torch+autograd");
        Optimizer = compilation.GetTypeByMetadataName("TorchSharp.torch+optim+Optimizer");
        Lbfgs = compilation.GetTypeByMetadataName("TorchSharp.Modules.LBFGS");
        Module = compilation.GetTypeByMetadataName("TorchSharp.torch+nn+Module");
        Parameter = compilation.GetTypeByMetadataName("TorchSharp.Modules.Parameter");
        GradientUtilities = compilation.GetTypeByMetadataName("TorchSharp.torch+nn+utils");
        TorchGradients = compilation.GetTypeByMetadataName("ClipGen.TorchGradients");
        TorchOptimizers = compilation.GetTypeByMetadataName("ClipGen.TorchOptimizers");
        Clippable = compilation.GetTypeByMetadataName("ClipGen.IClippable");
        _gradientSource = compilation.GetTypeByMetadataName("ClipGen.IGradientSource");
        _clipGradNorm = compilation.GetTypeByMetadataName("ClipGen.ClipGradNormAttribute");
        _clipAttributes =
        [
            .. WellKnownNames.ClipAttributes
                .Select(name => compilation.GetTypeByMetadataName(WellKnownNames.FullName(name)))
                .OfType<INamedTypeSymbol>(),
        ];
        _gradient = compilation.GetTypeByMetadataName("ClipGen.GradientAttribute");
        _parameter = compilation.GetTypeByMetadataName("ClipGen.ParameterAttribute");
        _backwardPass = compilation.GetTypeByMetadataName("ClipGen.BackwardPassAttribute");
        _gradientClipping = compilation.GetTypeByMetadataName("ClipGen.GradientClippingAttribute");
        _optimizerStep = compilation.GetTypeByMetadataName("ClipGen.OptimizerStepAttribute");
        _gradientReset = compilation.GetTypeByMetadataName("ClipGen.GradientResetAttribute");
    }

    public INamedTypeSymbol? Tensor { get; }

    public INamedTypeSymbol? Autograd { get; }

    public INamedTypeSymbol? Optimizer { get; }

    public INamedTypeSymbol? Lbfgs { get; }

    public INamedTypeSymbol? Module { get; }

    /// <summary>The tensors that a module registers for training.</summary>
    public INamedTypeSymbol? Parameter { get; }

    public INamedTypeSymbol? GradientUtilities { get; }

    /// <summary>ClipGen's class for TorchSharp, if its package is referenced.</summary>
    public INamedTypeSymbol? TorchGradients { get; }

    /// <summary>ClipGen's extensions of TorchSharp's optimizers, if their package is referenced.</summary>
    public INamedTypeSymbol? TorchOptimizers { get; }

    public INamedTypeSymbol? Clippable { get; }

    public bool HasTorchSharp => Optimizer is not null;

    public bool HasClipGen => Clippable is not null;

    /// <summary>
    /// The action that one of ClipGen's method attributes states for the method, or for one that it overrides or implements.
    /// </summary>
    public TrainingAction AttributedAction(IMethodSymbol method)
    {
        if (_backwardPass is null)
            return TrainingAction.None;
        for (IMethodSymbol? current = method; current is not null; current = current.OverriddenMethod)
        {
            if (ActionOf(current) is not TrainingAction.None and var action)
                return action;
        }

        return method.ImplementedMethods().Select(ActionOf).FirstOrDefault(action => action != TrainingAction.None);
    }

    /// <summary>
    /// Whether the type is a model or a gradient source. The attributes count as well as the interfaces, because an analyzer may run before
    /// the generator has added the interfaces.
    /// </summary>
    public bool IsAnnotated(ITypeSymbol? type) => type is not null && HasClipGen && _annotated.GetOrAdd(type, FindAnnotation);

    /// <summary>Whether a <c>ClipGradients()</c> is generated for the type.</summary>
    public bool IsModel(ITypeSymbol? type) => type.SelfAndBases().Any(DeclaresClipping) || type.IsOrDerivesFrom(Clippable);

    public bool DeclaresClipping(ITypeSymbol type) => type.GetAttributes().Any(IsClipAttribute);

    /// <summary>Whether the type has a limit of its own for the norm.</summary>
    public bool DeclaresNorm(ITypeSymbol type) => type.GetAttributes().Any(attribute => Is(attribute, _clipGradNorm));

    public bool IsClipAttribute(AttributeData attribute) => Array.Exists(_clipAttributes, known => Is(attribute, known));

    /// <summary>Whether the attribute declares an adaptive limit.</summary>
    public bool IsAdaptive(AttributeData attribute) =>
        IsClipAttribute(attribute) && attribute.AttributeClass!.Name is not (WellKnownNames.ClipGradNorm or WellKnownNames.ClipGradValue);

    /// <summary>Whether the member has <c>[Gradient]</c> or a clip attribute, or a parameter names it as its gradient.</summary>
    public bool IsDeclaredGradient(ISymbol member) =>
        member is IFieldSymbol or IPropertySymbol && member.ContainingType is { } type && DeclaredGradients(type).Contains(member.Name);

    public bool IsTensor(ITypeSymbol? type) => type.IsOrDerivesFrom(Tensor);

    /// <summary>Whether the operation reads or sets the gradient of a tensor.</summary>
    public bool IsGradient(IOperation operation) =>
        operation is IPropertyReferenceOperation { Property: { Name: "grad", ContainingType: var type } } && IsTensor(type);

    /// <summary>Whether a method computes gradients and returns them.</summary>
    public bool IsAutogradGrad(IMethodSymbol method) =>
        method.Name == "grad" && TypeExtensions.IsSameDefinition(method.ContainingType, Autograd);

    /// <summary>Whether the type is one of TorchSharp's, also if the program compiles TorchSharp's source.</summary>
    public bool IsTorchSharp(INamedTypeSymbol? type)
    {
        if (type is null || Tensor is null || !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, Tensor.ContainingAssembly))
            return false;
        INamespaceSymbol space = type.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space is { Name: "TorchSharp", IsGlobalNamespace: false };
    }

    /// <summary>Whether attributes, or the type of TorchSharp, tell what the variable or member is.</summary>
    public bool IsKnownGradient(ISymbol symbol) => symbol switch
    {
        IFieldSymbol member => IsDeclaredGradient(member) || IsTensor(member.Type),
        IPropertySymbol member => IsDeclaredGradient(member) || IsTensor(member.Type),
        ILocalSymbol local => IsTensor(local.Type),
        IParameterSymbol parameter => IsTensor(parameter.Type),
        _ => false,
    };

    /// <summary>Whether the type is a network: a module of TorchSharp, or a type with ClipGen's attributes.</summary>
    public bool IsNetwork(ITypeSymbol? type) => type.IsOrDerivesFrom(Module) || IsAnnotated(type);

    private bool FindAnnotation(ITypeSymbol type) =>
        type.IsOrDerivesFrom(Clippable)
        || type.IsOrDerivesFrom(_gradientSource)
        || type.SelfAndBases().Any(current => DeclaresClipping(current) || !DeclaredGradients(current).IsEmpty);

    private ImmutableHashSet<string> DeclaredGradients(ITypeSymbol type) =>
        _gradient is null ? ImmutableHashSet<string>.Empty : _declaredGradients.GetOrAdd(type.OriginalDefinition, FindDeclaredGradients);

    private ImmutableHashSet<string> FindDeclaredGradients(ITypeSymbol type)
    {
        ISymbol[] members = [.. type.GetMembers().Where(member => member is IFieldSymbol or IPropertySymbol)];
        var named = new HashSet<string>(
            type.GetMembers().SelectMany(member => member.GetAttributes()).Select(NamedGradient).OfType<string>());
        return members
            .Where(member => named.Contains(member.Name)
                || member.GetAttributes().Any(attribute => Is(attribute, _gradient) || IsClipAttribute(attribute)))
            .Select(member => member.Name)
            .ToImmutableHashSet();
    }

    /// <summary>The gradient that <c>[Parameter(Gradient = "…")]</c> names.</summary>
    private string? NamedGradient(AttributeData attribute) =>
        Is(attribute, _parameter)
            ? attribute.NamedArguments
                .Where(named => named is { Key: "Gradient", Value.Kind: not TypedConstantKind.Array })
                .Select(named => named.Value.Value as string)
                .FirstOrDefault()
            : null;

    private TrainingAction ActionOf(IMethodSymbol method)
    {
        foreach (AttributeData attribute in method.GetAttributes())
        {
            if (Is(attribute, _backwardPass))
                return TrainingAction.Backward;
            if (Is(attribute, _gradientClipping))
                return TrainingAction.Clip;
            if (Is(attribute, _optimizerStep))
                return TrainingAction.Step;
            if (Is(attribute, _gradientReset))
                return TrainingAction.Reset;
        }

        return TrainingAction.None;
    }

    private static bool Is(AttributeData attribute, INamedTypeSymbol? known) =>
        known is not null && SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, known);
}
