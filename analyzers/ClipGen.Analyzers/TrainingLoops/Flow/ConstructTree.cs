using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The constructs around the events of one body, without constructs outside of the function that contains the event.</summary>
internal sealed class ConstructTree
{
    public static readonly ConstructTree Empty = new([], null);

    private readonly SyntaxNode? _body;
    private readonly Dictionary<SyntaxNode, Construct> _constructs = [];
    private readonly List<Construct> _all = [];

    private ConstructTree(IEnumerable<SyntaxNode> outerFirst, SyntaxNode? body)
    {
        _body = body;
        foreach (SyntaxNode syntax in outerFirst)
        {
            var construct = new Construct(_all.Count, syntax, OuterOf(syntax), Innermost(syntax.Parent));
            _constructs.Add(syntax, construct);
            _all.Add(construct);
        }
    }

    /// <summary>The constructs. Containing constructs come first.</summary>
    public IReadOnlyList<Construct> All => _all;

    public static ConstructTree Build(SyntaxNode body, IEnumerable<SyntaxNode> sites)
    {
        var constructs = new HashSet<SyntaxNode>();
        foreach (SyntaxNode site in sites)
        {
            foreach (SyntaxNode construct in Constructs.Around(site, body))
            {
                // The constructs around a known construct are known.
                if (!constructs.Add(construct))
                    break;
            }
        }

        return new ConstructTree(constructs.OrderBy(construct => construct.SpanStart).ThenByDescending(construct => construct.Span.Length),
            body);
    }

    public bool TryFind(SyntaxNode syntax, out Construct construct) => _constructs.TryGetValue(syntax, out construct!);

    /// <summary>The innermost construct that decides whether the node runs.</summary>
    public Construct? OuterOf(SyntaxNode node) =>
        _body is not null && Constructs.Around(node, _body).FirstOrDefault() is { } outer
            && _constructs.TryGetValue(outer, out Construct? found) ? found : null;

    /// <summary>The innermost construct that contains the node or is the node.</summary>
    public Construct? Innermost(SyntaxNode? node)
    {
        for (SyntaxNode? current = node; current is not null && current != _body; current = current.Parent)
        {
            if (_constructs.TryGetValue(current, out Construct? found))
                return found;
        }

        return null;
    }
}
