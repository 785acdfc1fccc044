using ClipGen.Analyzers.TrainingLoops.Events;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The places of a body's events, grouped by the functions inside the body.</summary>
internal sealed class EventSites
{
    private readonly Dictionary<SyntaxNode, List<TrainingEvent>> _events;
    private readonly ILookup<SyntaxNode, SyntaxNode> _sites;
    private readonly SyntaxNode _body;

    public EventSites(Dictionary<SyntaxNode, List<TrainingEvent>> events, SyntaxNode body)
    {
        _events = events;
        _body = body;
        _sites = events.Keys.ToLookup(site => FunctionAround(site, body));
    }

    /// <summary>The events at a node, in the order in which they happen.</summary>
    public IReadOnlyList<TrainingEvent> EventsAt(SyntaxNode site) =>
        _events.TryGetValue(site, out List<TrainingEvent>? events) ? events : [];

    /// <summary>The nodes with events in a function, without those of functions inside it.</summary>
    public IEnumerable<SyntaxNode> In(SyntaxNode function) =>
        function == _body || Constructs.IsFunction(function) ? _sites[function] : InClause(function);

    /// <summary>The compiler also creates functions for the clauses of a query.</summary>
    private IEnumerable<SyntaxNode> InClause(SyntaxNode clause) => _events.Keys.Where(site => clause.FullSpan.Contains(site.Span));

    private static SyntaxNode FunctionAround(SyntaxNode site, SyntaxNode body)
    {
        SyntaxNode current = site;
        while (current != body && current.Parent is { } parent && (current == site || !Constructs.IsFunction(current)))
            current = parent;
        return current;
    }
}
