using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Calls;

/// <summary>
/// Replaces calls by the events of the called methods, local functions and lambdas, with targets as the caller sees them. A call that can
/// run several overrides becomes a fork.
/// </summary>
internal sealed class GraphExpander
{
    /// <summary>The number of nodes for a call that is not followed.</summary>
    public const int NodesOutOfSight = 3;

    private readonly CallGraph _calls;
    private readonly WorkCount _work;
    private readonly EventGraph _graph = new();
    private readonly CallPath _path;
    private TrainingEvent? _within;
    private bool _isTooLarge;

    private GraphExpander(CallGraph calls, WorkCount work)
    {
        _calls = calls;
        _work = work;
        _path = new CallPath(calls);
    }

    /// <returns><see langword="null"/> if the body reaches too much code.</returns>
    /// <param name="calls">The bodies of the program.</param>
    /// <param name="body">The body to start from.</param>
    /// <param name="decided">Steps of functions inside the body that were checked in the analysis of those functions.</param>
    /// <param name="work">Counts the nodes.</param>
    public static EventGraph? Expand(CallGraph calls, BodyGraph body, ISet<SyntaxNode> decided, WorkCount work)
    {
        if (!new ExpandedSize(calls, work).IsWithinLimit(body))
            return null;
        var expander = new GraphExpander(calls, work);
        EventNode entry = expander._graph.Add();
        GraphPart part = expander.Splice(body, found => decided.Contains(found.Syntax) ? found with { IsDecided = true } : found);
        EventGraph.Connect(entry, part.First);
        expander._graph.Exit = part.Last;
        return expander._isTooLarge ? null : expander._graph;
    }

    private GraphPart Splice(BodyGraph body, Func<TrainingEvent, TrainingEvent> map)
    {
        _path.Enter(body);
        GraphPart part = SpliceNodes(body, map);
        _path.Leave();
        return part;
    }

    private GraphPart SpliceNodes(BodyGraph body, Func<TrainingEvent, TrainingEvent> map)
    {
        IReadOnlyList<EventNode> nodes = body.Graph.Nodes;
        var parts = new GraphPart[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            parts[i] = SpliceNode(body, nodes[i], map);
            _isTooLarge |= _graph.Nodes.Count > AnalysisLimits.ExpandedNodes;
            if (_isTooLarge)
                return parts[0];
        }

        new ClipHoisting(body, _graph, parts).Apply();
        foreach (EventNode node in nodes)
        {
            foreach (EventNode next in node.Next)
                EventGraph.Connect(parts[node.Index].Last, parts[next.Index].First);
        }

        return GraphPart.Join(parts[body.Graph.Entry.Index].First, parts[body.Graph.Exit.Index].Last, parts);
    }

    private GraphPart SpliceNode(BodyGraph body, EventNode node, Func<TrainingEvent, TrainingEvent> map)
    {
        _work.Add(1);
        if (node.Event is not { } found)
            return GraphPart.Of(_graph.Add());
        return found.IsCall ? SpliceCall(body, found, map) : Add(map(found));
    }

    /// <summary>
    /// Adds an event. In a method that the user marks, or that is known as a step although its source shows none, the source only tells
    /// when the action happens, and whether gradients are clipped before it. Resets in such a method come after the update.
    /// </summary>
    private GraphPart Add(TrainingEvent found)
    {
        if (_within is not { } known
            || (found.Action is TrainingAction.Clip or TrainingAction.DroppedClip or TrainingAction.TensorLimit && !found.IsOutOfSight))
        {
            return GraphPart.Of(_graph.Add(found));
        }
        return GraphPart.Of(found.Action == known.Action ? _graph.Add(known) : _graph.Add());
    }

    private GraphPart SpliceCall(BodyGraph body, TrainingEvent call, Func<TrainingEvent, TrainingEvent> map)
    {
        TrainingEvent seen = map(call);
        if (call.Classification.IsMarked || (call.Classification.Action == TrainingAction.Step && !MayStepInside(call)))
            return SpliceKnown(AsKnown(seen), () => MayClipInside(call.Classification) ? Inside(body, call, seen, map) : null);
        int before = _graph.Nodes.Count;
        GraphPart inner = Inside(body, call, seen, map) ?? GraphPart.Of(_graph.Add());
        if (IsOutOfSight(inner, call))
            return inner;
        // A hand-written optimizer updates layer by layer. The call counts as the step, not each update.
        if (call.Classification is { Action: TrainingAction.Step, Evidence: < Evidence.Certain }
            && (inner.Actions & TrainingAction.Clip) == 0
            && _graph.Nodes.Skip(before).All(node => node.Event is not { Action: TrainingAction.Step, Evidence: >= Evidence.Certain }))
        {
            seen = seen with { Applied = seen.Applied.Union(AppliedSince(before)) };
            inner = GraphPart.Of(_graph.Add());
        }

        // The source of a method decides what it limits, not its name: ClipParameters may clip the weights.
        bool limitsOther = call.Classification.Action == TrainingAction.Clip
            && _graph.Nodes.Skip(before).Any(node => node.Event is { Action: TrainingAction.TensorLimit });
        TrainingAction found = limitsOther ? inner.Actions | TrainingAction.Clip : inner.Actions;
        return IsMissing(call.Classification, found) ? Join(inner, Add(AsKnown(seen))) : inner;
    }

