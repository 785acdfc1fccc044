using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>The edges between the types that one traversal can reach: unmarked members, and base classes.</summary>
internal sealed class HoldingGraph
{
    private readonly Dictionary<INamedTypeSymbol, List<ParsedGradientSource>> _derived = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ParsedGradientSource, int> _components = [];

    public HoldingGraph(IReadOnlyList<ParsedGradientSource> sources)
    {
        foreach (ParsedGradientSource source in sources)
        {
            foreach (INamedTypeSymbol ancestor in SelfAndAncestors(source.Symbol))
            {
                if (!_derived.TryGetValue(ancestor, out List<ParsedGradientSource>? derived))
                {
                    _derived.Add(ancestor, derived = []);
                }

                derived.Add(source);
            }
        }

        Dictionary<INamedTypeSymbol, ParsedGradientSource> byType = new(SymbolEqualityComparer.Default);
        foreach (ParsedGradientSource source in sources)
        {
            byType.Add(source.Symbol, source);
        }

        int number = 0;
        foreach (List<ParsedGradientSource> component in StrongComponents.Find(sources, source => Next(source, byType)))
        {
            component.ForEach(source => _components.Add(source, number));
            number++;
        }
    }

    /// <summary>Whether an object that the source's member can hold leads to the source again.</summary>
    public bool LeadsBack(ParsedGradientSource source, HeldGradientSource held) =>
        Possible(held.Source).Any(target => _components[target] == _components[source]);

    /// <summary>
    /// The types that the source leads to: those that its members can hold, and its base classes, whose members it inherits.
    /// </summary>
    private IEnumerable<ParsedGradientSource> Next(
        ParsedGradientSource source, Dictionary<INamedTypeSymbol, ParsedGradientSource> byType) =>
        source.Held.Where(held => !held.IsMarked).SelectMany(held => Possible(held.Source))
            .Concat(SelfAndAncestors(source.Symbol).Where(byType.ContainsKey).Select(type => byType[type]));

    /// <summary>The gradient sources whose objects a member of the given type can hold.</summary>
    private List<ParsedGradientSource> Possible(INamedTypeSymbol type) =>
        _derived.TryGetValue(type, out List<ParsedGradientSource>? sources) ? sources : [];

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
