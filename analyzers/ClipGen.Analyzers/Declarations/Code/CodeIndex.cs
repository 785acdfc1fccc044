using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>The code of the types of one compilation. Each type is read once, when something is first asked about it.</summary>
internal sealed class CodeIndex(IAssemblySymbol assembly)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, TypeBodies> _read = new(SymbolEqualityComparer.Default);

    /// <summary>The code of a type of this compilation, else null.</summary>
    public TypeBodies? Of(INamedTypeSymbol type, CancellationToken cancellation) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, assembly)
            ? _read.GetOrAdd(type.OriginalDefinition, original => TypeBodies.Read(original, cancellation))
            : null;
}
