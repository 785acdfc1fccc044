using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>Reduces a control-flow graph to the training events in it.</summary>
internal sealed class BodyGraphBuilder
{
    private readonly Dictionary<SyntaxNode, List<TrainingEvent>> _events;
    private readonly ControlFlowGraph _flow;
    private readonly EventGraph _graph = new();
    private readonly BodyGraph _body;
    private readonly Dictionary<BasicBlock, (EventNode First, EventNode Last)> _blocks = [];
    private readonly List<SyntaxNode> _constructs;
    private readonly HashSet<SyntaxNode> _placed = [];
    private readonly CancellationToken _cancellation;

    private BodyGraphBuilder(
        SyntaxNode syntax, BodyFacts facts, ControlFlowGraph flow, Dictionary<SyntaxNode, List<TrainingEvent>> events, BodyGraph? parent, CancellationToken cancellation)
    {
        _flow = flow;
        _events = events;
        _body = new BodyGraph(syntax, facts, _graph) { Parent = parent };
        _cancellation = cancellation;
        _constructs = ConstructsAround(events, syntax);
    }

    /// <returns><see langword="null"/> when the operation is no body that a control-flow graph can be made of.</returns>
    public static BodyGraph? Build(BodyFacts facts, Dictionary<SyntaxNode, List<TrainingEvent>> events, CancellationToken cancellation)
    {
        ControlFlowGraph? flow = facts.Root switch
        {
            IMethodBodyOperation method => ControlFlowGraph.Create(method, cancellation),
            IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor, cancellation),
            IBlockOperation { Parent: null } block => ControlFlowGraph.Create(block, cancellation),
            _ => null,
        };
        return flow is null ? null : new BodyGraphBuilder(facts.Root.Syntax, facts, flow, events, null, cancellation).Build();
    }

    private BodyGraph Build()
    {
        _graph.Add();
        foreach (BasicBlock block in _flow.Blocks)
            AddBlock(block);
        _graph.Exit = _blocks[_flow.Blocks[_flow.Blocks.Length - 1]].Last;
        EventGraph.Connect(_graph.Entry, _blocks[_flow.Blocks[0]].First);
        foreach (BasicBlock block in _flow.Blocks)
        {
            Follow(block, block.ConditionalSuccessor);
            Follow(block, block.FallThroughSuccessor);
            ConnectHandlers(block);
        }

        foreach (IMethodSymbol function in _flow.LocalFunctions)
        {
            ControlFlowGraph inner = _flow.GetLocalFunctionControlFlowGraph(function, _cancellation);
            SyntaxNode syntax = function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_cancellation) ?? inner.OriginalOperation.Syntax;
            _body.LocalFunctions[function] = new BodyGraphBuilder(syntax, _body.Facts, inner, _events, _body, _cancellation).Build();
        }

        return _body;
    }

    private void AddBlock(BasicBlock block)
    {
        EventNode first = _graph.Add();
        EventNode last = first;
        foreach (IOperation operation in block.Operations)
            last = AddOperation(operation, last);
        if (block.BranchValue is { } branch)
            last = AddOperation(branch, last);
        _blocks[block] = (first, last);
    }

    private EventNode AddOperation(IOperation operation, EventNode last)
    {
        foreach (SyntaxNode construct in _constructs)
        {
            // Blocks come in source order, so the first operation inside a construct is where it is entered.
            if (construct.Span.Contains(operation.Syntax.Span) && _placed.Add(construct))
                last = Append(last, _graph.Add(null, construct));
        }

        return AddEvents(operation, last);
    }

    // Operands come before what uses them: that is the order of evaluation.
    private EventNode AddEvents(IOperation operation, EventNode last)
    {
        foreach (IOperation child in operation.ChildOperations)
            last = AddEvents(child, last);
        if (operation is IFlowAnonymousFunctionOperation function)
        {
            ControlFlowGraph inner = _flow.GetAnonymousFunctionControlFlowGraph(function, _cancellation);
            if (!_body.Lambdas.ContainsKey(function.Syntax))
                _body.Lambdas[function.Syntax] = new BodyGraphBuilder(function.Syntax, _body.Facts, inner, _events, _body, _cancellation).Build();
        }
        else if (operation is IInvocationOperation or IAssignmentOperation or IObjectCreationOperation or IInvalidOperation or IDynamicInvocationOperation
            && _events.TryGetValue(operation.Syntax, out List<TrainingEvent>? found))
        {
            foreach (TrainingEvent happening in found)
                last = Append(last, _graph.Add(happening));
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
        EventNode from = _blocks[block].Last;
        foreach (ControlFlowRegion region in branch.FinallyRegions)
        {
            // Most finally regions only dispose; leaving those out keeps the paths through them apart.
            if (!HasEvents(region))
                continue;
            EventGraph.Connect(from, _blocks[_flow.Blocks[region.FirstBlockOrdinal]].First);
            from = _blocks[_flow.Blocks[region.LastBlockOrdinal]].Last;
        }

        EventGraph.Connect(from, _blocks[destination].First);
    }

    private bool HasEvents(ControlFlowRegion region)
    {
        for (int i = region.FirstBlockOrdinal; i <= region.LastBlockOrdinal; i++)
        {
            (EventNode first, EventNode last) = _blocks[_flow.Blocks[i]];
            if (first != last)
                return true;
        }

        return false;
    }

    private void ConnectHandlers(BasicBlock block)
    {
        (EventNode first, EventNode last) = _blocks[block];
        // A lambda's own root region lies in the regions of the method around it, whose handlers are not the lambda's.
        for (ControlFlowRegion? region = block.EnclosingRegion; region is { Kind: not ControlFlowRegionKind.Root }; region = region.EnclosingRegion)
        {
            if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { Kind: ControlFlowRegionKind.TryAndCatch } guarded)
                continue;
            foreach (ControlFlowRegion handler in guarded.NestedRegions)
            {
                if (handler == region)
                    continue;
                EventNode entered = _blocks[_flow.Blocks[handler.FirstBlockOrdinal]].First;
                EventGraph.Connect(first, entered);
                EventGraph.Connect(last, entered);
            }
        }
    }

    /// <summary>The loops and conditions around events, as far as they lie in this body and not in one inside it; outer ones first.</summary>
    private static List<SyntaxNode> ConstructsAround(Dictionary<SyntaxNode, List<TrainingEvent>> events, SyntaxNode body)
    {
        var constructs = new HashSet<SyntaxNode>();
        foreach (SyntaxNode site in events.Keys)
        {
            if (site.SyntaxTree != body.SyntaxTree || !body.Span.Contains(site.Span))
                continue;
            foreach (SyntaxNode construct in Constructs.Around(site, body))
                constructs.Add(construct);
        }

        return [.. constructs.OrderBy(construct => construct.SpanStart).ThenByDescending(construct => construct.Span.Length)];
    }
}
