using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>Which types lead to which, among those that one traversal can reach: by an unmarked member, or by deriving.</summary>
internal sealed class HoldingGraph
{
    private readonly Dictionary<INamedTypeSymbol, List<ParsedSource>> _derived = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<ParsedSource>> _holders = new(SymbolEqualityComparer.Default);

    public HoldingGraph(IReadOnlyList<ParsedSource> sources)
    {
        foreach (ParsedSource source in sources)
        {
            foreach (INamedTypeSymbol ancestor in SelfAndAncestors(source.Symbol))
            {
                Add(_derived, ancestor, source);
            }

            foreach (HeldSource held in source.Held)
            {
                if (!held.IsMarked)
                {
                    Add(_holders, held.Source, source);
                }
            }
        }
    }

    /// <summary>The sources whose objects a member of the given type can hold.</summary>
    public IEnumerable<ParsedSource> Possible(INamedTypeSymbol type) => Get(_derived, type);

    /// <summary>The source itself and all from which it can be reached.</summary>
    public HashSet<ParsedSource> FindLeadingTo(ParsedSource source)
    {
        var found = new HashSet<ParsedSource>();
        var pending = new Stack<ParsedSource>([source]);
        while (pending.Count > 0)
        {
            ParsedSource current = pending.Pop();
            if (found.Add(current))
            {
                foreach (ParsedSource holder in SelfAndAncestors(current.Symbol).SelectMany(type => Get(_holders, type)).Concat(Possible(current.Symbol)))
                {
                    pending.Push(holder);
                }
            }
        }

        return found;
    }

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

    private static void Add(Dictionary<INamedTypeSymbol, List<ParsedSource>> map, INamedTypeSymbol key, ParsedSource source)
    {
        if (!map.TryGetValue(key, out List<ParsedSource>? list))
        {
            map.Add(key, list = []);
        }

        list.Add(source);
    }

    private static List<ParsedSource> Get(Dictionary<INamedTypeSymbol, List<ParsedSource>> map, INamedTypeSymbol key) =>
        map.TryGetValue(key, out List<ParsedSource>? list) ? list : [];
}
