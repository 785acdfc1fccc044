using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>What can have happened to the gradients of one optimizer when a place in the program is reached.</summary>
[Flags]
internal enum GradientState
{
    Unreached = 0,

    /// <summary>Nothing since the body was entered: what its callers did is not known.</summary>
    Entered = 1,

    /// <summary>Computed, and not clipped.</summary>
    Pending = 2,

    Clipped = 4,

    /// <summary>Clipped, and then more was added by another backward pass.</summary>
    ClippedThenAdded = 8,

    /// <summary>Clipped in the state that the body was entered with.</summary>
    EnteredClipped = 16,

    SteppedUnclipped = 32,

    SteppedClipped = 64,

    /// <summary>Set to zero although they had not been used.</summary>
    Discarded = 128,

    /// <summary>Set to zero, or stepped on in an unknown state.</summary>
    Fresh = 256,
}

/// <summary>Runs the lattice of <see cref="GradientState"/> over an event graph, for one optimizer.</summary>
internal sealed class StepFlow
{
    public const GradientState AnyClipped =
        GradientState.Clipped | GradientState.ClippedThenAdded | GradientState.EnteredClipped | GradientState.SteppedClipped;

    private readonly EventGraph _graph;
    private readonly OptimizerKey _key;
    private readonly GradientState[] _in;
    private readonly Lazy<GradientState[]> _inFirstPass;

    public StepFlow(EventGraph graph, OptimizerKey key)
    {
        _graph = graph;
        _key = key;
        _in = Run(skip: null);
        _inFirstPass = new Lazy<GradientState[]>(() => Run(BackEdges()));
    }

    public GradientState Before(EventNode node) => _in[node.Index];

    /// <summary>The state as it is before any loop begins again.</summary>
    public GradientState BeforeInFirstPass(EventNode node) => _inFirstPass.Value[node.Index];

    private GradientState[] Run(HashSet<(int, int)>? skip)
    {
        var states = new GradientState[_graph.Nodes.Count];
        states[_graph.Entry.Index] = GradientState.Entered;
        var waiting = new Queue<EventNode>();
        waiting.Enqueue(_graph.Entry);
        while (waiting.Count > 0)
        {
            EventNode node = waiting.Dequeue();
            GradientState after = After(states[node.Index], _key.EffectOf(node.Event));
            foreach (EventNode next in node.Next)
            {
                if (skip?.Contains((node.Index, next.Index)) == true || (states[next.Index] | after) == states[next.Index])
                    continue;
                states[next.Index] |= after;
                waiting.Enqueue(next);
            }
        }

        return states;
    }

    private HashSet<(int, int)> BackEdges()
    {
        var edges = new HashSet<(int, int)>();
        var state = new byte[_graph.Nodes.Count];
        var path = new Stack<(EventNode Node, int Next)>();
        path.Push((_graph.Entry, 0));
        state[_graph.Entry.Index] = 1;
        while (path.Count > 0)
        {
            (EventNode node, int index) = path.Pop();
            if (index == node.Next.Count)
            {
                state[node.Index] = 2;
                continue;
            }

            path.Push((node, index + 1));
            EventNode next = node.Next[index];
            if (state[next.Index] == 1)
            {
                edges.Add((node.Index, next.Index));
            }
            else if (state[next.Index] == 0)
            {
                state[next.Index] = 1;
                path.Push((next, 0));
            }
        }

        return edges;
    }

    private static GradientState After(GradientState before, TrainingAction effect)
    {
        if (effect == TrainingAction.None)
            return before;
        GradientState after = GradientState.Unreached;
        for (int bit = 1; bit <= (int)GradientState.Fresh; bit <<= 1)
        {
            if (((int)before & bit) != 0)
                after |= AfterOne((GradientState)bit, effect);
        }

        return after;
    }

