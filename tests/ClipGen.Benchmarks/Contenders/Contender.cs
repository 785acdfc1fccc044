namespace ClipGen.Benchmarks.Contenders;

/// <summary>One way to clip the gradients of a model by their global norm, or a lower bound for the time of any way.</summary>
/// <param name="name">The name in the tables.</param>
public abstract class Contender(string name) : IDisposable
{
    /// <summary>A limit far above every norm. Torch requires that a float can represent it.</summary>
    public const double NoLimit = 1e30;

    /// <summary>The name in the tables.</summary>
    public string Name { get; } = name;

    /// <summary>Called before each batch, outside of the timed part.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Clips.</summary>
    /// <param name="limit">The largest norm that is not clipped.</param>
    /// <returns>The norm before clipping, as this contender computes it; NaN for a bound, which computes none.</returns>
    public abstract double Clip(double limit);

    /// <summary>
    /// Returns a limit with which every gradient is multiplied and none changes: it is so close below <paramref name="norm"/> that the
    /// factor rounds to 1 as a float.
    /// </summary>
    /// <param name="norm">The norm, as this contender computes it.</param>
    public virtual double LimitNear(double norm) => norm * (1 - 1e-9);

    /// <summary>Called after each batch, outside of the timed part.</summary>
    public virtual void Settle()
    {
    }

    /// <summary>Asserts that this contender clips, so that one that does nothing cannot be the fastest.</summary>
    /// <exception cref="InvalidOperationException">It does not clip.</exception>
    public virtual void Check()
    {
        Prepare();
        double norm = Clip(NoLimit);
        Clip(norm / 2);
        double clipped = Clip(NoLimit);
        Settle();
        if (Math.Abs(clipped - norm / 2) > 1e-4 * norm)
            throw new InvalidOperationException($"{Name} clipped {norm} to {clipped} instead of {norm / 2}.");
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
