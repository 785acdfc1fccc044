using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;

namespace ClipGen.Analyzers.TrainingLoops.Calls;

/// <summary>Bodies that call each other in a cycle, or a single body. All bodies of a component reach the same code.</summary>
/// <param name="bodies">The bodies. Empty if the component is only a choice of overrides.</param>
/// <param name="choices">The choices of overrides among them.</param>
/// <param name="called">The other components that the bodies call.</param>
internal sealed class CallComponent(
    IReadOnlyList<BodyGraph> bodies, IReadOnlyList<Callees> choices, IReadOnlyCollection<CallComponent> called)
{
    public IReadOnlyList<BodyGraph> Bodies { get; } = bodies;

    public IReadOnlyCollection<CallComponent> Called { get; } = called;

    /// <summary>The actions of the bodies and of all methods that they can call, at any depth.</summary>
    public TrainingAction Actions { get; } =
        ActionsIn(bodies) | Union(choices.Select(choice => choice.MarkedActions)) | Union(called.Select(component => component.Actions));

    private static TrainingAction ActionsIn(IEnumerable<BodyGraph> bodies) =>
        Union(bodies
            .SelectMany(body => body.SelfAndInner)
            .SelectMany(body => body.Graph.Nodes)
            .Select(node => node.Event is { } found ? found.Action | found.Classification.Action : TrainingAction.None));

    private static TrainingAction Union(IEnumerable<TrainingAction> actions) =>
        actions.Aggregate(TrainingAction.None, (union, action) => union | action);
}
