namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>One way to clip the gradients of a model and to update its parameters.</summary>
/// <param name="name">The name in the tables.</param>
public abstract class StepContender(string name) : Contender(name)
{
    /// <summary>True if gradients are clipped before the step.</summary>
    public virtual bool Clips => true;

    /// <summary>The current parameters, in the order of the model.</summary>
    public abstract IEnumerable<float[]> ReadParameters();

    /// <summary>Does nothing: <see cref="Measurement.StepCheck"/> compares a new contender with the formula of the rule.</summary>
    public sealed override void Check()
    {
    }
}
