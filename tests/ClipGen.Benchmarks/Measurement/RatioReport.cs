using System.Text.Json;

namespace ClipGen.Benchmarks.Measurement;

/// <summary>One contender on one model.</summary>
/// <param name="Name">The contender.</param>
/// <param name="Nanoseconds">The time of a call.</param>
/// <param name="Ratio">
/// Its time divided by the time of the first contender in the same round. Above one, the first contender is faster.
/// </param>
/// <param name="AllocatedBytes">The bytes that a call allocates on the managed heap.</param>
public sealed record ContenderResult(string Name, Spread Nanoseconds, Spread Ratio, long AllocatedBytes);

/// <summary>All contenders on one model.</summary>
/// <param name="Owner">The owner of the gradients.</param>
/// <param name="Model">The model's name.</param>
/// <param name="ClippingNeeded">True if the limit was below the norm.</param>
/// <param name="Rounds">The number of batches of each contender.</param>
/// <param name="Contenders">The results. The first one is that of the baseline.</param>
public sealed record CaseResult(
    GradientOwner Owner, string Model, bool ClippingNeeded, int Rounds, IReadOnlyList<ContenderResult> Contenders)
{
    /// <summary>The result of the baseline.</summary>
    public ContenderResult Reference => Contenders[0];

    /// <summary>Returns the result of a contender, or null if it was not measured.</summary>
    public ContenderResult? Find(string contender) => Contenders.FirstOrDefault(result => result.Name == contender);
}

/// <summary>All models in one configuration of the runtime.</summary>
/// <param name="Configuration">The widest instruction set that was used, and the setting that is not the default.</param>
/// <param name="Cases">Each model twice for each owner of gradients: clipping needed, and not.</param>
public sealed record RatioReport(string Configuration, IReadOnlyList<CaseResult> Cases)
{
    /// <summary>Reads the report of another process.</summary>
    public static RatioReport Read(string path) =>
        JsonSerializer.Deserialize<RatioReport>(File.ReadAllText(path)) ?? throw new InvalidDataException($"'{path}' holds no report.");

    /// <summary>Writes the report for another process.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this));
}
