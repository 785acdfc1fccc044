using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>
/// Puts the events of called methods, local functions and lambdas in the place of their calls, with targets as the caller sees them.
/// A call that may be of several overrides becomes a fork.
/// </summary>
internal sealed class GraphExpander
{
    public const int DepthLimit = 6;
    private const int NodeLimit = 4000;

    private readonly TrainingProgram _program;
    private readonly EventGraph _graph = new();
    private bool _isTooLarge;

    private GraphExpander(TrainingProgram program) => _program = program;

    private sealed record Part(EventNode First, EventNode Last, EventContent Content, ImmutableArray<TrainingEvent> Clips);

    /// <returns><see langword="null"/> when the body reaches more code than is worth following.</returns>
    /// <param name="program">What is known of the compilation.</param>
    /// <param name="body">The body to begin with.</param>
    /// <param name="decided">Steps of functions inside the body that have been judged on their own.</param>
    public static EventGraph? Expand(TrainingProgram program, BodyGraph body, ISet<SyntaxNode> decided)
    {
        var expander = new GraphExpander(program);
        EventNode entry = expander._graph.Add();
        Part part = expander.Splice(body, found => decided.Contains(found.Syntax) ? found with { IsDecided = true } : found, ImmutableHashSet.Create(body.Body), 0);
        EventGraph.Connect(entry, part.First);
        expander._graph.Exit = part.Last;
        return expander._isTooLarge ? null : expander._graph;
    }

    private Part Splice(BodyGraph body, Func<TrainingEvent, TrainingEvent> map, ImmutableHashSet<SyntaxNode> active, int depth)
    {
        IReadOnlyList<EventNode> nodes = body.Graph.Nodes;
        var parts = new Part[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            parts[i] = SpliceNode(body, nodes[i], map, active, depth);
            if (_graph.Nodes.Count > NodeLimit)
            {
                _isTooLarge = true;
                return parts[0];
            }
        }

        Hoist(body, nodes, parts);
        foreach (EventNode node in nodes)
        {
            foreach (EventNode next in node.Next)
                EventGraph.Connect(parts[node.Index].Last, parts[next.Index].First);
        }

        return Join(parts[body.Graph.Entry.Index].First, parts[body.Graph.Exit.Index].Last, parts);
    }

    private Part SpliceNode(BodyGraph body, EventNode node, Func<TrainingEvent, TrainingEvent> map, ImmutableHashSet<SyntaxNode> active, int depth)
    {
        if (node.Event is not { } found)
            return Single(_graph.Add());
        return found.Kind == EventKind.Call ? SpliceCall(body, found, map, active, depth) : Single(_graph.Add(map(found)));
    }

    private Part SpliceCall(BodyGraph body, TrainingEvent call, Func<TrainingEvent, TrainingEvent> map, ImmutableHashSet<SyntaxNode> active, int depth)
    {
        TrainingEvent seen = map(call);
        int before = _graph.Nodes.Count;
        Part inner = Inside(body, call, seen, map, active, depth) ?? Single(_graph.Add());
        // An optimizer written by hand updates layer by layer: the reader's step is the call, not each of those.
        if (call.Classification is { Role: TrainingAction.Step, Evidence: Evidence.Name } && (inner.Content & EventContent.Clip) == 0
            && _graph.Nodes.Skip(before).All(node => node.Event is not { Kind: EventKind.Step, Evidence: Evidence.Certain }))
        {
            inner = Single(_graph.Add());
        }

        bool isMissing = call.Classification.Role switch
        {
            // A backward pass that updates the weights on its way leaves no gradients behind.
            TrainingAction.Backward => (inner.Content & EventContent.Backward) == 0
                && (call.Classification.Evidence == Evidence.Certain || (inner.Content & EventContent.Step) == 0),
            TrainingAction.Clip => (inner.Content & (EventContent.Clip | EventContent.DroppedClip)) == 0,
            TrainingAction.Step => (inner.Content & EventContent.Step) == 0,
            TrainingAction.Reset => (inner.Content & EventContent.Reset) == 0,
            _ => false,
        };
        if (!isMissing || EventExtractor.KindOf(call.Classification.Role) is not { } kind)
            return inner;
        Part own = Single(_graph.Add(seen with { Kind = kind, Lambda = null }));
        EventGraph.Connect(inner.Last, own.First);
        return Join(inner.First, own.Last, [inner, own]);
    }

