using ClipGen.Analyzers.Declarations.Code;
using ClipGen.Generator.Reading;
using ClipGen.Generator.Torch;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations;

/// <summary>The derived types of each type of a compilation, and the code of these types.</summary>
internal sealed class DerivedTypes
{
    private readonly Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> _derived = new(SymbolEqualityComparer.Default);
    private readonly CodeIndex _code;
    private readonly CancellationToken _cancellation;

    /// <summary>Collects the types that derive from a class or implement an interface of the same assembly.</summary>
    public DerivedTypes(IEnumerable<INamedTypeSymbol> types, IAssemblySymbol assembly, CancellationToken cancellation)
    {
        _code = new CodeIndex(assembly);
        _cancellation = cancellation;
        foreach (INamedTypeSymbol type in types)
        {
            HasAnnotatedModule |= TorchModules.IsModule(type) && Annotations.IsAnnotated(type);
            for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
            {
                Add(ancestor, type, assembly);
            }

            foreach (INamedTypeSymbol implemented in type.AllInterfaces)
            {
                Add(implemented, type, assembly);
            }
        }
    }

    /// <summary>Whether a TorchSharp module of the compilation has a limit or leaves a member out.</summary>
    public bool HasAnnotatedModule { get; }

    /// <summary>The types that derive from the type or implement it.</summary>
    public IReadOnlyList<INamedTypeSymbol> Of(INamedTypeSymbol type) =>
        _derived.TryGetValue(type.OriginalDefinition, out List<INamedTypeSymbol>? derived) ? derived : [];

    /// <summary>The code of a type of the compilation; null for other types.</summary>
    public TypeBodies? CodeOf(INamedTypeSymbol type) => _code.Of(type, _cancellation);

    private void Add(INamedTypeSymbol ancestor, INamedTypeSymbol type, IAssemblySymbol assembly)
    {
        if (!SymbolEqualityComparer.Default.Equals(ancestor.ContainingAssembly, assembly))
        {
            return;
        }

        if (!_derived.TryGetValue(ancestor.OriginalDefinition, out List<INamedTypeSymbol>? derived))
        {
            _derived.Add(ancestor.OriginalDefinition, derived = []);
        }

        derived.Add(type);
    }
}
