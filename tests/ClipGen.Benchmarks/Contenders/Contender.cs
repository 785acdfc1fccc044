namespace ClipGen.Benchmarks.Contenders;

/// <summary>One way to clip the gradients of a model by their global norm, or a bound on how fast any way can be.</summary>
/// <param name="name">What the tables call it.</param>
public abstract class Contender(string name) : IDisposable
{
    /// <summary>What the tables call it.</summary>
    public string Name { get; } = name;

    /// <summary>Called before each batch, outside of the timed part.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Clips.</summary>
    /// <param name="limit">The largest norm that is left as it is.</param>
    /// <returns>The norm before clipping, as this contender computes it; NaN for a bound, which computes none.</returns>
    public abstract double Clip(double limit);

    /// <summary>Called after each batch, outside of the timed part.</summary>
    public virtual void Settle()
    {
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
