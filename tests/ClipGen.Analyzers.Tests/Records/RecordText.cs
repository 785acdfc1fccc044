using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests.Records;

/// <summary>A recorded run, as an additional file of a project.</summary>
/// <param name="text">The text of the file.</param>
/// <param name="path">The path of the file.</param>
internal sealed class RecordText(string text, string path = "lstm.clipgen.json") : AdditionalText
{
    private readonly SourceText _text = SourceText.From(text);

    public override string Path => path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => _text;

    /// <summary>A run of 1000 steps of one model with one limit.</summary>
    public static string Of(
        string identity,
        double limit,
        int clipped,
        double largest,
        double recommended,
        string owner = "",
        string norms = "",
        int steps = 1000) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            { "clipgen": 1, "run": "lstm", "started": "2026-01-02T03:04:05Z", "models": [ { "name": "n", {{identity}}, "steps": {{steps}},
              "limits": [ { {{owner}} "kind": "norm", "limit": {{limit}}, "steps": {{steps}}, "clipped": {{clipped}}, "nonFinite": 0,
                "quantiles": { "min": 0.01, "p1": 0.02, "p10": 0.1, "p50": {{largest / 4}},
                  "p90": {{largest / 2}}, "p99": {{largest / 1.5}}, "max": {{largest}} },
                "recommended": {{recommended}} } ],
              "norms": [ {{norms}} ] } ] }
            """);
}
