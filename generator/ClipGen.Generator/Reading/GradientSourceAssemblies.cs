using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// The assemblies whose types can be gradient sources: this one, the runtime library, those whose types this compilation declares to hold
/// gradients, and all that reference one of them. Most members are of framework types, and searching the interfaces of a dictionary takes
/// longer than all other work on a member.
/// </summary>
internal sealed class GradientSourceAssemblies
{
    private readonly HashSet<IAssemblySymbol>? _known;

    public GradientSourceAssemblies(Compilation compilation, ExternalGradientSources external)
    {
        // If the runtime library is missing or ambiguous, no type is excluded.
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

    /// <summary>Whether the type, or a type that it is constructed from, can be a gradient source.</summary>
    public bool MayHoldGradientSources(ITypeSymbol type)
    {
        while (type is IArrayTypeSymbol array)
        {
            type = array.ElementType;
        }

        return _known is null
            || type is not INamedTypeSymbol { ContainingAssembly: { } assembly } named
            || _known.Contains(assembly)
            || named.TypeArguments.Any(MayHoldGradientSources)
            || (named.ContainingType is { } container && MayHoldGradientSources(container));
    }

    /// <summary>The assemblies that reference each assembly, among all that the compiled one references, directly or not.</summary>
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