    /// <summary>The gradients that the steps among the newest nodes apply.</summary>
    private ImmutableHashSet<ISymbol> AppliedSince(int before) => _graph.Nodes
        .Skip(before)
        .Select(node => node.Event)
        .Where(found => found is { Action: TrainingAction.Step })
        .Select(step => step!.Gradients ?? step.Applied)
        .Aggregate(TrainingEvent.NoGradients, (all, gradients) => all.Union(gradients));

    /// <summary>The event of a call, told from what is known about its method.</summary>
    private static TrainingEvent AsKnown(TrainingEvent call) =>
        call with { Action = call.Classification.Action, IsCall = false, Lambda = null };

    /// <summary>Whether a method that is known by more than its source can also clip.</summary>
    private static bool MayClipInside(Classification known) => known.Action is TrainingAction.Backward or TrainingAction.Step;

    /// <summary>Whether the source of a called method shows an update of parameters.</summary>
    private bool MayStepInside(TrainingEvent call) =>
        call.Method is not { MethodKind: MethodKind.Ordinary } method
        || (_calls.ComponentOf(_calls.CalleesOf(method, call.IsVirtual)).Actions & TrainingAction.Step) != 0;

    /// <summary>Replaces a call by the known action of its method, with the clips in the method's source.</summary>
    private GraphPart SpliceKnown(TrainingEvent known, Func<GraphPart?> spliceSource)
    {
        TrainingEvent? outer = _within;
        _within ??= known;
        GraphPart? inner = spliceSource();
        GraphPart part = inner ?? Add(known);
        if (inner is not null && (inner.Actions & _within.Action) == 0)
            part = known.Action == TrainingAction.Backward ? Join(Add(known), inner) : Join(inner, Add(known));
        _within = outer;
        return part;
    }

    private static GraphPart Join(GraphPart first, GraphPart second)
    {
        EventGraph.Connect(first.Last, second.First);
        return GraphPart.Join(first.First, second.Last, [first, second]);
    }

    /// <summary>Whether a method is known to do something that its source does not show.</summary>
    private static bool IsMissing(Classification known, TrainingAction found) => known.Action switch
    {
        // A backward pass that also updates the weights leaves no gradients.
        TrainingAction.Backward =>
            (found & TrainingAction.Backward) == 0 && (known.Evidence >= Evidence.Certain || (found & TrainingAction.Step) == 0),
        TrainingAction.Clip => (found & (TrainingAction.Clip | TrainingAction.DroppedClip)) == 0,
        TrainingAction.Step or TrainingAction.Reset => (found & known.Action) == 0,
        _ => false,
    };

    private GraphPart? Inside(
        BodyGraph body, TrainingEvent call, TrainingEvent seen, Func<TrainingEvent, TrainingEvent> map)
    {
        if (_path.IsTooDeep)
            return null;
        if (call.Lambda is not null)
        {
            if (body.FindLambda(call.Lambda) is { } lambda)
                return _path.Contains(lambda) ? null : Splice(lambda, map);
            return SpliceKept(call.Lambda, seen);
        }

        if (call.Method is not { } method)
            return null;
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            if (body.FindLocalFunction(method) is not { } function)
                return call.Function is { } syntax ? SpliceKept(syntax, seen) : null;
            return _path.Contains(function)
                ? null
                : Splice(function, found => map(Substitute(found, call.Arguments, Target.This, found.Site, found.Through)));
        }

        var alternatives = new List<GraphPart>();
        bool mayDoNothing = false;
        foreach (Callee callee in _calls.CalleesOf(method, call.IsVirtual).All.Take(AnalysisLimits.OverridesOfCall))
        {
            _isTooLarge |= callee.IsTooLarge;
            BodyGraph? graph = callee.Graph is { } found && _path.LeadsToEvents(found)
                ? found
                : null;
            Classification known = callee.Known.IsMarked ? callee.Known : call.Classification;
            if (known.IsMarked)
                alternatives.Add(SpliceMarked(known, callee.Method, graph));
            else if (graph is null)
                mayDoNothing = true;
            else
                alternatives.Add(SpliceInSight(callee.Method, graph));
        }

        if (alternatives.Count == 0)
            return null;
        return alternatives.Count == 1 && !mayDoNothing ? alternatives[0] : Fork(alternatives, seen, mayDoNothing);

        // A mark counts on the method that runs, so it can be on an implementation.
        GraphPart SpliceMarked(Classification known, IMethodSymbol callee, BodyGraph? graph) => SpliceKnown(
            seen with { Action = known.Action, Evidence = known.Evidence, IsCall = false, Lambda = null },
            () => graph is not null && MayClipInside(known)
                ? SpliceInSight(callee, graph)
                : null);

