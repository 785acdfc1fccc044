using System.Text.Json;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>One contender on one model.</summary>
/// <param name="Name">The contender.</param>
/// <param name="Nanoseconds">The time of a call.</param>
/// <param name="Ratio">Its time in units of the first contender's in the same round: above one, the first is faster.</param>
/// <param name="AllocatedBytes">What a call allocates on the managed heap.</param>
public sealed record ContenderResult(string Name, Spread Nanoseconds, Spread Ratio, long AllocatedBytes);

/// <summary>All contenders on one model.</summary>
/// <param name="Owner">What held the gradients.</param>
/// <param name="Model">The model's name.</param>
/// <param name="ClippingNeeded">Whether the limit lay below the norm.</param>
/// <param name="Rounds">How many batches each contender had.</param>
/// <param name="Contenders">The results, first that of the one that the others are compared with.</param>
public sealed record CaseResult(
    GradientOwner Owner, string Model, bool ClippingNeeded, int Rounds, IReadOnlyList<ContenderResult> Contenders)
{
    /// <summary>The result that the others are compared with.</summary>
    public ContenderResult Reference => Contenders[0];

    /// <summary>The result of a contender, or null where it did not take part.</summary>
    public ContenderResult? Find(string contender) => Contenders.FirstOrDefault(result => result.Name == contender);
}

/// <summary>All models in one configuration of the runtime.</summary>
/// <param name="Configuration">The widest instruction set that was used, and the setting that is not the default.</param>
/// <param name="Cases">Each model twice for each owner of gradients: clipping needed, and not.</param>
public sealed record RatioReport(string Configuration, IReadOnlyList<CaseResult> Cases)
{
    /// <summary>Reads what another process wrote.</summary>
    public static RatioReport Read(string path) =>
        JsonSerializer.Deserialize<RatioReport>(File.ReadAllText(path)) ?? throw new InvalidDataException($"'{path}' holds no report.");

    /// <summary>Writes the report for another process.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this));
}
