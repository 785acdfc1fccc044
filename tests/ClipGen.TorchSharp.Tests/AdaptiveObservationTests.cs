using System.Diagnostics.Metrics;
using ClipGen.Tests.Limits;
using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>
/// The meter and the recorder receive the norm, the limit and the factor of an adaptive limit on TorchSharp's gradients, once for each
/// clip, whichever code path it takes.
/// </summary>
public sealed partial class AdaptiveObservationTests : TorchTests, IDisposable
{
    private const int Steps = 12;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string kind in LimitKinds.Names)
            {
                foreach (string way in (string[])["module", "parameters", "step", "scaled step", "own step", "remote"])
                    cases.Add(kind, way);
            }

            foreach (string way in (string[])["declared", "declared step", "declared scaled step"])
                cases.Add("AutoClip", way);
            return cases;
        }
    }

    public void Dispose() => GradientFinder.TreatsAsRemote = null;

    [Theory, MemberData(nameof(Cases))]
    public void What_was_applied_is_reported_once(string kind, string way)
    {
        using DisposeScope scope = NewDisposeScope();
        using var listener = new MeterListener();
        List<(string Name, double Value)> told = [];
        List<string?> outcomes = [];
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "ClipGen")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (instrument.Name != "clipgen.clip.limit" || IsOf(tags, way))
                told.Add((instrument.Name, value));
        });
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => outcomes.Add(TagOf(tags, "outcome")));
        listener.Start();

        using var net = new Net();
        using var declared = new DeclaredNet();
        using optim.Optimizer adam = optim.Adam(net.parameters(), 0);
        using optim.Optimizer own = optim.Adagrad(net.parameters(), 0);
        using optim.Optimizer adamOfDeclared = optim.Adam(declared.parameters(), 0);
        var scaler = new LossScaler(256);
        AdaptiveLimit limit = LimitKinds.All[kind].Create();
        var random = new Random(3);
        bool any = false;
        for (int step = 0; step < Steps; step++)
        {
            // The last step exceeds every limit.
            double size = Math.Exp(3 * random.NextDouble()) * (step == Steps - 1 ? 50 : 1);
            float scale = (float)(way.Contains("scaled", StringComparison.Ordinal) ? size * scaler.Scale : size);
            Fill(net, scale);
            Fill(declared, scale);
            GradientFinder.TreatsAsRemote = way == "remote" ? _ => true : null;
            Parameter[] parameters = [.. net.parameters()];
            ClipResult result = way switch
            {
                "parameters" => TorchGradients.ClipNorm(parameters, limit),
                "step" => adam.ClipAndStep(limit),
                "scaled step" => adam.ClipAndStep(limit, scaler),
                "own step" => own.ClipAndStep(limit),
                "declared" => declared.ClipGradients(),
                "declared step" => adamOfDeclared.ClipAndStep(declared),
                "declared scaled step" => adamOfDeclared.ClipAndStep(declared, scaler),
                _ => TorchGradients.ClipNorm(net, limit),
            };

            listener.RecordObservableInstruments();
            Assert.Equal(result.Clipped ? "clipped" : "kept", Assert.Single(outcomes));
            AssertClose(result.Scale, Assert.Single(told, value => value.Name == "clipgen.clip.factor").Value, 1e-4);
            double norm = Assert.Single(told, value => value.Name == "clipgen.gradient.norm").Value;
            if (LimitKinds.All[kind].HasOneNorm)
                AssertClose(result.TotalNorm, norm, 1e-4);
            if (result.Clipped)
                AssertClose(result.ExceededLimit, told.Last(value => value.Name == "clipgen.clip.limit").Value, 1e-4);
            any |= result.Clipped;
            outcomes.Clear();
            told.Clear();
        }

        Assert.True(any);
    }

    // Gauges report the latest value of every model in the process.
    private static bool IsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, string way) => TagOf(tags, "model") == way switch
    {
        "parameters" => "parameters",
        "step" or "scaled step" => "adam",
        "own step" => "own",
        "declared" or "declared step" or "declared scaled step" => "ClipGen.Torch.Tests.AdaptiveObservationTests.DeclaredNet",
        _ => "ClipGen.Torch.Tests.AdaptiveObservationTests.Net",
    };

    private static string? TagOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == name)
                return tag.Value as string;
        }

        return null;
    }

    private static void Fill(nn.Module net, float size)
    {
        foreach ((string name, Parameter parameter) in net.named_parameters())
            parameter.grad = full_like(parameter, name.Contains("bias", StringComparison.Ordinal) ? 0.25f * size : size);
    }

    private sealed class Net : nn.Module
    {
        private readonly Linear _first = nn.Linear(4, 3);

        public Net()
            : base(nameof(Net)) => RegisterComponents();

        public Linear First => _first;
    }

    [AutoClip(10)]
    private sealed partial class DeclaredNet : nn.Module
    {
        private readonly Linear _first = nn.Linear(4, 3);

        public DeclaredNet()
            : base(nameof(DeclaredNet)) => RegisterComponents();

        public Linear First => _first;
    }
}
