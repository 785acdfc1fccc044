using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Records;

/// <summary>Reads <c>*.clipgen.json</c>. What is missing or of another type is passed over, and a number out of range makes its limit one
/// that no rule looks at.</summary>
internal static class RecordReader
{
    /// <summary>How the names of records end.</summary>
    public const string Extension = ".clipgen.json";

    /// <summary>The longest record that is read, in characters. The record of a large model is a tenth of it.</summary>
    public const int LongestRecord = 4_000_000;

    private const double Version = 1;

    // A file that has not changed is one text.
    private static readonly ConditionalWeakTable<SourceText, Reading> Known = new();

    /// <summary>Reads a record once.</summary>
    public static Reading Read(SourceText text) => Known.GetValue(text, static text => Parse(text));

    private static Reading Parse(SourceText text)
    {
        if (text.Length > LongestRecord)
            return new Reading(null, "it is longer than 4 million characters");
        if (JsonParser.Parse(text.ToString()) is not { } root)
            return new Reading(null, "it is cut off or is not JSON");
        if (root["clipgen"].Number is not { } version)
            return new Reading(null, "it was not saved by a NormRecorder");
        return version == Version
            ? new Reading(ReadRun(root), null)
            : new Reading(null, "another version of ClipGen has saved it");
    }

    private static RecordedRun ReadRun(JsonNode node) =>
        new(node["run"].Text ?? "", node["started"].Text ?? "", [.. node["models"].Items.Select(ReadModel)]);

    private static RecordedModel ReadModel(JsonNode node) => new(
        node["type"].Text ?? "",
        node["fingerprint"].Text,
        node["gradients"].Text is { } gradients
            ? new RecordedCall(node["file"].Text, node["member"].Text, RecordedCall.OnOneLine(gradients))
            : null,
        [.. node["limits"].Items.Select(ReadLimit)],
        [.. node["norms"].Items.Where(item => item["nonFinite"].Number is > 0 && item["gradient"].Text is not null).Select(ReadBroken)]);

    private static BrokenGradient ReadBroken(JsonNode node) =>
        new(node["gradient"].Text!, node["nonFinite"].Number!.Value, node["firstNonFinite"].Number ?? 0);

    private static RecordedLimit ReadLimit(JsonNode node)
    {
        JsonNode quantiles = node["quantiles"];
        return new RecordedLimit(
            node["group"].Text,
            node["member"].Text,
            node["kind"].Text == "value",
            node["limit"].Number,
            node["steps"].Number ?? 0,
            node["clipped"].Number ?? double.NaN,
            quantiles["p50"].Number ?? double.NaN,
            quantiles["p90"].Number ?? double.NaN,
            quantiles["p99"].Number ?? double.NaN,
            quantiles["max"].Number ?? double.NaN,
            node["recommended"].Number is > 0 and var recommended ? recommended : null);
    }

    /// <summary>What a file holds.</summary>
    /// <param name="Run">The run; null where it cannot be read.</param>
    /// <param name="Problem">Why not, as the end of a sentence.</param>
    internal sealed record Reading(RecordedRun? Run, string? Problem);
}
