namespace ClipGen;

/// <summary>The limit that a recorded run suggests, and the reason. Created by <see cref="NormRecorder"/>.</summary>
public sealed record LimitRecommendation
{
    /// <summary>The model, or the text of the gradients in a call.</summary>
    public required string Model { get; init; }

    /// <summary>The group or the member that the limit applies to; <see langword="null"/> for all gradients.</summary>
    public string? Group { get; init; }

    /// <summary>The recommended limit, in the units of the gradient.</summary>
    public required double Limit { get; init; }

    /// <summary>The limit of the last recorded step.</summary>
    public required double RecordedLimit { get; init; }

    /// <summary>The number of recorded steps.</summary>
    public required long Steps { get; init; }

    /// <summary>The share of the steps in which the recorded limit was exceeded, from 0 to 1.</summary>
    public required double ClippedShare { get; init; }

    /// <summary>The attribute to copy, such as <c>[ClipGradNorm(0.83)]</c>.</summary>
    public required string Attribute { get; init; }

    /// <summary>The recorded norms, and the conclusion.</summary>
    public required string Reason { get; init; }

    /// <summary>Returns the attribute and the reason.</summary>
    public override string ToString() => $"{Attribute}: {Reason}";
}
