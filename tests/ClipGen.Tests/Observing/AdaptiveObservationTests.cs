using System.Diagnostics.Metrics;
using ClipGen.Observing.Recording;
using ClipGen.Optimizers;
using ClipGen.Tests.Limits;

namespace ClipGen.Tests.Observing;

/// <summary>The meter and the recorder receive the norm, the limit and the factor of an adaptive limit, once for each clip.</summary>
[Collection("Observing")]
public sealed partial class AdaptiveObservationTests : IDisposable
{
    private const int Steps = 40;

    private static readonly string[] Ways = ["ClipGradients", "ClipAndStep", "scaled", "LossScaler.Clip", "Gradients", "limit", "report"];

    private readonly string _folder = Directory.CreateTempSubdirectory("clipgen").FullName;

    public static TheoryData<string, string, bool, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, bool, bool>();
            foreach (string kind in LimitKinds.Names)
            {
                foreach (string way in Ways)
                {
                    // Arguments have no weights to compare with a limit.
                    if (kind == "AdaptiveClip" && way == "Gradients")
                        continue;
                    cases.Add(kind, way, true, false);
                    cases.Add(kind, way, false, true);
                    cases.Add(kind, way, true, true);
                }
            }

            return cases;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_was_applied_is_reported_once(string kind, string way, bool listens, bool records)
    {
        string journal = Path.Combine(_folder, "run.clipgen.journal");
        string name = way == "Gradients" ? "model.First, model.Second"
            : way == "limit" ? typeof(FixedModel).FullName!.Replace('+', '.')
            : LimitModels.Create(kind).GetType().FullName!;
        List<Observed> expected = [];
        List<Observed> measured = [];
        using (NormRecorder? run = records ? NormRecorder.Start("run", new NormRecorderOptions { JournalPath = journal }) : null)
        using (var meter = new Measurements(name, listens))
        {
            ILimitModel model = way == "limit" ? new FixedModel() : LimitModels.Create(kind);
            var clip = new WayToClip(way, kind);
            var oracle = new LimitOracle(kind, LimitKinds.All[kind].Number, LimitKinds.All[kind].WarmUpSteps, double.PositiveInfinity);
            var random = new Random(7);
            for (int step = 0; step < Steps; step++)
            {
                double[][] gradients = [[Math.Exp(2 * random.NextDouble())], [Math.Exp((2 * random.NextDouble()) - 1)]];
                (model.First[0], model.Second[0]) = (gradients[0][0] * clip.Scale, gradients[1][0] * clip.Scale);
                clip.Run(model);

                double[][] clipped = [[.. gradients[0]], [.. gradients[1]]];
                oracle.Clip(clipped, [[3], [4]], [0, 0]);
                expected.Add(Observed.Of(gradients, clipped));
                if (listens)
                    measured.Add(meter.Take());
            }

            Assert.Equal(listens ? Steps : 0, meter.Count);
        }

        Assert.Contains(expected, step => step.IsClipped);
        Assert.True(kind == "AdaGC" || expected.Exists(step => !step.IsClipped));
        bool isCommon = LimitKinds.All[kind].HasOneNorm;
        if (listens)
            AssertSame(expected, measured, isCommon);
        if (records)
        {
            using var file = new FileStream(journal, FileMode.Open, FileAccess.Read);
            ModelRecord record = Assert.Single(JournalReader.Read(file).Models, model => model.Identity.Name == name);
            Assert.Equal(Steps, record.Steps);
            LimitColumn[] columns = Assert.Single(record.Limits).Timeline.Columns.ToArray();
            AssertSame(
                expected,
                [.. columns.Select(column => new Observed(column.GreatestNorm, column.Limit, column.LeastFactor, column.Clipped == 1))],
                isCommon);
        }
    }

