using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClipGen.Observing.Recording;

/// <summary>Writes the record of a run for the compiler, as JSON. The analyzers' <c>RecordReader</c> reads it.</summary>
internal static class RecordFile
{
    /// <summary>The version of the format. Analyzers ignore files with a later version.</summary>
    internal const int Version = 1;

    private static readonly (string Name, double Share)[] Quantiles =
        [("min", 0), ("p1", 0.01), ("p10", 0.1), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)];

    internal static string Write(RunRecord run)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            json.WriteStartObject();
            json.WriteNumber("clipgen", Version);
            json.WriteString("run", run.Name);
            json.WriteString("started", run.Started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteStartArray("models");
            foreach (ModelRecord model in run.Models)
                Write(json, model);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("\n") + "\n";
    }

    private static void Write(Utf8JsonWriter json, ModelRecord model)
    {
        ModelIdentity identity = model.Identity;
        json.WriteStartObject();
        json.WriteString("name", identity.Name);
        WriteIfAny(json, "type", identity.TypeName);
        WriteIfAny(json, "fingerprint", identity.Fingerprint);
        WriteIfAny(json, "file", identity.File);
        WriteIfAny(json, "member", identity.Member);
        WriteIfAny(json, "gradients", identity.Text);
        json.WriteNumber("steps", model.Steps);
        json.WriteNumber("skipped", model.Skipped);
        json.WriteStartArray("limits");
        foreach (LimitRecord limit in model.Limits)
            Write(json, model, limit);
        json.WriteEndArray();
        json.WriteStartArray("norms");
        foreach (GradientRecord gradient in model.Gradients)
        {
            json.WriteStartObject();
            json.WriteString("gradient", gradient.Name);
            json.WriteNumber("share", Math.Round(gradient.Share, 4));
            if (gradient.NonFinite > 0)
            {
                json.WriteNumber("nonFinite", gradient.NonFinite);
                json.WriteNumber("firstNonFinite", gradient.FirstNonFinite);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ModelRecord model, LimitRecord limit)
    {
        json.WriteStartObject();
        WriteIfAny(json, "group", limit.Key.Group);
        WriteIfAny(json, "member", limit.Key.Member);
        json.WriteString("kind", limit.Key.ByValue ? "value" : limit.Key.Scope == ClipScope.PerParameter ? "normPerParameter" : "norm");

        // A limit that varies or is infinite cannot be compared with the limit of an attribute or a call.
        if (limit.IsFixed && double.IsFinite(limit.Limit))
            json.WriteNumber("limit", limit.Limit);
        json.WriteNumber("steps", limit.Steps);
        json.WriteNumber("clipped", limit.Clipped);
        json.WriteNumber("nonFinite", limit.NonFinite);
        if (limit.Norms.Count > 0)
        {
            json.WriteStartObject("quantiles");
            foreach ((string name, double share) in Quantiles)
                json.WriteNumber(name, limit.Norms.Quantile(share));
            json.WriteEndObject();
        }

        if (Recommender.For(model, limit) is { } recommendation)
            json.WriteNumber("recommended", recommendation.Limit);
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }
}
