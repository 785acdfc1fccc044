using ClipGen.Analyzers.TrainingLoops.Calls;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>
/// Moves events out of constructs that do not affect the order of a training step. A clip under a condition that configures the run, or in
/// a loop over layers, counts from the beginning of that construct, because the paths around it do not occur in this program's training
/// steps. A loop over layers with a single action counts as executed, and becomes one event.
/// </summary>
internal sealed class ClipHoisting
{
    private readonly BodyGraph _body;
    private readonly EventGraph _graph;
    private readonly GraphPart[] _parts;
    private readonly IReadOnlyList<Construct> _constructs;
    private readonly TrainingAction[] _actions;
    private readonly EventNode?[] _starts;
    private readonly Construct?[] _leftByClips;
    private readonly Construct?[] _leftByOthers;

    public ClipHoisting(BodyGraph body, EventGraph graph, GraphPart[] parts)
    {
        _body = body;
        _graph = graph;
        _parts = parts;
        _constructs = body.Constructs.All;
        _actions = new TrainingAction[_constructs.Count];
        _starts = new EventNode?[_constructs.Count];
        _leftByClips = new Construct?[_constructs.Count];
        _leftByOthers = new Construct?[_constructs.Count];
    }

    public void Apply()
    {
        if (_constructs.Count == 0)
            return;
        ReadActions();
        // Outer constructs come before those inside.
        foreach (Construct construct in _constructs)
        {
            if (MayClipLeave(construct))
                _leftByClips[construct.Index] = OuterIn(_leftByClips, construct) ?? construct;
            if (MayOthersLeave(construct))
            {
                Construct? outer = construct.Outer is { } around && IsOneAction(_actions[around.Index])
                    ? OuterIn(_leftByOthers, construct)
                    : null;
                _leftByOthers[construct.Index] = outer ?? (construct.IsLoop ? construct : null);
            }
        }

        foreach (EventNode node in _body.Graph.Nodes)
        {
            if (node.Event is { } found && _body.Constructs.OuterOf(found.Syntax) is { } around)
                Move(node, around);
        }
    }

    /// <summary>The actions in each construct, its condition included, and the node where it begins.</summary>
    private void ReadActions()
    {
        foreach (EventNode node in _body.Graph.Nodes)
        {
            if (node.Construct is { } begun)
                _starts[begun.Index] ??= node;
            if (node.Event is { } found && _body.Constructs.Innermost(found.Syntax) is { } innermost)
                _actions[innermost.Index] |= _parts[node.Index].Actions;
        }

        for (int i = _constructs.Count - 1; i >= 0; i--)
        {
            if (_constructs[i].Container is { } container)
                _actions[container.Index] |= _actions[i];
        }
    }

    private static Construct? OuterIn(Construct?[] left, Construct construct) => construct.Outer is { } outer ? left[outer.Index] : null;

    private bool MayClipLeave(Construct construct)
    {
        TrainingAction actions = _actions[construct.Index];
        if ((actions & TrainingAction.Backward) != 0)
            return false;
        bool steps = (actions & TrainingAction.Step) != 0;
        if (construct.IsLoop || construct.Syntax is TryStatementSyntax)
            return !steps;
        return _body.Conditions.IsConfiguration(construct.Syntax)
            && (!steps || BodyConditions.IsAboutClipping(Constructs.ConditionOf(construct.Syntax)!));
    }

    private bool MayOthersLeave(Construct construct) =>
        IsOneAction(_actions[construct.Index])
        && (construct.IsLoop || _body.Conditions.IsConfiguration(construct.Syntax));

    /// <summary>A step that clears the gradients it has used counts as one action.</summary>
    private static bool IsOneAction(TrainingAction actions) =>
        actions is TrainingAction.Backward or TrainingAction.Step or TrainingAction.Reset or (TrainingAction.Step | TrainingAction.Reset);

    private void Move(EventNode node, Construct around)
    {
        GraphPart part = _parts[node.Index];
        if (IsOneAction(part.Actions))
        {
            if (IsOneAction(_actions[around.Index]) && _leftByOthers[around.Index] is { } loop && _starts[loop.Index] is { } start)
                MoveBefore(start, node);
        }
        else if ((part.Actions & TrainingAction.Clip) != 0 && (part.Actions & (TrainingAction.Step | TrainingAction.Backward)) == 0)
        {
            if (_leftByClips[around.Index] is { } left && _starts[left.Index] is { } beginning)
                CopyBefore(beginning, part);
        }
    }

    private void MoveBefore(EventNode start, EventNode node)
    {
        GraphPart part = _parts[node.Index];
        GraphPart before = _parts[start.Index];
        EventGraph.Connect(before.Last, part.First);
        _parts[start.Index] = before with { Last = part.Last };
        _parts[node.Index] = GraphPart.Of(_graph.Add()) with { Actions = part.Actions };
    }

    private void CopyBefore(EventNode start, GraphPart part)
    {
        foreach (TrainingEvent clip in part.Clips)
        {
            GraphPart before = _parts[start.Index];
            EventNode hoisted = _graph.Add(clip with { IsHoisted = true });
            EventGraph.Connect(before.Last, hoisted);
            _parts[start.Index] = before with { Last = hoisted };
        }
    }
}