        GraphPart SpliceInSight(IMethodSymbol callee, BodyGraph graph) =>
            _path.IsOutOfSight(graph) ? AddOutOfSight(seen) : SpliceMethod(callee, graph, seen);
    }

    /// <summary>
    /// Replaces a call that is not followed. Its effect is unknown, so the rules say nothing about earlier gradients after it: the call may
    /// reset, recompute or clip them.
    /// </summary>
    private GraphPart AddOutOfSight(TrainingEvent call)
    {
        TrainingEvent clip = TrainingEvent.ClipOutOfSight(call.Syntax) with { Site = call.Site, Through = call.Through };
        GraphPart changed = Join(
            GraphPart.Of(_graph.Add(clip with { Action = TrainingAction.Reset })),
            GraphPart.Of(_graph.Add(clip with { Action = TrainingAction.Transfer })));
        return Join(changed, GraphPart.Of(_graph.Add(clip)));
    }

    private static bool IsOutOfSight(GraphPart part, TrainingEvent call) =>
        part.Clips.Any(clip => clip.IsOutOfSight && clip.Syntax == call.Syntax);

    /// <summary>Splices in a function of another body, whose variables have no names here.</summary>
    private GraphPart? SpliceKept(SyntaxNode syntax, TrainingEvent call)
    {
        if (_calls.FindElsewhere(syntax) is not { } function || _path.Contains(function))
            return null;
        ImmutableArray<BodyGraph> through = call.Through.Insert(0, function);
        return Splice(function, found => Substitute(found, call.Arguments, null, call.Site, through));
    }

    private GraphPart Fork(List<GraphPart> alternatives, TrainingEvent call, bool mayDoNothing)
    {
        EventNode fork = _graph.Add();
        EventNode join = _graph.Add();
        bool anyClips = alternatives.Any(alternative => (alternative.Actions & TrainingAction.Clip) != 0);
        foreach (GraphPart alternative in alternatives)
        {
            EventNode first = fork;
            if (anyClips && (alternative.Actions & TrainingAction.Clip) == 0)
            {
                // One override clips. Which override runs is unknown, so the others count as clips, too.
                first = _graph.Add(call with { Action = TrainingAction.Clip, IsCall = false, Networks = null, IsHoisted = true });
                EventGraph.Connect(fork, first);
            }

            EventGraph.Connect(first, alternative.First);
            EventGraph.Connect(alternative.Last, join);
        }

        if (mayDoNothing)
            EventGraph.Connect(fork, join);
        return GraphPart.Join(fork, join, [.. alternatives]);
    }

    private GraphPart SpliceMethod(IMethodSymbol method, BodyGraph graph, TrainingEvent call)
    {
        // The call maps arguments to the parameters of the method that it names. An override has its own parameters.
        ArgumentMap arguments = call.Method is { } named ? call.Arguments.For(method, named) : call.Arguments;
        ImmutableArray<BodyGraph> through = call.Through.Insert(0, graph);
        return Splice(graph, found => Substitute(found, arguments, call.Target, call.Site, through));
    }

    private static TrainingEvent Substitute(
        TrainingEvent found, ArgumentMap arguments, Target? receiver, SyntaxNode site, ImmutableArray<BodyGraph> through)
    {
        // A local function without parameters sees the same targets as the body around it.
        if (arguments.IsEmpty && receiver == Target.This && found.Action != TrainingAction.TensorLimit
            && site == found.Site && through == found.Through)
        {
            return found;
        }

        Target? target = found.Target?.Substitute(arguments, receiver);
        return found with
        {
            // The limited tensor in a method may be a gradient that the caller passes.
            Action = found.Action == TrainingAction.TensorLimit && target is { IsGradient: true } ? TrainingAction.Clip : found.Action,
            // A target that the caller cannot name keeps its name from the callee.
            Target = target ?? found.Target,
            Networks = Substitute(found.Networks, arguments, receiver),
            Gradients = Substitute(found.Gradients, arguments),
            Owner = found.Owner?.Substitute(arguments, receiver),
            Arguments = found.Arguments.Substitute(arguments, receiver),
            Site = site,
            Through = through,
        };
    }

    private static ImmutableArray<Target>? Substitute(
        ImmutableArray<Target>? networks, ArgumentMap arguments, Target? receiver)
    {
        if (networks is not { } known)
            return null;
        var seen = ImmutableArray.CreateBuilder<Target>(known.Length);
        foreach (Target network in known)
        {
            if (network.Substitute(arguments, receiver) is not { } substituted)
                return null;
            seen.Add(substituted);
        }

        return seen.ToImmutable();
    }

    /// <summary>
    /// The gradients and what the caller passes for them. The parameters stay, because their names may be more telling. A local number
    /// does not count, because the caller computes it for this call.
    /// </summary>
    private static ImmutableHashSet<ISymbol>? Substitute(ImmutableHashSet<ISymbol>? gradients, ArgumentMap arguments) =>
        gradients?.Union(gradients
            .OfType<IParameterSymbol>()
            .Select(parameter => arguments.TryGetValue(parameter.OriginalDefinition, out Target? argument) ? argument?.Last : null)
            .OfType<ISymbol>()
            .Where(passed => passed is not ILocalSymbol local || !BufferAccess.Of(local).IsNumber));
}
