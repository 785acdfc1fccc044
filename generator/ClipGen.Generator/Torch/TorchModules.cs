using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Torch;

/// <summary>
/// What generator and analyzers know about TorchSharp. Modules register their parameters, so declarations only leave members out and group
/// them.
/// </summary>
internal static class TorchModules
{
    /// <summary>The types of the package ClipGen.TorchSharp that generated code calls.</summary>
    public const string Adapter = "ClipGen.Torch.ModuleGradients";

    /// <summary>The generated method that names the members that are left out and grouped.</summary>
    public const string DeclareGradients = "DeclareGradients";

    private const string ModuleInterface = "IModuleGradients";

    /// <summary>Whether the type is a <c>torch.nn.Module</c>.</summary>
    public static bool IsModule(ITypeSymbol? type)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (current is
                {
                    Name: "Module",
                    ContainingType:
                    {
                        Name: "nn",
                        ContainingType:
                        {
                            Name: "torch",
                            ContainingNamespace: { Name: "TorchSharp", ContainingNamespace.IsGlobalNamespace: true }
                        },
                    },
                })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a member of that type can be left out or grouped: a module, a parameter, or a collection of them.</summary>
    public static bool HoldsParameters(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => HoldsParameters(array.ElementType),
        ITypeParameterSymbol parameter => parameter.ConstraintTypes.Any(HoldsParameters),
        _ when IsModule(type) || IsTensor(type) || IsModuleInterface(type) => true,
        INamedTypeSymbol named => named.TypeArguments.Any(HoldsParameters),
        _ => false,
    };

    /// <summary>Whether the type is a module that leaves members out. It needs no other attribute.</summary>
    public static bool IsModuleWithIgnored(INamedTypeSymbol type) => IsModule(type) && type.GetMembers().Any(MarksIgnored);

    /// <summary>Whether the attribute is on the member itself.</summary>
    public static bool MarksIgnored(ISymbol member) =>
        member is not INamedTypeSymbol && WellKnownNames.FindAttribute(member, WellKnownNames.ClipIgnore) is not null;

    /// <summary>How the generated members of a module relate to those of its base classes.</summary>
    public static TorchInheritance ReadInheritance(GradientSourceIndex index, INamedTypeSymbol type, List<INamedTypeSymbol> uses)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (index.IsInThisCompilation(ancestor) && Annotations.IsAnnotated(ancestor.OriginalDefinition))
            {
                uses.Add(ancestor.OriginalDefinition);
                return TorchInheritance.Derived;
            }

            if (!index.IsInThisCompilation(ancestor) && ancestor.AllInterfaces.Any(IsDeclaration))
            {
                return TorchInheritance.Derived;
            }
        }

        return type.IsSealed ? TorchInheritance.Sealed : TorchInheritance.Root;
    }

    private static bool IsDeclaration(INamedTypeSymbol type) =>
        type is { Name: ModuleInterface, ContainingNamespace: { Name: "Torch", ContainingNamespace.Name: WellKnownNames.Namespace } };

    // IModule<T, TResult>, the type of Sequential's modules.
    public static bool IsModuleInterface(ITypeSymbol type) =>
        type is { TypeKind: TypeKind.Interface, Name: "IModule", ContainingType.Name: "nn" };

    /// <summary>Whether the type is <c>Parameter</c>, which a module registers.</summary>
    public static bool IsParameter(ITypeSymbol type) =>
        type is { Name: "Parameter", ContainingNamespace: { Name: "Modules", ContainingNamespace.Name: "TorchSharp" } };

    // Parameter derives from Tensor, and some fields are declared as Tensor.
    private static bool IsTensor(ITypeSymbol? type)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (current is { Name: "Tensor", ContainingType: { Name: "torch", ContainingNamespace.Name: "TorchSharp" } })
            {
                return true;
            }
        }

        return false;
    }
}