    private Part? Inside(
        BodyGraph body, TrainingEvent call, TrainingEvent seen, Func<TrainingEvent, TrainingEvent> map, ImmutableHashSet<SyntaxNode> active, int depth)
    {
        if (depth >= DepthLimit)
            return null;
        if (call.Lambda is not null)
        {
            return body.FindLambda(call.Lambda) is { } lambda && !active.Contains(lambda.Body)
                ? Splice(lambda, map, active.Add(lambda.Body), depth + 1)
                : null;
        }

        if (call.Method is not { } method)
            return null;
        if (method.MethodKind == MethodKind.LocalFunction)
        {
            return body.FindLocalFunction(method) is { } function && !active.Contains(function.Body)
                ? Splice(function, found => map(Substitute(found, call.Arguments, Target.This)), active.Add(function.Body), depth + 1)
                : null;
        }

        var alternatives = new List<Part>();
        bool mayDoNothing = false;
        foreach (IMethodSymbol candidate in _program.CandidatesOf(method, call.IsVirtual))
        {
            if (_program.GraphOf(candidate) is not { } graph || active.Contains(graph.Body) || _program.ContentOf(graph) == EventContent.None)
            {
                mayDoNothing = true;
                continue;
            }

            alternatives.Add(SpliceMethod(candidate, graph, seen, active.Add(graph.Body), depth));
        }

        if (alternatives.Count == 0)
            return null;
        if (alternatives.Count == 1 && !mayDoNothing)
            return alternatives[0];
        EventNode fork = _graph.Add();
        EventNode join = _graph.Add();
        bool anyClips = alternatives.Any(alternative => (alternative.Content & EventContent.Clip) != 0);
        foreach (Part alternative in alternatives)
        {
            EventNode first = fork;
            if (anyClips && (alternative.Content & EventContent.Clip) == 0)
            {
                // Which override runs is not known, and one of them clips: the others are given the benefit of the doubt.
                first = _graph.Add(seen with { Kind = EventKind.Clip, Networks = null, IsHoisted = true });
                EventGraph.Connect(fork, first);
            }

            EventGraph.Connect(first, alternative.First);
            EventGraph.Connect(alternative.Last, join);
        }

        if (mayDoNothing)
            EventGraph.Connect(fork, join);
        return Join(fork, join, [.. alternatives]);
    }

    private Part SpliceMethod(IMethodSymbol method, BodyGraph graph, TrainingEvent call, ImmutableHashSet<SyntaxNode> active, int depth)
    {
        // Arguments are mapped by the parameters of the method that the call names; an override has parameters of its own.
        ImmutableDictionary<ISymbol, Target?> arguments = call.Arguments;
        if (call.Method is { } named && !SymbolEqualityComparer.Default.Equals(named, method))
        {
            for (int i = 0; i < Math.Min(named.Parameters.Length, method.Parameters.Length); i++)
            {
                if (arguments.TryGetValue(named.Parameters[i], out Target? argument))
                    arguments = arguments.SetItem(method.Parameters[i].OriginalDefinition, argument);
            }
        }

        return Splice(
            graph,
            found => Substitute(found, arguments, call.Target) with { Site = call.Site, Through = found.Through.Add(graph).AddRange(call.Through) },
            active,
            depth + 1);
    }

    private static TrainingEvent Substitute(TrainingEvent found, ImmutableDictionary<ISymbol, Target?> arguments, Target? receiver)
    {
        ImmutableArray<Target>? networks = found.Networks;
        if (networks is { } known)
        {
            var seen = ImmutableArray.CreateBuilder<Target>();
            foreach (Target network in known)
            {
                if (network.Substitute(arguments, receiver) is { } substituted)
                    seen.Add(substituted);
            }

            networks = seen.Count == known.Length ? seen.ToImmutable() : null;
        }

        ImmutableDictionary<ISymbol, Target?> inner = found.Arguments;
        foreach (KeyValuePair<ISymbol, Target?> argument in found.Arguments)
            inner = inner.SetItem(argument.Key, argument.Value?.Substitute(arguments, receiver));
        return found with
        {
            // A target that the caller cannot name keeps the name that it has in the callee.
            Target = found.Target?.Substitute(arguments, receiver) ?? found.Target,
            Networks = networks,
            Arguments = inner,
        };
    }

