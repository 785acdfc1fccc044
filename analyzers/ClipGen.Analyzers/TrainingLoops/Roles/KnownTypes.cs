using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>The types of TorchSharp and ClipGen that the rules know by symbol, looked up once per compilation.</summary>
internal sealed class KnownTypes
{
    public KnownTypes(Compilation compilation)
    {
        Tensor = compilation.GetTypeByMetadataName("TorchSharp.torch+Tensor");
        Autograd = compilation.GetTypeByMetadataName("TorchSharp.torch+autograd");
        Optimizer = compilation.GetTypeByMetadataName("TorchSharp.torch+optim+Optimizer");
        Lbfgs = compilation.GetTypeByMetadataName("TorchSharp.Modules.LBFGS");
        Module = compilation.GetTypeByMetadataName("TorchSharp.torch+nn+Module");
        GradientUtilities = compilation.GetTypeByMetadataName("TorchSharp.torch+nn+utils");
        Clippable = compilation.GetTypeByMetadataName("ClipGen.IClippable");
        GradientSource = compilation.GetTypeByMetadataName("ClipGen.IGradientSource");
        ClipGradNorm = compilation.GetTypeByMetadataName("ClipGen.ClipGradNormAttribute");
        ClipGradValue = compilation.GetTypeByMetadataName("ClipGen.ClipGradValueAttribute");
        Gradient = compilation.GetTypeByMetadataName("ClipGen.GradientAttribute");
        Parameter = compilation.GetTypeByMetadataName("ClipGen.ParameterAttribute");
        _backwardPass = compilation.GetTypeByMetadataName("ClipGen.BackwardPassAttribute");
        _gradientClipping = compilation.GetTypeByMetadataName("ClipGen.GradientClippingAttribute");
        _optimizerStep = compilation.GetTypeByMetadataName("ClipGen.OptimizerStepAttribute");
        _gradientReset = compilation.GetTypeByMetadataName("ClipGen.GradientResetAttribute");
    }

    private readonly INamedTypeSymbol? _backwardPass;
    private readonly INamedTypeSymbol? _gradientClipping;
    private readonly INamedTypeSymbol? _optimizerStep;
    private readonly INamedTypeSymbol? _gradientReset;

    public INamedTypeSymbol? Tensor { get; }

    public INamedTypeSymbol? Autograd { get; }

    public INamedTypeSymbol? Optimizer { get; }

    public INamedTypeSymbol? Lbfgs { get; }

    public INamedTypeSymbol? Module { get; }

    public INamedTypeSymbol? GradientUtilities { get; }

    public INamedTypeSymbol? Clippable { get; }

    public INamedTypeSymbol? GradientSource { get; }

    public INamedTypeSymbol? ClipGradNorm { get; }

    public INamedTypeSymbol? ClipGradValue { get; }

    public INamedTypeSymbol? Gradient { get; }

    public INamedTypeSymbol? Parameter { get; }

    public bool HasTorchSharp => Optimizer is not null;

    public bool HasClipGen => Clippable is not null;

    /// <summary>What one of ClipGen's method attributes says about the method, or about the one that it overrides or implements.</summary>
    public TrainingAction AttributedRole(IMethodSymbol method)
    {
        if (_backwardPass is null)
            return TrainingAction.None;
        for (IMethodSymbol? current = method; current is not null; current = current.OverriddenMethod)
        {
            foreach (AttributeData attribute in current.GetAttributes())
            {
                TrainingAction role = RoleOf(attribute.AttributeClass);
                if (role != TrainingAction.None)
                    return role;
            }
        }

        foreach (IMethodSymbol implemented in ImplementedMethods(method))
        {
            foreach (AttributeData attribute in implemented.GetAttributes())
            {
                TrainingAction role = RoleOf(attribute.AttributeClass);
                if (role != TrainingAction.None)
                    return role;
            }
        }

        return TrainingAction.None;
    }

    /// <summary>Whether the type derives from <paramref name="ancestor"/>, is it, or is constrained to it.</summary>
    public static bool IsOrDerives(ITypeSymbol? type, INamedTypeSymbol? ancestor)
    {
        if (ancestor is null)
            return false;
        if (type is ITypeParameterSymbol parameter)
            return parameter.ConstraintTypes.Any(constraint => IsOrDerives(constraint, ancestor));
        if (ancestor.TypeKind == TypeKind.Interface && type is not null
            && type.AllInterfaces.Any(implemented => SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, ancestor)))
        {
            return true;
        }

        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current.OriginalDefinition, ancestor))
                return true;
        }

        return false;
    }

    /// <summary>A model or a gradient source of ClipGen's: by interface, or by attribute where the generated half is not there.</summary>
    public bool IsAnnotated(ITypeSymbol? type)
    {
        if (type is null || !HasClipGen)
            return false;
        if (IsOrDerives(type, Clippable) || IsOrDerives(type, GradientSource))
            return true;
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (DeclaresClipping(current) || current.GetMembers().Any(IsDeclaredGradient))
                return true;
        }

        return false;
    }

    /// <summary>Whether the type carries a clip attribute, so that a <c>ClipGradients()</c> is generated for it.</summary>
    public bool IsModel(ITypeSymbol? type)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (DeclaresClipping(current))
                return true;
        }

        return IsOrDerives(type, Clippable);
    }

    public bool DeclaresClipping(ITypeSymbol type) => type.GetAttributes().Any(IsClipAttribute);

    public bool IsClipAttribute(AttributeData attribute) =>
        attribute.AttributeClass is { } type
        && (SymbolEqualityComparer.Default.Equals(type, ClipGradNorm) || SymbolEqualityComparer.Default.Equals(type, ClipGradValue));

    /// <summary>Whether the member carries <c>[Gradient]</c> or a clip attribute, or a parameter names it as its gradient.</summary>
    public bool IsDeclaredGradient(ISymbol member)
    {
        if (Gradient is null || member is not (IFieldSymbol or IPropertySymbol))
            return false;
        if (member.GetAttributes().Any(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, Gradient) || IsClipAttribute(attribute)))
            return true;
        return member.ContainingType is { } type && type.GetMembers().Any(other => other.GetAttributes().Any(attribute =>
            SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, Parameter)
            && attribute.NamedArguments.Any(named => named.Key == "Gradient" && named.Value.Value as string == member.Name)));
    }

    public static IEnumerable<IMethodSymbol> ImplementedMethods(IMethodSymbol method)
    {
        if (method.IsStatic || method.ContainingType is not { } type)
            yield break;
        foreach (INamedTypeSymbol implemented in type.AllInterfaces)
        {
            foreach (ISymbol member in implemented.GetMembers(method.Name))
            {
                if (member is IMethodSymbol declared
                    && SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(declared)?.OriginalDefinition, method.OriginalDefinition))
                {
                    yield return declared;
                }
            }
        }
    }

    private TrainingAction RoleOf(INamedTypeSymbol? attribute)
    {
        if (attribute is null)
            return TrainingAction.None;
        if (SymbolEqualityComparer.Default.Equals(attribute, _backwardPass))
            return TrainingAction.Backward;
        if (SymbolEqualityComparer.Default.Equals(attribute, _gradientClipping))
            return TrainingAction.Clip;
        if (SymbolEqualityComparer.Default.Equals(attribute, _optimizerStep))
            return TrainingAction.Step;
        return SymbolEqualityComparer.Default.Equals(attribute, _gradientReset) ? TrainingAction.Reset : TrainingAction.None;
    }
}
