using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>Which types lead to which, among those that one traversal can reach: by an unmarked member, or by deriving.</summary>
internal sealed class HoldingGraph
{
    private readonly Dictionary<INamedTypeSymbol, List<ParsedSource>> _derived = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ParsedSource, int> _components = [];

    public HoldingGraph(IReadOnlyList<ParsedSource> sources)
    {
        foreach (ParsedSource source in sources)
        {
            foreach (INamedTypeSymbol ancestor in SelfAndAncestors(source.Symbol))
            {
                if (!_derived.TryGetValue(ancestor, out List<ParsedSource>? derived))
                {
                    _derived.Add(ancestor, derived = []);
                }

                derived.Add(source);
            }
        }

        Dictionary<INamedTypeSymbol, ParsedSource> byType = new(SymbolEqualityComparer.Default);
        foreach (ParsedSource source in sources)
        {
            byType.Add(source.Symbol, source);
        }

        int number = 0;
        foreach (List<ParsedSource> component in StrongComponents.Find(sources, source => Next(source, byType)))
        {
            component.ForEach(source => _components.Add(source, number));
            number++;
        }
    }

    /// <summary>Whether an object that the source's member can hold leads to the source again.</summary>
    public bool LeadsBack(ParsedSource source, HeldSource held) =>
        Possible(held.Source).Any(target => _components[target] == _components[source]);

    /// <summary>Where one gets to from the source: to what its members can hold, and to its bases, whose members are its own.</summary>
    private IEnumerable<ParsedSource> Next(ParsedSource source, Dictionary<INamedTypeSymbol, ParsedSource> byType) =>
        source.Held.Where(held => !held.IsMarked).SelectMany(held => Possible(held.Source))
            .Concat(SelfAndAncestors(source.Symbol).Where(byType.ContainsKey).Select(type => byType[type]));

    /// <summary>The sources whose objects a member of the given type can hold.</summary>
    private List<ParsedSource> Possible(INamedTypeSymbol type) =>
        _derived.TryGetValue(type, out List<ParsedSource>? sources) ? sources : [];

    private static IEnumerable<INamedTypeSymbol> SelfAndAncestors(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            yield return current.OriginalDefinition;
        }

        foreach (INamedTypeSymbol implemented in type.AllInterfaces)
        {
            yield return implemented.OriginalDefinition;
        }
    }
}
