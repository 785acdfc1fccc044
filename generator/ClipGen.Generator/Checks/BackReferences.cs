using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Finds members that lead from a source back to what holds it (<c>Layer._model</c>, <c>Node.Parent</c>): visiting them would never end. A
/// type that holds its own kind may also be a tree, so two things must come together: the types form a cycle, and either the member's name
/// says that it points back, or the cycle is one of unrelated types and the member closes it as seen from the model.
/// </summary>
internal static class BackReferences
{
    private static readonly string[] BackwardNames =
        ["parent", "owner", "root", "previous", "prev", "model", "network", "net", "container", "trainer", "holder"];

    public static Problem Describe(ParsedSource source, HeldSource held)
    {
        bool isOwn = SymbolEqualityComparer.Default.Equals(held.Member.ContainingType, source.Symbol);
        string name = held.Member is ITypeSymbol ? source.Symbol.Name : $"{source.Symbol.Name}.{held.Member.Name}";
        return new Problem(RuleIds.BackReference, true, isOwn ? held.Member : source.Symbol, null, name, held.Source.Name);
    }

    /// <summary>
    /// The unmarked members that close a cycle of at least two types which hold each other by their own names. Where a type holds a base or
    /// an interface of itself or of others, as containers of layers do, the cycle may be a tree, and nothing is found.
    /// </summary>
    /// <param name="sources">Sources, with every source of a cycle that one of them is in.</param>
    public static IEnumerable<(ParsedSource Source, HeldSource Held)> FindClosing(IReadOnlyList<ParsedSource> sources)
    {
        Dictionary<INamedTypeSymbol, ParsedSource> byType = new(SymbolEqualityComparer.Default);
        foreach (ParsedSource source in sources)
        {
            byType.Add(source.Symbol, source);
        }

        IEnumerable<(HeldSource Held, ParsedSource Target)> Edges(ParsedSource source) =>
            from held in source.Held
            where !held.IsMarked && byType.ContainsKey(held.Source) && byType[held.Source] != source
            select (held, byType[held.Source]);

        return StrongComponents.Find(sources, source => Edges(source).Select(edge => edge.Target))
            .SelectMany(component => FindClosing(component, Edges));
    }

    /// <summary>Whether a member is named as one that points back, so that <see cref="FindNamedBackward"/> may find it.</summary>
    public static bool IsSuspect(ParsedSource source) => source.Held.Any(IsNamedBackward);

    /// <summary>
    /// The unmarked members whose name says that they point back, and that do: from the held type one gets to the source again.
    /// </summary>
    /// <param name="sources">Sources that need each other.</param>
    /// <param name="closure">The sources and all that they need.</param>
    public static IEnumerable<(ParsedSource Source, HeldSource Held)> FindNamedBackward(
        IReadOnlyList<ParsedSource> sources, IReadOnlyList<ParsedSource> closure)
    {
        var graph = new HoldingGraph(closure);
        return from source in sources
               from held in source.Held
               where IsNamedBackward(held) && graph.LeadsBack(source, held)
               select (source, held);
    }

    /// <summary>
    /// In a cycle, a member leads back if it does not lead further away from where traversals enter: the models, else the types that hold
    /// collections, else the first by name.
    /// </summary>
    private static List<(ParsedSource Source, HeldSource Held)> FindClosing(
        List<ParsedSource> component, Func<ParsedSource, IEnumerable<(HeldSource Held, ParsedSource Target)>> edges)
    {
        if (component.Count < 2)
        {
            return [];
        }

        var inside = new HashSet<ParsedSource>(component);
        List<ParsedSource> level =
            Entries(component, source => edges(source).Any(edge => inside.Contains(edge.Target) && !IsSingle(edge.Held)));
        var levels = new Dictionary<ParsedSource, int>();
        for (int depth = 0; level.Count > 0; depth++)
        {
            level.ForEach(source => levels.Add(source, depth));
            level = [.. level.SelectMany(edges).Select(edge => edge.Target)
                .Where(target => inside.Contains(target) && !levels.ContainsKey(target)).Distinct()];
        }

        return
        [
            .. component.SelectMany(source => edges(source)
                .Where(edge => inside.Contains(edge.Target) && levels[edge.Target] <= levels[source])
                .Select(edge => (source, edge.Held))),
        ];
    }

    private static List<ParsedSource> Entries(List<ParsedSource> component, Func<ParsedSource, bool> holdsCollection)
    {
        List<ParsedSource> models = [.. component.Where(source => source.Declaration.Limits.Count > 0)];
        if (models.Count > 0)
        {
            return models;
        }

        List<ParsedSource> holders = [.. component.Where(holdsCollection)];
        return [(holders.Count > 0 ? holders : component).OrderBy(source => source.Declaration.Type.MetadataName, StringComparer.Ordinal)
            .First()];
    }

    private static bool IsNamedBackward(HeldSource held)
    {
        string name = held.Member.Name.TrimStart('_');
        return !held.IsMarked && IsSingle(held) && BackwardNames.Any(word => name.Equals(word, StringComparison.OrdinalIgnoreCase)
            || (name.StartsWith(word, StringComparison.OrdinalIgnoreCase) && name.Length > word.Length && char.IsUpper(name[word.Length]))
            || name.EndsWith(char.ToUpperInvariant(word[0]) + word.Substring(1), StringComparison.Ordinal));
    }

    private static bool IsSingle(HeldSource held) =>
        held.Member is not ITypeSymbol
        && SourceMembers.TypeOf(held.Member) is INamedTypeSymbol type
        && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, held.Source);
}
