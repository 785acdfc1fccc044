using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Finds members that lead from a gradient source back to its holder (<c>Layer._model</c>, <c>Node.Parent</c>), whose traversal would not
/// end. A type that holds its own kind may also be a tree. So a member of a cycle of types is reported only if its name says that it points
/// back, or if the cycle consists of unrelated types and the member closes it as seen from the model.
/// </summary>
internal static class BackReferences
{
    private static readonly string[] BackwardNames =
        ["parent", "owner", "root", "previous", "prev", "model", "network", "net", "container", "trainer", "holder"];

    public static Problem Describe(ParsedGradientSource source, HeldGradientSource held)
    {
        bool isOwn = SymbolEqualityComparer.Default.Equals(held.Member.ContainingType, source.Symbol);
        string name = held.Member is ITypeSymbol ? source.Symbol.Name : $"{source.Symbol.Name}.{held.Member.Name}";
        return new Problem(RuleIds.BackReference, true, isOwn ? held.Member : source.Symbol, null, name, held.Source.Name);
    }

    /// <summary>
    /// The unmarked members that close a cycle of at least two types which hold each other by their own names. If a type holds a base class
    /// or an interface of a type in the cycle, as containers of layers do, the cycle may be a tree, and nothing is reported.
    /// </summary>
    /// <param name="sources">Gradient sources, with every source of a cycle that one of them is in.</param>
    public static IEnumerable<(ParsedGradientSource Source, HeldGradientSource Held)> FindClosing(
        IReadOnlyList<ParsedGradientSource> sources)
    {
        Dictionary<INamedTypeSymbol, ParsedGradientSource> byType = new(SymbolEqualityComparer.Default);
        foreach (ParsedGradientSource source in sources)
        {
            byType.Add(source.Symbol, source);
        }

        IEnumerable<(HeldGradientSource Held, ParsedGradientSource Target)> Edges(ParsedGradientSource source) =>
            from held in source.Held
            where !held.IsMarked && byType.ContainsKey(held.Source) && byType[held.Source] != source
            select (held, byType[held.Source]);

        return StrongComponents.Find(sources, source => Edges(source).Select(edge => edge.Target))
            .SelectMany(component => FindClosing(component, Edges));
    }

    /// <summary>Whether a member is named like one that points back, so that <see cref="FindNamedBackward"/> may find it.</summary>
    public static bool IsSuspect(ParsedGradientSource source) => source.Held.Any(IsNamedBackward);

    /// <summary>The unmarked members whose names say that they point back, and whose types lead to the source again.</summary>
    /// <param name="sources">Gradient sources that need each other.</param>
    /// <param name="closure">The sources and everything that they need.</param>
    public static IEnumerable<(ParsedGradientSource Source, HeldGradientSource Held)> FindNamedBackward(
        IReadOnlyList<ParsedGradientSource> sources, IReadOnlyList<ParsedGradientSource> closure)
    {
        var graph = new HoldingGraph(closure);
        return from source in sources
               from held in source.Held
               where IsNamedBackward(held) && graph.LeadsBack(source, held)
               select (source, held);
    }

    /// <summary>
    /// In a cycle, a member leads back unless it leads further away from the start of traversals: the models, otherwise the types that hold
    /// collections, otherwise the first type by name.
    /// </summary>
    private static List<(ParsedGradientSource Source, HeldGradientSource Held)> FindClosing(
        List<ParsedGradientSource> component,
        Func<ParsedGradientSource, IEnumerable<(HeldGradientSource Held, ParsedGradientSource Target)>> edges)
    {
        if (component.Count < 2)
        {
            return [];
        }

        var inside = new HashSet<ParsedGradientSource>(component);
        List<ParsedGradientSource> level =
            Entries(component, source => edges(source).Any(edge => inside.Contains(edge.Target) && !IsSingle(edge.Held)));
        var levels = new Dictionary<ParsedGradientSource, int>();
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

    private static List<ParsedGradientSource> Entries(
        List<ParsedGradientSource> component, Func<ParsedGradientSource, bool> holdsCollection)
    {
        List<ParsedGradientSource> models = [.. component.Where(source => source.Declaration.Limits.Count > 0)];
        if (models.Count > 0)
        {
            return models;
        }

        List<ParsedGradientSource> holders = [.. component.Where(holdsCollection)];
        return [(holders.Count > 0 ? holders : component).OrderBy(source => source.Declaration.Type.MetadataName, StringComparer.Ordinal)
            .First()];
    }

    private static bool IsNamedBackward(HeldGradientSource held)
    {
        string name = held.Member.Name.TrimStart('_');
        return !held.IsMarked && IsSingle(held) && BackwardNames.Any(word => name.Equals(word, StringComparison.OrdinalIgnoreCase)
            || (name.StartsWith(word, StringComparison.OrdinalIgnoreCase) && name.Length > word.Length && char.IsUpper(name[word.Length]))
            || name.EndsWith(char.ToUpperInvariant(word[0]) + word.Substring(1), StringComparison.Ordinal));
    }

    private static bool IsSingle(HeldGradientSource held) =>
        held.Member is not ITypeSymbol
        && MemberSymbols.TypeOf(held.Member) is INamedTypeSymbol type
        && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, held.Source);
}
