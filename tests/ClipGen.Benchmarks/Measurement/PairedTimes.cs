namespace ClipGen.Benchmarks.Measurement;

/// <summary>The times of one contender.</summary>
/// <param name="Name">The contender.</param>
/// <param name="Nanoseconds">The time of a call in each round.</param>
/// <param name="AllocatedBytes">The bytes that a call allocates on the managed heap.</param>
public sealed record ContenderTimes(string Name, IReadOnlyList<double> Nanoseconds, long AllocatedBytes);

/// <summary>The times of contenders that were compared.</summary>
/// <param name="Rounds">The number of batches of each contender.</param>
/// <param name="Contenders">The times, in the order of the contenders.</param>
public sealed record PairedTimes(int Rounds, IReadOnlyList<ContenderTimes> Contenders)
{
    /// <summary>Selects contenders by name.</summary>
    public PairedTimes Only(Func<string, bool> isIncluded) =>
        this with { Contenders = [.. Contenders.Where(times => isIncluded(times.Name))] };

    /// <summary>Returns the ratios to the first contender, computed within each round.</summary>
    /// <param name="owner">The owner of the gradients.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="clippingNeeded">True if the limit was below the norm.</param>
    public CaseResult ToCase(GradientOwner owner, string model, bool clippingNeeded) => new(
        owner,
        model,
        clippingNeeded,
        Rounds,
        [
            .. Contenders.Select(times => new ContenderResult(
                times.Name,
                Spread.Of(times.Nanoseconds),
                Spread.Of(times.Nanoseconds.Zip(Contenders[0].Nanoseconds, (mine, its) => mine / its)),
                times.AllocatedBytes)),
        ]);
}