    /// <summary>
    /// A clip under a condition that configures the run, or in a loop over layers, counts as done where that construct begins:
    /// the paths around it are not paths of this program's training steps.
    /// </summary>
    private void Hoist(BodyGraph body, IReadOnlyList<EventNode> nodes, Part[] parts)
    {
        foreach (EventNode node in nodes)
        {
            Part part = parts[node.Index];
            if (node.Event is { } only && part.Content is EventContent.Backward or EventContent.Step or EventContent.Reset)
                LeaveLoop(body, node, only, nodes, parts);
            if (node.Event is not { } found || (part.Content & EventContent.Clip) == 0 || (part.Content & (EventContent.Step | EventContent.Backward)) != 0)
                continue;
            SyntaxNode? outermost = null;
            foreach (SyntaxNode construct in Constructs.Around(found.Syntax, body.Body))
            {
                EventContent content = ContentOf(construct, node, nodes, parts);
                if ((content & EventContent.Backward) != 0 || !MayLeave(construct, content, body.Facts))
                    break;
                outermost = construct;
            }

            if (outermost is null || nodes.FirstOrDefault(other => other.Construct == outermost) is not { } start)
                continue;
            foreach (TrainingEvent clip in part.Clips)
            {
                Part before = parts[start.Index];
                EventNode hoisted = _graph.Add(clip with { IsHoisted = true });
                EventGraph.Connect(before.Last, hoisted);
                parts[start.Index] = before with { Last = hoisted };
            }
        }
    }

    /// <summary>A loop over layers or elements in which nothing but this happens is taken to run: it becomes one event, where the loop begins.</summary>
    private void LeaveLoop(BodyGraph body, EventNode node, TrainingEvent found, IReadOnlyList<EventNode> nodes, Part[] parts)
    {
        Part part = parts[node.Index];
        SyntaxNode? outermost = null;
        foreach (SyntaxNode construct in Constructs.Around(found.Syntax, body.Body))
        {
            bool isLoop = Constructs.IsLoop(construct);
            bool isPassed = isLoop || (Constructs.ConditionOf(construct) is { } condition && !Conditions.Changes(condition, construct, body.Facts));
            if (!isPassed || (ContentOf(construct, node, nodes, parts) | part.Content) != part.Content)
                break;
            if (isLoop)
                outermost = construct;
        }

        if (outermost is null || nodes.FirstOrDefault(other => other.Construct == outermost) is not { } start)
            return;
        Part before = parts[start.Index];
        EventGraph.Connect(before.Last, part.First);
        parts[start.Index] = before with { Last = part.Last };
        parts[node.Index] = Single(_graph.Add()) with { Content = part.Content };
    }

    private static bool MayLeave(SyntaxNode construct, EventContent content, BodyFacts facts)
    {
        bool steps = (content & EventContent.Step) != 0;
        if (Constructs.IsLoop(construct) || construct is TryStatementSyntax)
            return !steps;
        return Constructs.ConditionOf(construct) is { } condition
            && !Conditions.Changes(condition, construct, facts)
            && (!steps || Conditions.IsAboutClipping(condition));
    }

    private static EventContent ContentOf(SyntaxNode construct, EventNode except, IReadOnlyList<EventNode> nodes, Part[] parts)
    {
        EventContent content = EventContent.None;
        foreach (EventNode node in nodes)
        {
            if (node.Event is { } found && node != except && construct.Span.Contains(found.Syntax.Span))
                content |= parts[node.Index].Content;
        }

        return content;
    }

    private static Part Single(EventNode node)
    {
        EventContent content = EventContents.Of(node.Event?.Kind);
        return new Part(node, node, content, content == EventContent.Clip ? ImmutableArray.Create(node.Event!) : ImmutableArray<TrainingEvent>.Empty);
    }

    private static Part Join(EventNode first, EventNode last, Part[] parts)
    {
        EventContent content = EventContent.None;
        var clips = ImmutableArray.CreateBuilder<TrainingEvent>();
        foreach (Part part in parts)
        {
            content |= part.Content;
            clips.AddRange(part.Clips);
        }

        return new Part(first, last, content, clips.ToImmutable());
    }
}
