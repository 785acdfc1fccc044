using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>Reduces the control-flow graph of a body to its training events. Functions inside the body get graphs of their own.</summary>
internal sealed class BodyGraphBuilder
{
    private readonly EventSites _sites;
    private readonly BodyGraph _body;
    private readonly ControlFlowGraph _flow;
    private readonly Queue<BodyGraphBuilder> _inner;
    private readonly WorkCount _work;
    private readonly ConstructTree _constructs;
    private readonly EventGraph _graph = new();
    private readonly (EventNode First, EventNode Last)[] _blocks;
    private readonly int[] _blocksWithEvents;
    private readonly HashSet<SyntaxNode> _entered = [];
    private readonly Dictionary<ControlFlowRegion, EventNode?> _handlers = [];

    private BodyGraphBuilder(EventSites sites, BodyGraph body, ControlFlowGraph flow, Queue<BodyGraphBuilder> inner, WorkCount work)
    {
        _sites = sites;
        _body = body;
        _flow = flow;
        _inner = inner;
        _work = work;
        _constructs = ConstructTree.Build(body.Body, sites.In(body.Body));
        _blocks = new (EventNode First, EventNode Last)[flow.Blocks.Length];
        _blocksWithEvents = new int[flow.Blocks.Length + 1];
    }

    /// <returns><see langword="null"/> if the operation has no control-flow graph.</returns>
    public static BodyGraph? Build(BodyFacts facts, Dictionary<SyntaxNode, List<TrainingEvent>> events, WorkCount work)
    {
        var body = new BodyGraph(facts.Root.Syntax, facts);
        if (events.Count == 0)
            return WithoutEvents(body);
        ControlFlowGraph? flow = facts.Root switch
        {
            IMethodBodyOperation method => ControlFlowGraph.Create(method),
            IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor),
            IBlockOperation { Parent: null } block => ControlFlowGraph.Create(block),
            _ => null,
        };
        if (flow is null)
            return null;
        var sites = new EventSites(events, body.Body);
        var pending = new Queue<BodyGraphBuilder>();
        pending.Enqueue(new BodyGraphBuilder(sites, body, flow, pending, work));
        while (pending.Count > 0)
            pending.Dequeue().Build();
        return body;
    }

    private static BodyGraph WithoutEvents(BodyGraph body)
    {
        var graph = new EventGraph();
        EventNode entry = graph.Add();
        graph.Exit = graph.Add();
        EventGraph.Connect(entry, graph.Exit);
        body.Complete(graph, ConstructTree.Empty);
        return body;
    }

    private void Build()
    {
        _graph.Add();
        foreach (BasicBlock block in _flow.Blocks)
            AddBlock(block);
        _graph.Exit = _blocks[_flow.Blocks.Length - 1].Last;
        EventGraph.Connect(_graph.Entry, _blocks[0].First);
        foreach (BasicBlock block in _flow.Blocks)
        {
            Follow(block, block.ConditionalSuccessor);
            Follow(block, block.FallThroughSuccessor);
            ConnectHandlers(block);
        }

        foreach (IMethodSymbol function in _flow.LocalFunctions)
        {
            ControlFlowGraph flow = _flow.GetLocalFunctionControlFlowGraph(function);
            SyntaxNode syntax = function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() ?? flow.OriginalOperation.Syntax;
            _body.LocalFunctions[function] = Enqueue(syntax, flow);
        }

        _work.Add(_graph.Nodes.Count);
        _body.Complete(_graph.WithoutEmptyNodes(), _constructs);
    }

    private BodyGraph Enqueue(SyntaxNode function, ControlFlowGraph flow)
    {
        BodyGraph body = _body.Inside(function);
        _inner.Enqueue(new BodyGraphBuilder(_sites, body, flow, _inner, _work));
        return body;
    }

    private void AddBlock(BasicBlock block)
    {
        EventNode first = _graph.Add();
        EventNode last = first;
        foreach (IOperation operation in block.Operations)
            last = AddOperation(operation, last);
        if (block.BranchValue is { } branch)
            last = AddOperation(branch, last);
        _blocks[block.Ordinal] = (first, last);
        _blocksWithEvents[block.Ordinal + 1] = _blocksWithEvents[block.Ordinal] + (first == last ? 0 : 1);
    }

    private EventNode AddOperation(IOperation operation, EventNode last)
    {
        last = EnterConstructs(operation.Syntax, last);
        foreach (IOperation part in operation.OperandsFirst())
        {
            _work.Add(1);
            last = AddEvents(part, last);
        }

        return last;
    }

    /// <summary>Marks where constructs begin. Blocks are in source order, so the first operation inside a construct is its entry.</summary>
    private EventNode EnterConstructs(SyntaxNode syntax, EventNode last)
    {
        var entered = new Stack<Construct>();
        // Constructs around an earlier node have already been entered.
        for (SyntaxNode? node = syntax; node is not null && node != _body.Body && _entered.Add(node); node = node.Parent)
        {
            _work.Add(1);
            if (_constructs.TryFind(node, out Construct construct))
                entered.Push(construct);
        }

        foreach (Construct construct in entered)
            last = Append(last, _graph.Add(null, construct));
        return last;
    }

    private EventNode AddEvents(IOperation operation, EventNode last)
    {
        if (operation is IFlowAnonymousFunctionOperation function)
        {
            if (!_body.Lambdas.ContainsKey(function.Syntax))
                _body.Lambdas[function.Syntax] = Enqueue(function.Syntax, _flow.GetAnonymousFunctionControlFlowGraph(function));
        }
        else if (operation is IInvocationOperation or IAssignmentOperation or IObjectCreationOperation or IInvalidOperation
            or IDynamicInvocationOperation)
        {
            bool disposes = operation is IInvocationOperation { IsImplicit: true, TargetMethod.Name: "Dispose" or "DisposeAsync" };
            foreach (TrainingEvent happening in _sites.EventsAt(operation.Syntax))
            {
                if (happening.IsDisposal == disposes)
                    last = Append(last, _graph.Add(happening));
            }
        }

        return last;
    }

    private static EventNode Append(EventNode last, EventNode next)
    {
        EventGraph.Connect(last, next);
        return next;
    }

    private void Follow(BasicBlock block, ControlFlowBranch? branch)
    {
        if (branch?.Destination is not { } destination)
            return;
        EventNode from = _blocks[block.Ordinal].Last;
        foreach (ControlFlowRegion region in branch.FinallyRegions)
        {
            _work.Add(1);
            // Most finally regions only dispose. If they have no events, the paths through them stay separate.
            if (!HasEvents(region))
                continue;
            EventGraph.Connect(from, _blocks[region.FirstBlockOrdinal].First);
            from = _blocks[region.LastBlockOrdinal].Last;
        }

        EventGraph.Connect(from, _blocks[destination.Ordinal].First);
    }

    private bool HasEvents(ControlFlowRegion region) =>
        _blocksWithEvents[region.LastBlockOrdinal + 1] > _blocksWithEvents[region.FirstBlockOrdinal];

    private void ConnectHandlers(BasicBlock block)
    {
        if (HandlerOf(block.EnclosingRegion) is not { } handler)
            return;
        EventGraph.Connect(_blocks[block.Ordinal].First, handler);
        EventGraph.Connect(_blocks[block.Ordinal].Last, handler);
    }

    /// <summary>
    /// The node that an exception in the region leads to. It leads on to the handlers of the enclosing <c>try</c> statements.
    /// </summary>
    private EventNode? HandlerOf(ControlFlowRegion? region)
    {
        var unknown = new Stack<ControlFlowRegion>();
        EventNode? handler = null;
        // The root region of a lambda is inside the regions of the enclosing method, whose handlers do not belong to the lambda.
        for (ControlFlowRegion? current = region; current is { Kind: not ControlFlowRegionKind.Root }; current = current.EnclosingRegion)
        {
            if (_handlers.TryGetValue(current, out handler))
                break;
            unknown.Push(current);
        }

        foreach (ControlFlowRegion current in unknown)
        {
            _work.Add(1);
            if (current is { Kind: ControlFlowRegionKind.Try, EnclosingRegion: { Kind: ControlFlowRegionKind.TryAndCatch } guarded })
                handler = AddHandler(current, guarded, handler);
            _handlers.Add(current, handler);
        }

        return handler;
    }

    private EventNode AddHandler(ControlFlowRegion tried, ControlFlowRegion guarded, EventNode? outer)
    {
        EventNode thrown = _graph.Add();
        foreach (ControlFlowRegion handler in guarded.NestedRegions)
        {
            if (handler != tried)
                EventGraph.Connect(thrown, _blocks[handler.FirstBlockOrdinal].First);
        }

        if (outer is not null)
            EventGraph.Connect(thrown, outer);
        return thrown;
    }
}