    private static void AssertSame(List<Observed> expected, List<Observed> actual, bool isCommon)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int step = 0; step < expected.Count; step++)
        {
            Assert.Equal(expected[step].IsClipped, actual[step].IsClipped);
            Exact.AssertClose(expected[step].Factor, actual[step].Factor);
            if (isCommon)
                Exact.AssertClose(expected[step].Norm, actual[step].Norm);
            if (expected[step].IsClipped)
                Exact.AssertClose(expected[step].Limit, actual[step].Limit);
            else if (isCommon)
                Assert.True(actual[step].Limit >= actual[step].Norm);
        }
    }

    /// <summary>One clip.</summary>
    /// <param name="Norm">The norm of all gradients.</param>
    /// <param name="Limit">The limit. If each gradient has a limit, the limit of the gradient that is scaled most.</param>
    /// <param name="Factor">The smallest factor.</param>
    /// <param name="IsClipped">True if a gradient was scaled.</param>
    private sealed record Observed(double Norm, double Limit, double Factor, bool IsClipped)
    {
        public static Observed Of(double[][] before, double[][] after)
        {
            double norm = Math.Sqrt(before.Sum(gradient => gradient[0] * gradient[0]));
            double clipped = Math.Sqrt(after.Sum(gradient => gradient[0] * gradient[0]));
            double[] factors = [.. before.Zip(after, (one, other) => other[0] / one[0])];
            double factor = factors.Min();
            bool isCommon = Math.Abs(factors[0] - factors[1]) < 1e-12;
            return new Observed(norm, isCommon ? clipped : after[Array.IndexOf(factors, factor)][0], factor, factor < 1);
        }
    }

    /// <summary>One of the ways to clip with a limit of a kind.</summary>
    private sealed class WayToClip(string way, string kind)
    {
        private readonly Optimizer _optimizer = new Sgd(0);
        private readonly LossScaler _scaler = new(1024);
        private readonly ClipReport _report = new();
        private readonly AdaptiveLimit _limit = LimitKinds.All[kind].Create();

        public double Scale => way is "scaled" or "LossScaler.Clip" ? _scaler.Scale : 1;

        public void Run(ILimitModel model)
        {
            switch (way)
            {
                case "ClipGradients":
                    model.ClipGradients();
                    break;
                case "report":
                    model.ClipGradients(_report);
                    break;
                case "ClipAndStep":
                    model.ClipAndStep(_optimizer);
                    break;
                case "scaled":
                    model.ClipAndStep(_optimizer, _scaler);
                    break;
                case "LossScaler.Clip":
                    _scaler.Clip((IClippable)model);
                    break;
                case "limit":
                    _optimizer.ClipAndStep((FixedModel)model, _limit);
                    break;
                default:
                    Gradients.ClipNorm(_limit, model.First, model.Second);
                    break;
            }
        }
    }

    /// <summary>Collects the measurements of one model.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly string _model;
        private readonly List<double> _norms = [];
        private readonly List<double> _factors = [];
        private readonly List<string> _outcomes = [];
        private double _limit;

        public Measurements(string model, bool listens)
        {
            _model = model;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (listens && instrument.Meter.Name == "ClipGen")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>(Record);
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                if (TagOf(tags, "model") == _model)
                    _outcomes.AddRange(Enumerable.Repeat(TagOf(tags, "outcome")!, (int)count));
            });
            _listener.Start();
        }

        public int Count { get; private set; }

        /// <summary>Returns the clip since the last call.</summary>
        public Observed Take()
        {
            Count++;
            _listener.RecordObservableInstruments();
            string outcome = Assert.Single(_outcomes);
            var observed = new Observed(Assert.Single(_norms), _limit, Assert.Single(_factors), outcome == "clipped");
            _norms.Clear();
            _factors.Clear();
            _outcomes.Clear();
            return observed;
        }

        public void Dispose() => _listener.Dispose();

        private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            if (TagOf(tags, "model") != _model)
                return;
            switch (instrument.Name)
            {
                case "clipgen.gradient.norm":
                    _norms.Add(value);
                    break;
                case "clipgen.clip.factor":
                    _factors.Add(value);
                    break;
                case "clipgen.clip.limit":
                    _limit = value;
                    break;
            }
        }

        private static string? TagOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == name)
                    return tag.Value as string;
            }

            return null;
        }
    }

    /// <summary>Declares a limit that no step exceeds. Tests replace it by the adaptive one.</summary>
    [ClipGradNorm(1e6)]
    private sealed partial class FixedModel : ILimitModel
    {
        [Parameter(Gradient = nameof(_dW))] private readonly double[] _w = [3];
        private readonly double[] _dW = new double[1];
        [Parameter(Gradient = nameof(_dB))] private readonly double[] _b = [4];
        private readonly double[] _dB = new double[1];

        public double[] First => _dW;

        public double[] Second => _dB;

        public ClipResult ClipAndStep(Optimizer optimizer, LossScaler? scaler) => optimizer.ClipAndStep(this);
    }
}
