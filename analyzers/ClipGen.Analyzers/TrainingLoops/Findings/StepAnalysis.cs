using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Calls;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>
/// Finds, for every step that a body and the functions inside it reach, what happened to the gradients before. The result for a body does
/// not depend on the results of other bodies, so methods that call each other need no special handling.
/// </summary>
internal sealed class StepAnalysis(CallGraph calls, OptimizerOrigins origins, MemberEffects effects, WorkCount work)
{
    private const TrainingAction Computing = TrainingAction.Backward | TrainingAction.GradientWrite;

    private readonly ConcurrentDictionary<BodyGraph, Lazy<StepAnalysisResult>> _results = new();

    public StepAnalysisResult Of(BodyGraph body) => _results.GetOrAdd(body, _ => new Lazy<StepAnalysisResult>(() => Find(body))).Value;

    /// <summary>
    /// Drops the places of a body once it is analyzed. They reference all nodes of the expanded graph, and would take far more memory than
    /// the program.
    /// </summary>
    public void DropPlacesOf(BodyGraph body)
    {
        StepAnalysisResult judged = Of(body) with { Places = [] };
        _results[body] = new Lazy<StepAnalysisResult>(() => judged);
    }

    private StepAnalysisResult Find(BodyGraph body)
    {
        TrainingAction actions = calls.ComponentOf(body).Actions;
        if ((actions & TrainingAction.Step) == 0 || (actions & Computing) == 0)
            return StepAnalysisResult.Nothing;
        var decided = new HashSet<SyntaxNode>();
        var places = new List<StepPlace>();
        foreach (BodyGraph part in body.SelfAndInner)
        {
            if (GraphExpander.Expand(calls, part, decided, work) is { } graph)
                Add(new ExpandedBody(part, graph), decided, places);
        }

        return new StepAnalysisResult(decided, places);
    }

    private void Add(ExpandedBody expanded, HashSet<SyntaxNode> decided, List<StepPlace> places)
    {
        EventNode[] all = [.. expanded.Graph.Nodes.Where(node => node.Event is { Action: TrainingAction.Step, IsDecided: false })];
        ILookup<Target, EventNode> optimizers = all.ToLookup(OptimizerSteps.OptimizerOf);
        if (optimizers.Count > AnalysisLimits.OptimizersOfBody)
            return;
        foreach (IGrouping<Target, EventNode> steps in optimizers)
        {
            OptimizerOrigin origin = origins.Of(steps.Key, steps.First().Event!.TargetType);
            if (origin.IsLbfgs || origin.HintsAtClipping || origin.TrainsInputs)
            {
                decided.UnionWith(steps.Select(step => step.Event!.Syntax));
                continue;
            }

            foreach (StepPlace place in new OptimizerSteps(expanded,
                new OptimizerKey(steps.Key, origin, new AppliedGradients([.. steps], all, effects)), work).KnownPlaces(steps))
            {
                decided.UnionWith(place.Steps.Select(step => step.Event!.Syntax));
                places.Add(place);
            }
        }
    }
}
