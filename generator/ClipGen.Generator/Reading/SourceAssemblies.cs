using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// The assemblies whose types can be gradient sources: this one, the runtime library, those of types that this compilation declares to hold
/// gradients, and all that reference one of them. Most members are of the framework's types, and looking through the interfaces of a
/// dictionary takes longer than everything else that is done with a member.
/// </summary>
internal sealed class SourceAssemblies
{
    private readonly HashSet<IAssemblySymbol>? _known;

    public SourceAssemblies(Compilation compilation, ExternalSources external)
    {
        // Where the runtime library is not found or is ambiguous, no type is ruled out.
        if (compilation.GetTypeByMetadataName(WellKnownNames.FullName(WellKnownNames.IGradientSource)) is not { } source)
        {
            return;
        }

        _known = new HashSet<IAssemblySymbol>(SymbolEqualityComparer.Default);
        var users = UsersOf(compilation.Assembly);
        var pending = new Stack<IAssemblySymbol>(
            [compilation.Assembly, source.ContainingAssembly, .. external.Types.Select(type => type.ContainingAssembly)]);
        while (pending.Count > 0)
        {
            IAssemblySymbol assembly = pending.Pop();
            if (_known.Add(assembly) && users.TryGetValue(assembly, out List<IAssemblySymbol>? ofAssembly))
            {
                ofAssembly.ForEach(pending.Push);
            }
        }
    }

    /// <summary>Whether the type, or a type that it is built with, can be a source.</summary>
    public bool MayHoldSources(ITypeSymbol type)
    {
        while (type is IArrayTypeSymbol array)
        {
            type = array.ElementType;
        }

        return _known is null
            || type is not INamedTypeSymbol { ContainingAssembly: { } assembly } named
            || _known.Contains(assembly)
            || named.TypeArguments.Any(MayHoldSources)
            || (named.ContainingType is { } container && MayHoldSources(container));
    }

    /// <summary>The assemblies that reference each assembly, among all that can be reached from the one that is compiled.</summary>
    private static Dictionary<IAssemblySymbol, List<IAssemblySymbol>> UsersOf(IAssemblySymbol compiled)
    {
        var users = new Dictionary<IAssemblySymbol, List<IAssemblySymbol>>(SymbolEqualityComparer.Default);
        var seen = new HashSet<IAssemblySymbol>(SymbolEqualityComparer.Default) { compiled };
        var pending = new Stack<IAssemblySymbol>([compiled]);
        while (pending.Count > 0)
        {
            IAssemblySymbol user = pending.Pop();
            foreach (IAssemblySymbol used in user.Modules.SelectMany(module => module.ReferencedAssemblySymbols))
            {
                if (!users.TryGetValue(used, out List<IAssemblySymbol>? ofUsed))
                {
                    users.Add(used, ofUsed = []);
                }

                ofUsed.Add(user);
                if (seen.Add(used))
                {
                    pending.Push(used);
                }
            }
        }

        return users;
    }
}
