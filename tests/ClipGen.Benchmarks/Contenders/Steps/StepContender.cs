namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>One way to clip the gradients of a model and to update its parameters.</summary>
/// <param name="name">What the tables call it.</param>
public abstract class StepContender(string name) : Contender(name)
{
    /// <summary>Whether gradients are clipped before the step.</summary>
    public virtual bool Clips => true;

    /// <summary>The parameters as they are now, in the order of the model's.</summary>
    public abstract IEnumerable<float[]> ReadParameters();

    /// <summary>Does nothing: <see cref="Measurement.StepCheck"/> has compared a fresh contender with the formula of the rule.</summary>
    public sealed override void Check()
    {
    }
}
