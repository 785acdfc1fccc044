using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Finds members that lead from a source back to what holds it (<c>Layer._model</c>, <c>Node.Parent</c>): visiting them would never end. A
/// type that holds its own kind may just as well be a tree, so two things must come together: the types form a circle, and either the member's name says
/// that it points back, or the circle is one of unrelated types and the member closes it as seen from the model.
/// </summary>
internal static class BackReferences
{
    private static readonly string[] BackwardNames =
        ["parent", "owner", "root", "previous", "prev", "model", "network", "net", "container", "trainer", "holder"];

    /// <summary>The members that lead back, with the problem of each.</summary>
    public static IEnumerable<Problem> Find(IReadOnlyList<ParsedSource> closure)
    {
        if (!closure.Any(source => source.Held.Count > 0))
        {
            return [];
        }

        var graph = new HoldingGraph(closure);
        return graph.FindNamedBackward(IsNamedBackward)
            .Concat(graph.FindClosing())
            .Distinct()
            .Select(held => new Problem(
                RuleIds.BackReference, true, held.Member, null, $"{held.Member.ContainingType.Name}.{held.Member.Name}", held.Source.Name));
    }

    private static bool IsNamedBackward(HeldSource held)
    {
        string name = held.Member.Name.TrimStart('_');
        return IsSingle(held) && BackwardNames.Any(word => name.Equals(word, StringComparison.OrdinalIgnoreCase)
            || name.StartsWith(word, StringComparison.OrdinalIgnoreCase) && name.Length > word.Length && char.IsUpper(name[word.Length])
            || name.EndsWith(char.ToUpperInvariant(word[0]) + word.Substring(1), StringComparison.Ordinal));
    }

    private static bool IsSingle(HeldSource held) =>
        SourceMembers.TypeOf(held.Member) is INamedTypeSymbol type && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, held.Source);
}
