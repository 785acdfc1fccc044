using System.Diagnostics.Metrics;
using ClipGen.Optimizers;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ClipGen.Tests.Observing;

/// <summary>The metrics, as OpenTelemetry exports them.</summary>
[Collection("Observing")]
public sealed class MeterTests : IDisposable
{
    private const string Plain = "ClipGen.Tests.Observing.PlainModel";
    private const string Grouped = "ClipGen.Tests.Observing.GroupedModel";

    private readonly List<Metric> _exported = [];
    private readonly MeterProvider _provider;

    public MeterTests() => _provider = Sdk.CreateMeterProviderBuilder().AddMeter("ClipGen").AddInMemoryExporter(_exported).Build();

    public void Dispose() => _provider.Dispose();

    [Fact]
    public void One_clip_is_one_measurement_of_each()
    {
        new PlainModel().Fill(4).ClipGradients();
        new PlainModel().Fill(0.5).ClipGradients();

        MetricPoint norm = Assert.Single(Points("clipgen.gradient.norm", ("model", Plain), ("group", "")));
        Assert.Equal(2, norm.GetHistogramCount());
        Exact.AssertClose(4.5, norm.GetHistogramSum());
        MetricPoint factor = Assert.Single(Points("clipgen.clip.factor", ("model", Plain), ("group", "")));
        Exact.AssertClose(1.25, factor.GetHistogramSum());
        Assert.Equal(1, Steps(Plain, "clipped"));
        Assert.Equal(1, Steps(Plain, "kept"));
        Assert.Equal(1.0, Assert.Single(Points("clipgen.clip.limit", ("model", Plain), ("group", ""))).GetGaugeLastValueDouble());
    }

    [Fact]
    public void Each_limit_has_its_own_norm_and_a_clip_counts_once()
    {
        var model = new GroupedModel();
        model.Body![0] = 0.25f;
        model.Head[2] = 2;
        model.ClipGradients();

        Assert.Equal(1, Steps(Grouped, "clipped"));
        Exact.AssertClose(0.25, Assert.Single(Points("clipgen.gradient.norm", ("model", Grouped), ("group", ""))).GetHistogramSum());
        Exact.AssertClose(2, Assert.Single(Points("clipgen.gradient.norm", ("model", Grouped), ("group", "heads"))).GetHistogramSum());
        Exact.AssertClose(0.25, Assert.Single(Points("clipgen.clip.factor", ("model", Grouped), ("group", "heads"))).GetHistogramSum());
        Assert.Equal(0.5, Assert.Single(Points("clipgen.clip.limit", ("model", Grouped), ("group", "heads"))).GetGaugeLastValueDouble());
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_a_skipped_step_and_no_norm()
    {
        var model = new PlainModel();
        model.DB[1] = float.NaN;
        Assert.Throws<NonFiniteGradientException>(() => model.ClipGradients());
        var grouped = new GroupedModel();
        grouped.Head[0] = float.PositiveInfinity;
        grouped.ClipGradients();

        Assert.Equal(1, Steps(Plain, "skipped"));
        Assert.Equal(1, Steps(Grouped, "skipped"));
        Assert.Empty(Points("clipgen.gradient.norm", ("model", Plain)));
        Assert.Empty(Points("clipgen.gradient.norm", ("group", "heads")));
    }

    [Fact]
    public void A_step_with_a_loss_scale_reports_norms_and_limits_without_it()
    {
        var scaler = new LossScaler(1024);
        var optimizer = new Sgd(0.1);
        optimizer.ClipAndStep(new PlainModel().Fill(4 * 1024), 2.0, scaler);
        scaler.Clip(new PlainModel().Fill(1024 * 0.5));
        var overflown = new PlainModel();
        overflown.DW[0] = float.PositiveInfinity;
        new Sgd(0.1).ClipAndStep(overflown, scaler);

        Exact.AssertClose(4.5, Assert.Single(Points("clipgen.gradient.norm", ("model", Plain), ("group", ""))).GetHistogramSum());
        Assert.Equal(1, Steps(Plain, "clipped"));
        Assert.Equal(1, Steps(Plain, "kept"));
        Assert.Equal(1, Steps(Plain, "skipped"));
        Assert.Equal(512, Assert.Single(Points("clipgen.loss_scale", ("model", Plain))).GetGaugeLastValueDouble());
        Assert.Equal(1.0, Assert.Single(Points("clipgen.clip.limit", ("model", Plain))).GetGaugeLastValueDouble());
    }

    [Fact]
    public void A_limit_of_the_call_is_reported()
    {
        new PlainModel().Fill(4).ClipGradients(3.0);
        Assert.Equal(3.0, Assert.Single(Points("clipgen.clip.limit", ("model", Plain))).GetGaugeLastValueDouble());
        new Sgd(0.1).ClipAndStep(new PlainModel().Fill(4), 2.5);
        Assert.Equal(2.5, Assert.Single(Points("clipgen.clip.limit", ("model", Plain))).GetGaugeLastValueDouble());
    }

    [Fact]
    public void Gradients_that_a_call_names_are_named_by_its_arguments()
    {
        float[] dW = [3];
        float[][] dBiases = [[4], [0]];
        Gradients.ClipNorm(1.0, dW, dBiases);
        Exact.AssertClose(5, Assert.Single(Points("clipgen.gradient.norm", ("model", "dW, dBiases"), ("group", ""))).GetHistogramSum());
    }

    [Fact]
    public void A_listener_of_one_instrument_receives_it()
    {
        _provider.Dispose();
        foreach (string name in (string[])["clipgen.gradient.norm", "clipgen.clip.factor", "clipgen.steps", "clipgen.clip.limit"])
        {
            int measurements = 0;
            using var listener = new MeterListener();
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "ClipGen" && instrument.Name == name)
                    self.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<double>((_, _, _, _) => measurements++);
            listener.SetMeasurementEventCallback<long>((_, _, _, _) => measurements++);
            listener.Start();
            new PlainModel().Fill(2).ClipGradients();
            listener.RecordObservableInstruments();
            Assert.True(measurements > 0, name);
        }
    }

    [Fact]
    public void Gradients_and_results_have_the_same_bits_with_and_without_a_listener()
    {
        PlainModel observed = new PlainModel().Fill(4.3, 0.2);
        ClipResult told = observed.ClipGradients();
        _provider.Dispose();
        PlainModel alone = new PlainModel().Fill(4.3, 0.2);
        Assert.Equal(told, alone.ClipGradients());
        Assert.Equal(observed.DW, alone.DW);
        Assert.Equal(observed.DB, alone.DB);
    }

    private long Steps(string model, string outcome) =>
        Assert.Single(Points("clipgen.steps", ("model", model), ("outcome", outcome))).GetSumLong();

    private List<MetricPoint> Points(string name, params (string Key, string Value)[] tags)
    {
        _exported.Clear();
        _provider.ForceFlush();
        var found = new List<MetricPoint>();
        foreach (Metric metric in _exported.Where(metric => metric.Name == name))
        {
            foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
            {
                var has = new Dictionary<string, object?>();
                foreach (KeyValuePair<string, object?> tag in point.Tags)
                    has.Add(tag.Key, tag.Value);
                if (tags.All(tag => has.TryGetValue(tag.Key, out object? value) && tag.Value.Equals(value)))
                    found.Add(point);
            }
        }

        return found;
    }
}
