using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>Which type holds which, among those that one traversal can reach.</summary>
internal sealed class HoldingGraph
{
    private readonly IReadOnlyList<ParsedSource> _sources;

    public HoldingGraph(IReadOnlyList<ParsedSource> closure) =>
        // Seen from models first, so that what leads back to one is found and not what leads away from it.
        _sources =
        [
            .. closure.OrderBy(source => source.Declaration.Limits.Count == 0)
                .ThenBy(source => source.Declaration.Type.MetadataName, StringComparer.Ordinal),
        ];

    /// <summary>The unmarked members in a circle whose name says that they point back.</summary>
    public IEnumerable<HeldSource> FindNamedBackward(Func<HeldSource, bool> isNamedBackward) =>
        from source in _sources
        from held in source.Held
        where !held.IsMarked && isNamedBackward(held)
        where Possible(held).Any(target => target == source || Reaches(target, source, []))
        select held;

    /// <summary>
    /// The unmarked members that close a circle of at least two types which hold each other by their own names. Where a type holds a base or an interface of
    /// itself or of others, as containers of layers do, the circle may be a tree, and nothing is found.
    /// </summary>
    public IEnumerable<HeldSource> FindClosing()
    {
        var closing = new List<HeldSource>();
        var done = new HashSet<ParsedSource>();
        foreach (ParsedSource source in _sources)
        {
            Search(source, [], done, closing);
        }

        return closing;
    }

    private void Search(ParsedSource source, List<ParsedSource> path, HashSet<ParsedSource> done, List<HeldSource> closing)
    {
        if (!done.Add(source))
        {
            return;
        }

        path.Add(source);
        foreach (HeldSource held in source.Held)
        {
            ParsedSource? target = _sources.FirstOrDefault(candidate => IsSame(candidate.Symbol, held.Source));
            if (target is null || target == source || held.IsMarked)
            {
                continue;
            }

            if (path.Contains(target))
            {
                closing.Add(held);
            }
            else
            {
                Search(target, path, done, closing);
            }
        }

        path.RemoveAt(path.Count - 1);
    }

    private bool Reaches(ParsedSource from, ParsedSource to, HashSet<ParsedSource> seen) =>
        seen.Add(from)
        && (from == to
            || from.Held.Where(held => !held.IsMarked).SelectMany(Possible).Concat(Bases(from)).Any(next => Reaches(next, to, seen)));

    /// <summary>The types whose objects the member can hold.</summary>
    private IEnumerable<ParsedSource> Possible(HeldSource held) => _sources.Where(source => IsOrDerives(source.Symbol, held.Source));

    private IEnumerable<ParsedSource> Bases(ParsedSource source) =>
        _sources.Where(other => other != source && IsOrDerives(source.Symbol, other.Symbol));

    private static bool IsOrDerives(INamedTypeSymbol type, INamedTypeSymbol ancestor)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (IsSame(current.OriginalDefinition, ancestor))
            {
                return true;
            }
        }

        return type.AllInterfaces.Any(implemented => IsSame(implemented.OriginalDefinition, ancestor));
    }

    private static bool IsSame(INamedTypeSymbol one, INamedTypeSymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
}
