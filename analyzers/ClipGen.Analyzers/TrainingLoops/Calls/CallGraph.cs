using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Calls;

/// <summary>The event graphs of the program's bodies, and their calls. Each graph is built when it is first requested.</summary>
internal sealed class CallGraph(SourceBodies bodies, EventExtractor extractor, CalledMethods called, WorkCount work)
{
    private readonly ConcurrentDictionary<SyntaxNode, BodyGraph?> _graphs = new();
    private readonly ConcurrentDictionary<SyntaxNode, bool> _allowed = new();
    private readonly ConcurrentDictionary<IMethodSymbol, Callees> _called = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, Callees> _calledVirtually = new(SymbolEqualityComparer.Default);
    private readonly CallComponents _components = new(work);

    /// <returns><see langword="null"/> if the body has no graph, or if it is too large.</returns>
    public BodyGraph? GraphOf(BodyFacts facts) =>
        _graphs.GetOrAdd(facts.Root.Syntax, body => IsAllowed(body) ? BodyGraphBuilder.Build(facts, extractor.Extract(facts), work) : null);

    /// <summary>The methods that a call can run.</summary>
    public Callees CalleesOf(IMethodSymbol method, bool isVirtual) =>
        (isVirtual ? _calledVirtually : _called).GetOrAdd(method,
            _ => new Callees([.. called.CandidatesOf(method, isVirtual).Select(CalleeOf)]));

    /// <summary>
    /// The targets of the calls in a body and in the functions inside it: choices of methods, and bodies that contain functions which are
    /// stored elsewhere.
    /// </summary>
    public IEnumerable<object> CallsIn(BodyGraph body)
    {
        foreach (EventNode node in body.SelfAndInner.SelectMany(part => part.Graph.Nodes))
        {
            if (node.Event is not { IsCall: true } call)
                continue;
            if (call.Function is { } function)
            {
                if (!body.Facts.Root.Syntax.Contains(function) && BodyAround(function) is { } around)
                    yield return around;
            }
            else if (call.Method is { } method)
            {
                yield return CalleesOf(method, call.IsVirtual);
            }
        }
    }

    /// <summary>The graph of a lambda or local function in another body than the one that calls it.</summary>
    public BodyGraph? FindElsewhere(SyntaxNode function) =>
        BodyAround(function)?.SelfAndInner.FirstOrDefault(part => part.Body == function);

    private BodyGraph? BodyAround(SyntaxNode node) =>
        bodies.FactsAround(node) is { } facts && IsAllowed(facts.Root.Syntax) ? GraphOf(facts) : null;

    /// <summary>The component of a body in the call graph, with everything that it reaches.</summary>
    public CallComponent ComponentOf(BodyGraph body) => _components.Of(body, this);

    /// <summary>The component of the targets of a call.</summary>
    public CallComponent ComponentOf(Callees callees) => _components.Of(callees, this);

    private bool IsAllowed(SyntaxNode body) => _allowed.GetOrAdd(body, BodyLimits.Allow);

    private Callee CalleeOf(IMethodSymbol method)
    {
        Classification known = called.Classify(method);
        foreach (SyntaxReference reference in method.DeclaringSyntaxReferences)
        {
            SyntaxNode body = reference.GetSyntax();
            if (!IsAllowed(body))
                return new Callee(method, null, IsTooLarge: true, known);
            if (bodies.FactsOf(body) is { } facts && GraphOf(facts) is { } graph)
                return new Callee(method, graph, IsTooLarge: false, known);
        }

        return new Callee(method, null, IsTooLarge: false, known);
    }
}