    private static GradientState AfterOne(GradientState before, TrainingAction effect)
    {
        bool isClipped = before is GradientState.Clipped or GradientState.ClippedThenAdded;
        return effect switch
        {
            TrainingAction.Backward => isClipped ? GradientState.ClippedThenAdded : GradientState.Pending,
            TrainingAction.Clip => before switch
            {
                GradientState.Pending or GradientState.ClippedThenAdded => GradientState.Clipped,
                GradientState.Entered => GradientState.EnteredClipped,
                _ => before,
            },
            TrainingAction.Step => before switch
            {
                GradientState.Pending => GradientState.SteppedUnclipped,
                GradientState.Clipped or GradientState.ClippedThenAdded or GradientState.EnteredClipped => GradientState.SteppedClipped,
                GradientState.SteppedUnclipped or GradientState.SteppedClipped => before,
                _ => GradientState.Fresh,
            },
            TrainingAction.Reset => isClipped || before is GradientState.Pending or GradientState.Discarded ? GradientState.Discarded : GradientState.Fresh,
            _ => before,
        };
    }
}

/// <summary>One optimizer, and which events are about its gradients.</summary>
internal sealed class OptimizerKey(Target optimizer, OptimizerOrigin origin)
{
    public Target Optimizer { get; } = optimizer;

    public ImmutableArray<Target>? Networks { get; } = origin.Networks;

    public TrainingAction EffectOf(TrainingEvent? found)
    {
        switch (found?.Kind)
        {
            case EventKind.Backward:
                return TrainingAction.Backward;
            case EventKind.Clip when !IsCertainlyOther(found):
                return TrainingAction.Clip;
            case EventKind.Step when IsSame(found):
                return TrainingAction.Step;
            case EventKind.Reset when IsCertainlyOwn(found):
                return TrainingAction.Reset;
            default:
                return TrainingAction.None;
        }
    }

    public bool IsSame(TrainingEvent step) => Optimizer.Equals(Of(step));

    /// <summary>The optimizer that a step is of; the type stands for one that cannot be named.</summary>
    public static Target Of(TrainingEvent step) =>
        step.Target ?? (step.TargetType is { } type ? Target.Of(type) : step.Method is { } method ? Target.Of(method) : Target.This);

    /// <summary>Whether a clip is about networks that this optimizer certainly does not hold.</summary>
    public bool IsCertainlyOther(TrainingEvent clip)
    {
        if (clip.Networks is not { IsEmpty: false } clipped)
            return false;
        return clipped.All(network => !network.Equals(Optimizer) && !MayHold(network));
    }

    private bool MayHold(Target clipped)
    {
        if (Networks is not { IsEmpty: false } held)
            return !IsOptimizer(clipped) || !AreApart(Optimizer, clipped);
        return held.Any(network => !AreApart(network, clipped));
    }

    private bool IsCertainlyOwn(TrainingEvent reset)
    {
        if (reset.Target is not { } target)
            return false;
        return target.Equals(Optimizer) || (Networks is { IsEmpty: false } held && held.All(target.IsPrefixOf));
    }

    private static bool IsOptimizer(Target target) => TrainingVocabulary.IsOptimizerLike(target.Type);

    /// <summary>Whether two targets are certainly not the same object, nor one inside the other.</summary>
    private static bool AreApart(Target one, Target other)
    {
        if (one.IsPrefixOf(other) || other.IsPrefixOf(one))
            return false;
        int shared = 0;
        while (shared < one.Path.Length && shared < other.Path.Length && SymbolEqualityComparer.Default.Equals(one.Path[shared], other.Path[shared]))
            shared++;

        // A parameter or a local may be another name of a member; two members or two parameters are taken to be two things.
        return one.Path[shared].Kind == other.Path[shared].Kind && IsDistinct(one.Path[shared], other.Path[shared]);
    }

    // Items of one collection go by other names in each loop and lambda over it.
    private static bool IsDistinct(ISymbol one, ISymbol other) => one switch
    {
        IFieldSymbol or IPropertySymbol => true,
        IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.AnonymousFunction } method } => SymbolEqualityComparer.Default.Equals(method, other.ContainingSymbol),
        ILocalSymbol local => !local.IsForEach && !((ILocalSymbol)other).IsForEach,
        _ => false,
    };
}
