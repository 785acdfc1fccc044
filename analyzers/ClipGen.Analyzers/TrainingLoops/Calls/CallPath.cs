using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;

namespace ClipGen.Analyzers.TrainingLoops.Calls;

/// <summary>The bodies through which calls have been followed, which decide whether the next call is followed.</summary>
internal sealed class CallPath(CallGraph calls)
{
    private readonly List<BodyGraph> _bodies = [];
    private int _trainingMethods;

    public bool IsTooDeep => _bodies.Count > AnalysisLimits.CallDepth;

    public bool Contains(BodyGraph body) => _bodies.Contains(body);

    public void Enter(BodyGraph body)
    {
        _trainingMethods += IsTrainingMethod(body) ? 1 : 0;
        _bodies.Add(body);
    }

    public void Leave()
    {
        BodyGraph body = _bodies[_bodies.Count - 1];
        _bodies.RemoveAt(_bodies.Count - 1);
        _trainingMethods -= IsTrainingMethod(body) ? 1 : 0;
    }

    /// <summary>Whether a call of a method that is not on the path leads to an action on gradients.</summary>
    public bool LeadsToEvents(BodyGraph method) => !Contains(method) && calls.ComponentOf(method).Actions != TrainingAction.None;

    /// <summary>
    /// Whether a method is skipped. The analysis of a method that trains checks its own steps, so its callers only need to know that it
    /// trains. If such methods call each other, following all calls would read each method again for every caller.
    /// </summary>
    public bool IsOutOfSight(BodyGraph method) =>
        (_trainingMethods > 0 && method.Trains) || calls.ComponentOf(method).Bodies.Count > AnalysisLimits.MethodsInCycle;

    /// <summary>Whether a body is that of a called method with its own training step. The analyzed body itself is not called.</summary>
    private bool IsTrainingMethod(BodyGraph body) => _bodies.Count > 0 && !body.IsInner && body.Trains;
}
