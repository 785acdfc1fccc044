using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>
/// Counts the nodes that a body would have with those of the methods that it calls, up to the limit. A body that is beyond it is left alone before
/// anything is built for it.
/// </summary>
internal sealed class ExpandedSize(CallGraph calls, WorkCount work)
{
    private readonly List<BodyGraph> _active = [];
    private int _nodes;

    public bool IsWithinLimit(BodyGraph body)
    {
        // The nodes of a called method replace that of its call.
        _nodes = 1;
        Add(body);
        return _nodes <= AnalysisLimits.ExpandedNodes;
    }

    /// <summary>Goes through calls as <see cref="GraphExpander"/> does, and as deep.</summary>
    private void Add(BodyGraph body)
    {
        _nodes += body.Graph.Nodes.Count - 1;
        _active.Add(body);
        foreach (EventNode node in body.Graph.Nodes)
        {
            if (_nodes > AnalysisLimits.ExpandedNodes)
                break;
            work.Add(1);
            if (node.Event is { IsCall: true } call && _active.Count <= AnalysisLimits.CallDepth)
                AddCalled(body, call);
        }

        _active.RemoveAt(_active.Count - 1);
    }

    private void AddCalled(BodyGraph body, TrainingEvent call)
    {
        if (call.Lambda is not null)
        {
            AddUnlessActive(body.FindLambda(call.Lambda) ?? calls.FindElsewhere(call.Lambda));
        }
        else if (call.Method is { MethodKind: MethodKind.LocalFunction } function)
        {
            AddUnlessActive(body.FindLocalFunction(function) ?? (call.Function is { } syntax ? calls.FindElsewhere(syntax) : null));
        }
        else if (call.Method is { } method)
        {
            foreach (Callee callee in calls.CalleesOf(method, call.IsVirtual).All.Take(AnalysisLimits.OverridesOfCall))
            {
                if (callee.Graph is { } graph && calls.ComponentOf(graph).Actions != TrainingAction.None)
                    AddUnlessActive(graph);
            }
        }
    }

    private void AddUnlessActive(BodyGraph? body)
    {
        if (body is not null && _nodes <= AnalysisLimits.ExpandedNodes && !_active.Contains(body))
            Add(body);
    }
}
