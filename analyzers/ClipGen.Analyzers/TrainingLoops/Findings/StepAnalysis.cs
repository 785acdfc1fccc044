using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>Judges every step of a body, and of the functions inside it, optimizer by optimizer.</summary>
internal sealed class StepAnalysis
{
    private const GradientState Known =
        StepFlow.AnyClipped | GradientState.Pending | GradientState.SteppedUnclipped | GradientState.Discarded;

    private readonly TrainingProgram _program;
    private readonly BodyGraph _body;
    private readonly EventGraph _graph;
    private readonly HashSet<SyntaxNode> _decided;
    private readonly FindingList _findings;

    private StepAnalysis(TrainingProgram program, BodyGraph body, EventGraph graph, HashSet<SyntaxNode> decided, FindingList findings)
    {
        _program = program;
        _body = body;
        _graph = graph;
        _decided = decided;
        _findings = findings;
    }

    public static StepAnalysisResult Judge(TrainingProgram program, BodyGraph body)
    {
        var decided = new HashSet<SyntaxNode>();
        var findings = new FindingList();
        foreach (BodyGraph part in body.SelfAndInner())
        {
            program.Cancellation.ThrowIfCancellationRequested();
            if (GraphExpander.Expand(program, part, decided) is { } graph)
                new StepAnalysis(program, part, graph, decided, findings).Judge();
        }

        return new StepAnalysisResult(findings.ToImmutable(), decided.ToImmutableHashSet());
    }

    private void Judge()
    {
        var optimizers = new HashSet<Target>();
        foreach (EventNode node in _graph.Nodes)
        {
            if (node.Event is { Kind: EventKind.Step, IsDecided: false } step)
                optimizers.Add(OptimizerKey.Of(step));
        }

        var decidedHere = new List<SyntaxNode>();
        foreach (Target optimizer in optimizers)
            decidedHere.AddRange(Judge(optimizer));
        _decided.UnionWith(decidedHere);
    }

    private IEnumerable<SyntaxNode> Judge(Target optimizer)
    {
        List<EventNode> steps =
        [
            .. _graph.Nodes.Where(node => node.Event is { Kind: EventKind.Step, IsDecided: false } step && OptimizerKey.Of(step).Equals(optimizer)),
        ];
        OptimizerOrigin origin = _program.Origins.Of(optimizer, steps[0].Event!.TargetType);
        if (origin.IsLbfgs || origin.HintsAtClipping)
            return steps.Select(step => step.Event!.Syntax);
        var key = new OptimizerKey(optimizer, origin);
        var flow = new StepFlow(_graph, key);
        var decided = new List<SyntaxNode>();
        // Overrides that a call may reach are several steps in one place: only what is true of all of them is true of the place.
        foreach (IGrouping<SyntaxNode, EventNode> place in steps.GroupBy(step => step.Event!.Site))
        {
            GradientState before = place.Aggregate(GradientState.Unreached, (state, step) => state | flow.Before(step));
            if ((before & Known) == 0)
                continue;
            decided.AddRange(place.Select(step => step.Event!.Syntax));
            if (place.FirstOrDefault(step => !IsDecidedInside(step.Event!)) is not { } node)
                continue;
            var site = new StepSite(_program, _body, _graph, key, flow, node);
            if (site.Backward is null && before != GradientState.Discarded)
                continue;
            if (node.Event!.Evidence == Evidence.Name && !HandWrittenHeuristic.IsEnough(_program, _body, site))
                continue;
            Judge(site, before);
        }

        return decided;
    }

    /// <summary>Whether the step is one of a called method that holds its backward pass as well, and has been judged there.</summary>
    private bool IsDecidedInside(TrainingEvent step) => step.Through.Any(method => _program.Judge(method).Decided.Contains(step.Syntax));

    private void Judge(StepSite site, GradientState before)
    {
        bool isUnclipped = (before & (GradientState.Pending | GradientState.SteppedUnclipped)) != 0;
        // Gradients that were clipped and used already are not those that are stepped on now.
        bool isClipped = (before & StepFlow.AnyClipped & ~GradientState.SteppedClipped) != 0 || before == GradientState.SteppedClipped;
        if (before == GradientState.Discarded)
        {
            _findings.Add(ResetGradients.BeforeStep(site));
        }
        else if (isUnclipped && !isClipped)
        {
            _findings.Add(ClipMistakes.ExplainUnclipped(site));
        }
        else if (isUnclipped)
        {
            _findings.Add(ClipMistakes.OnSomePaths(site));
        }
        else if (isClipped)
        {
            _findings.Add(ClipMistakes.OnPartOfTheNetwork(site));
            _findings.Add(AccumulatedGradients.ClipEveryMicroBatch(site));
        }

        _findings.Add(AccumulatedGradients.ResetEveryMicroBatch(site));
        _findings.Add(ResetGradients.Never(site));
    }
}
