namespace ClipGen.Benchmarks.Measurement;

/// <summary>The times of one contender.</summary>
/// <param name="Name">The contender.</param>
/// <param name="Nanoseconds">The time of a call in each round.</param>
/// <param name="AllocatedBytes">What a call allocates on the managed heap.</param>
public sealed record ContenderTimes(string Name, IReadOnlyList<double> Nanoseconds, long AllocatedBytes);

/// <summary>The times of contenders that were measured against each other.</summary>
/// <param name="Rounds">How many batches each contender had.</param>
/// <param name="Contenders">The times, in the order of the contenders.</param>
public sealed record PairedTimes(int Rounds, IReadOnlyList<ContenderTimes> Contenders)
{
    /// <summary>The contenders of these names only.</summary>
    public PairedTimes Only(Func<string, bool> isIncluded) =>
        this with { Contenders = [.. Contenders.Where(times => isIncluded(times.Name))] };

    /// <summary>The ratios to the first contender, each taken within a round.</summary>
    /// <param name="owner">What held the gradients.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="clippingNeeded">Whether the limit lay below the norm.</param>
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
