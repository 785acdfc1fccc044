using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Calls;

/// <summary>
/// Counts the nodes of a body together with those of the methods that it calls, up to the limit. A body beyond the limit is skipped before
/// anything is built for it.
/// </summary>
internal sealed class ExpandedSize(CallGraph calls, WorkCount work)
{
    private readonly CallPath _path = new(calls);
    private int _nodes;

    public bool IsWithinLimit(BodyGraph body)
    {
        // The nodes of a called method replace the node of the call.
        _nodes = 1;
        Add(body);
        return _nodes <= AnalysisLimits.ExpandedNodes;
    }

    /// <summary>Follows calls as <see cref="GraphExpander"/> does, to the same depth.</summary>
    private void Add(BodyGraph body)
    {
        _nodes += body.Graph.Nodes.Count - 1;
        _path.Enter(body);
        foreach (EventNode node in body.Graph.Nodes)
        {
            if (_nodes > AnalysisLimits.ExpandedNodes)
                break;
            work.Add(1);
            if (node.Event is { IsCall: true } call && !_path.IsTooDeep)
                AddCalled(body, call);
        }

        _path.Leave();
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
                if (callee.Graph is not { } graph || !_path.LeadsToEvents(graph))
                    continue;
                if (_path.IsOutOfSight(graph))
                    _nodes += GraphExpander.NodesOutOfSight - 1;
                else
                    AddUnlessActive(graph);
            }
        }
    }

    private void AddUnlessActive(BodyGraph? body)
    {
        if (body is not null && _nodes <= AnalysisLimits.ExpandedNodes && !_path.Contains(body))
            Add(body);
    }
}
