using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>
/// A body, or a function inside one, in which the events of called methods replace the calls. Results that several steps need are cached.
/// </summary>
internal sealed class ExpandedBody
{
    private readonly Dictionary<SyntaxNode, SyntaxNode?> _trainingLoops = [];
    private readonly Dictionary<SyntaxNode, SyntaxNode?> _outermostLoops = [];
    private readonly Lazy<List<EventNode>> _clips;
    private readonly Lazy<List<SyntaxNode>> _trainingSites;
    private readonly Dictionary<BlockSyntax, IReadOnlyList<IfStatementSyntax>> _skips = [];
    private IReadOnlyList<OptimizerKey>? _optimizers;

    public ExpandedBody(BodyGraph body, EventGraph graph)
    {
        Body = body;
        Graph = graph;
        _clips = new Lazy<List<EventNode>>(
            () => [.. graph.Nodes.Where(node => node.Event is { Action: TrainingAction.Clip, IsOutOfSight: false })]);
        _trainingSites = new Lazy<List<SyntaxNode>>(FindTrainingSites);
    }

    public BodyGraph Body { get; }

    public EventGraph Graph { get; }

    /// <summary>The visible clips. A hoisted clip occurs twice: at its place, and before the construct around it.</summary>
    public IReadOnlyList<EventNode> Clips => _clips.Value;

    public IEnumerable<TrainingEvent> EventsOf(TrainingAction action)
    {
        foreach (EventNode node in Graph.Nodes)
        {
            if (node.Event is { } found && found.Action == action)
                yield return found;
        }
    }

    /// <summary>All optimizers that the body steps.</summary>
    public IReadOnlyList<OptimizerKey> Optimizers(OptimizerOrigins origins) =>
        _optimizers ??=
        [
            .. EventsOf(TrainingAction.Step)
                .GroupBy(OptimizerKey.Of)
                .Select(steps => new OptimizerKey(steps.Key, origins.Of(steps.Key, steps.First().TargetType), AppliedGradients.Unknown)),
        ];

    /// <summary>The innermost loop around the place that computes or uses gradients. A loop over layers does not count.</summary>
    public SyntaxNode? TrainingLoopAround(SyntaxNode place)
    {
        if (!_trainingLoops.TryGetValue(place, out SyntaxNode? loop))
            _trainingLoops[place] = loop = Constructs.LoopsAround(place).FirstOrDefault(IsTrainingLoop);
        return loop;
    }

    public SyntaxNode? OutermostLoopAround(SyntaxNode place)
    {
        if (!_outermostLoops.TryGetValue(place, out SyntaxNode? loop))
            _outermostLoops[place] = loop = Constructs.LoopsAround(place).LastOrDefault();
        return loop;
    }

    /// <summary>The statements of a block that leave the pass of a loop under a condition: <c>if (…) continue;</c>.</summary>
    public IReadOnlyList<IfStatementSyntax> SkipsIn(BlockSyntax block)
    {
        if (!_skips.TryGetValue(block, out IReadOnlyList<IfStatementSyntax>? skips))
        {
            _skips[block] = skips =
                [.. block.Statements.OfType<IfStatementSyntax>().Where(statement => statement.Else is null && IsJump(statement.Statement))];
        }
        return skips;
    }

    /// <summary>Whether a statement ends by leaving the pass of a loop.</summary>
    public static bool IsJump(StatementSyntax statement)
    {
        while (statement is BlockSyntax { Statements.Count: > 0 } block)
            statement = block.Statements.Last();
        return statement is ContinueStatementSyntax or ReturnStatementSyntax;
    }

    private List<SyntaxNode> FindTrainingSites() =>
    [
        .. Graph.Nodes
            .Where(node => node.Event is { Action: TrainingAction.Backward or TrainingAction.Step })
            .Select(node => node.Event!.Site)
            .Distinct()
            .OrderBy(site => site.SpanStart),
    ];

    private bool IsTrainingLoop(SyntaxNode loop)
    {
        List<SyntaxNode> sites = _trainingSites.Value;
        int low = 0;
        for (int high = sites.Count; low < high;)
        {
            int middle = (low + high) / 2;
            if (sites[middle].SpanStart < loop.SpanStart)
                low = middle + 1;
            else
                high = middle;
        }

        return sites.Skip(low).TakeWhile(site => site.SpanStart < loop.Span.End).Any(site => SyntaxPlaces.Contains(loop, site));
    }
}
