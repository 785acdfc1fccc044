using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace ClipGen.Observing;

/// <summary>The metrics of the meter "ClipGen".</summary>
internal static class ClipMeter
{
    private const string ModelTag = "model";
    private const string GroupTag = "group";
    private const string OutcomeTag = "outcome";

    private static readonly Meter Meter = new("ClipGen", typeof(ClipMeter).Assembly.GetName().Version?.ToString(2));

    private static readonly Histogram<double> Norm = CreateHistogram(
        "clipgen.gradient.norm",
        "The norm of the gradients of a limit before clipping.",
        [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000]);

    private static readonly Histogram<double> Factor = CreateHistogram(
        "clipgen.clip.factor",
        "The factor that the gradients of a limit were multiplied by: 1 if they were not changed.",
        [0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.999, 1]);

    private static readonly Counter<long> Steps = Meter.CreateCounter<long>(
        "clipgen.steps", "{step}", "The number of clips, by outcome: kept, clipped or skipped.");

    private static readonly ObservableGauge<double> Limit = Meter.CreateObservableGauge(
        "clipgen.clip.limit", ReadLimits, description: "The limit of the latest clip.");

    private static readonly ObservableGauge<double> LossScale = Meter.CreateObservableGauge(
        "clipgen.loss_scale", ReadLossScales, description: "The loss scale after the latest step.");

    /// <summary>Whether any listener is attached.</summary>
    internal static bool IsOn
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Norm.Enabled || Factor.Enabled || Steps.Enabled || Limit.Enabled || LossScale.Enabled;
    }

    /// <summary>Records one clip.</summary>
    internal static void Record(in ClipMeasurement clip)
    {
        var model = new KeyValuePair<string, object?>(ModelTag, clip.Model.Name);
        foreach (ref readonly LimitResult limit in clip.Limits)
        {
            string name = limit.Group ?? limit.Member ?? "";
            var group = new KeyValuePair<string, object?>(GroupTag, name);

            // A NaN would make every later sum and average NaN.
            if (double.IsFinite(limit.Norm))
                Norm.Record(limit.Norm, model, group);
            if (double.IsFinite(limit.Factor) && clip.Outcome != ClipOutcome.Skipped)
                Factor.Record(limit.Factor, model, group);
            Latest.Limits[(clip.Model.Name, name)] = limit.Limit;
        }

        Steps.Add(1, model, new KeyValuePair<string, object?>(OutcomeTag, NameOf(clip.Outcome)));
        if (clip.LossScale > 0)
            Latest.LossScales[clip.Model.Name] = clip.LossScale;
    }

    private static string NameOf(ClipOutcome outcome) => outcome switch
    {
        ClipOutcome.Kept => "kept",
        ClipOutcome.Clipped => "clipped",
        _ => "skipped",
    };

    private static IEnumerable<Measurement<double>> ReadLimits() =>
        Latest.Limits.Select(pair => new Measurement<double>(
            pair.Value,
            new KeyValuePair<string, object?>(ModelTag, pair.Key.Model),
            new KeyValuePair<string, object?>(GroupTag, pair.Key.Group)));

    private static IEnumerable<Measurement<double>> ReadLossScales() =>
        Latest.LossScales.Select(pair => new Measurement<double>(pair.Value, new KeyValuePair<string, object?>(ModelTag, pair.Key)));

    private static Histogram<double> CreateHistogram(string name, string description, double[] bounds)
    {
#if NET9_0_OR_GREATER
        return Meter.CreateHistogram(
            name, null, description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
#else
        // Before .NET 9, an instrument cannot suggest bucket bounds.
        _ = bounds;
        return Meter.CreateHistogram<double>(name, null, description);
#endif
    }

    // The latest values, because gauges are read on demand. In a class of its own, which is not initialized while nobody listens.
    private static class Latest
    {
        internal static readonly ConcurrentDictionary<(string Model, string Group), double> Limits = new();
        internal static readonly ConcurrentDictionary<string, double> LossScales = new();
    }
}
