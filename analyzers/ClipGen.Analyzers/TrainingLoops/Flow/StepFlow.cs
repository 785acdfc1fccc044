using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The <see cref="GradientState"/> at every node of an event graph, for one optimizer.</summary>
internal sealed class StepFlow
{
    private readonly EventGraph _graph;
    private readonly TrainingAction[] _actions;
    private readonly GradientState[] _before;
    private readonly Lazy<GradientState[]> _beforeInFirstPass;
    private readonly Dictionary<EventNode, bool> _isFollowedByBackward = [];
    private readonly WorkCount _work;

    public StepFlow(EventGraph graph, OptimizerKey key, WorkCount work)
    {
        _graph = graph;
        _work = work;
        _actions = new TrainingAction[graph.Nodes.Count];
        foreach (EventNode node in graph.Nodes)
            _actions[node.Index] = key.ActionOf(node.Event);
        _before = Run(skip: null);
        _beforeInFirstPass = new Lazy<GradientState[]>(() => Run(graph.BackEdges));
    }

    /// <summary>The action of the node on the gradients of the optimizer.</summary>
    public TrainingAction ActionOf(EventNode node) => _actions[node.Index];

    public GradientState Before(EventNode node) => _before[node.Index];

    /// <summary>The state before any loop repeats.</summary>
    public GradientState BeforeInFirstPass(EventNode node) => _beforeInFirstPass.Value[node.Index];

    /// <summary>
    /// The nearest backward pass whose gradients the node uses. The call that reaches the step is returned only if there is no other: what
    /// it computes may be for its next run.
    /// </summary>
    public TrainingEvent? BackwardBefore(EventNode step)
    {
        TrainingEvent? sameCall = null;
        foreach (EventNode node in Search(step, _graph.Previous, _ => true))
        {
            if (node.Event is not { } backward || ActionOf(node) != TrainingAction.Backward)
                continue;
            if (!backward.Site.Span.Contains(step.Event!.Site.Span) || backward.Site.SyntaxTree != step.Event.Site.SyntaxTree)
                return backward;
            sameCall ??= backward;
        }

        return sameCall;
    }

    /// <summary>Whether a backward pass follows the node before the optimizer steps.</summary>
    public bool IsFollowedByBackward(EventNode clip)
    {
        if (!_isFollowedByBackward.TryGetValue(clip, out bool isFollowed))
        {
            isFollowed = Search(clip, node => node.Next, node => ActionOf(node) != TrainingAction.Step)
                .Any(node => ActionOf(node) == TrainingAction.Backward);
            _isFollowedByBackward.Add(clip, isFollowed);
        }

        return isFollowed;
    }

    /// <summary>The nodes around the start, nearest first. The start is included only if a cycle leads back to it.</summary>
    private IEnumerable<EventNode> Search(
        EventNode start, Func<EventNode, IReadOnlyList<EventNode>> neighbors, Func<EventNode, bool> goesOn)
    {
        var seen = new HashSet<int>();
        var waiting = new Queue<EventNode>();
        waiting.Enqueue(start);
        while (waiting.Count > 0)
        {
            foreach (EventNode next in neighbors(waiting.Dequeue()))
            {
                _work.Add(1);
                if (!seen.Add(next.Index))
                    continue;
                yield return next;
                if (goesOn(next))
                    waiting.Enqueue(next);
            }
        }
    }

    private GradientState[] Run(ISet<(int From, int To)>? skip)
    {
        var states = new GradientState[_graph.Nodes.Count];
        states[_graph.Entry.Index] = GradientState.Entered;
        var waiting = new Queue<EventNode>();
        waiting.Enqueue(_graph.Entry);
        while (waiting.Count > 0)
        {
            EventNode node = waiting.Dequeue();
            GradientState after = states[node.Index].After(_actions[node.Index]);
            foreach (EventNode next in node.Next)
            {
                _work.Add(1);
                if (skip?.Contains((node.Index, next.Index)) == true || (states[next.Index] | after) == states[next.Index])
                    continue;
                states[next.Index] |= after;
                waiting.Enqueue(next);
            }
        }

        return states;
    }
}
