using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The events of one body as written, before calls are expanded.</summary>
internal sealed class BodyGraph
{
    private readonly Lazy<IReadOnlyList<BodyGraph>> _selfAndInner;
    private readonly Lazy<bool> _trains;
    private readonly BodyGraph? _parent;

    public BodyGraph(SyntaxNode body, BodyFacts facts)
        : this(body, facts, new BodyConditions(facts), null)
    {
    }

    private BodyGraph(SyntaxNode body, BodyFacts facts, BodyConditions conditions, BodyGraph? parent)
    {
        Body = body;
        Facts = facts;
        Conditions = conditions;
        _parent = parent;
        _selfAndInner = new Lazy<IReadOnlyList<BodyGraph>>(FindSelfAndInner);
        _trains = new Lazy<bool>(FindTraining);
    }

    /// <summary>The method, accessor, lambda or local function.</summary>
    public SyntaxNode Body { get; }

    /// <summary>The facts of the method or accessor. Lambdas and local functions share them.</summary>
    public BodyFacts Facts { get; }

    /// <summary>The conditions of the method or accessor. Lambdas and local functions share them.</summary>
    public BodyConditions Conditions { get; }

    public EventGraph Graph { get; private set; } = new();

    public ConstructTree Constructs { get; private set; } = ConstructTree.Empty;

    public Dictionary<SyntaxNode, BodyGraph> Lambdas { get; } = [];

    public Dictionary<IMethodSymbol, BodyGraph> LocalFunctions { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>This graph and those of all functions inside it, the innermost first.</summary>
    public IReadOnlyList<BodyGraph> SelfAndInner => _selfAndInner.Value;

    /// <summary>Whether this is a lambda or local function of another body.</summary>
    public bool IsInner => _parent is not null;

    /// <summary>Whether the body contains a backward pass and a step, or calls that are known as such.</summary>
    public bool Trains => _trains.Value;

    /// <summary>The graph of a function inside this one, still without events.</summary>
    public BodyGraph Inside(SyntaxNode function) => new(function, Facts, Conditions, this);

    public void Complete(EventGraph graph, ConstructTree constructs)
    {
        Graph = graph;
        Constructs = constructs;
    }

    public BodyGraph? FindLambda(SyntaxNode lambda)
    {
        for (BodyGraph? body = this; body is not null; body = body._parent)
        {
            if (body.Lambdas.TryGetValue(lambda, out BodyGraph? found))
                return found;
        }

        return null;
    }

    public BodyGraph? FindLocalFunction(IMethodSymbol function)
    {
        for (BodyGraph? body = this; body is not null; body = body._parent)
        {
            if (body.LocalFunctions.TryGetValue(function, out BodyGraph? found))
                return found;
        }

        return null;
    }

    private bool FindTraining()
    {
        const TrainingAction needed = TrainingAction.Backward | TrainingAction.Step;
        TrainingAction actions = TrainingAction.None;
        foreach (BodyGraph part in SelfAndInner)
        {
            foreach (EventNode node in part.Graph.Nodes)
                actions |= node.Event is { } found ? found.Action | found.Classification.Action : TrainingAction.None;
        }

        return (actions & needed) == needed;
    }

    private List<BodyGraph> FindSelfAndInner()
    {
        var found = new List<BodyGraph>();
        var pending = new Stack<BodyGraph>();
        pending.Push(this);
        while (pending.Count > 0)
        {
            BodyGraph body = pending.Pop();
            found.Add(body);
            foreach (BodyGraph inner in body.Lambdas.Values.Concat(body.LocalFunctions.Values))
                pending.Push(inner);
        }

        found.Reverse();
        return found;
    }
}
