namespace ClipGen.Analyzers.Records;

/// <summary>A run that a <c>NormRecorder</c> has saved.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Started">When it began, as text whose order is that of time.</param>
/// <param name="Models">What was clipped.</param>
internal sealed record RecordedRun(string Name, string Started, IReadOnlyList<RecordedModel> Models);

/// <summary>What was recorded of a model, or of a call with a limit.</summary>
/// <param name="Type">The full name of the model's type in metadata; empty where a call names no type.</param>
/// <param name="Fingerprint">A hash of its gradients, or null.</param>
/// <param name="Call">The call with the limit; null where attributes declare it.</param>
/// <param name="Limits">The limits.</param>
/// <param name="Broken">The gradients that were not finite.</param>
internal sealed record RecordedModel(
    string Type, string? Fingerprint, RecordedCall? Call, IReadOnlyList<RecordedLimit> Limits, IReadOnlyList<BrokenGradient> Broken);

/// <summary>A call with a limit.</summary>
/// <param name="File">The name of its file, or null where calls are known by their arguments only.</param>
/// <param name="Member">The member that it is in.</param>
/// <param name="Gradients">The arguments that name the gradients, as they are written on one line.</param>
internal sealed record RecordedCall(string? File, string? Member, string Gradients)
{
    private static readonly char[] Space = [' ', '\t', '\r', '\n'];

    /// <summary>A text on one line, because line breaks differ between machines and formatters.</summary>
    public static string OnOneLine(string text) => string.Join(" ", text.Split(Space, StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>What one limit did.</summary>
/// <param name="Group">The group that it is for, or null.</param>
/// <param name="Member">The member that declares it for itself, or null.</param>
/// <param name="ByValue">Whether it clamps elements.</param>
/// <param name="Limit">The limit; null where it was not the same in all steps.</param>
/// <param name="Steps">The number of steps.</param>
/// <param name="Clipped">The number of steps that it clipped.</param>
/// <param name="Median">The median norm.</param>
/// <param name="P90">The norm that nine steps in ten do not exceed.</param>
/// <param name="P99">The norm that 99 steps in 100 do not exceed.</param>
/// <param name="Largest">The largest norm.</param>
/// <param name="Recommended">The limit that the run suggests, or null.</param>
internal sealed record RecordedLimit(
    string? Group,
    string? Member,
    bool ByValue,
    double? Limit,
    double Steps,
    double Clipped,
    double Median,
    double P90,
    double P99,
    double Largest,
    double? Recommended);

/// <summary>A gradient that was not finite.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Steps">The number of steps in which it was not.</param>
/// <param name="First">The number of the first of them.</param>
internal sealed record BrokenGradient(string Name, double Steps, double First);
