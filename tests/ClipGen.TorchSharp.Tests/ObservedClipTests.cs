using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Clips of TorchSharp's gradients are recorded once, whichever code path they take.</summary>
public sealed partial class ObservedClipTests : TorchTests
{
    [Fact]
    public void Every_way_to_clip_is_recorded_once()
    {
        using NormRecorder run = NormRecorder.Start("ways", new NormRecorderOptions { WritesJournal = false });
        using var net = new Net();
        using optim.Optimizer adam = optim.Adam(net.parameters());
        using optim.Optimizer own = optim.Adagrad(net.parameters());
        var scaler = new LossScaler(2);
        Fill(net).ClipGradients();
        Fill(net).ClipGradients(0.5);
        adam.ClipAndStep(Fill(net));
        adam.ClipAndStep(Fill(net), 0.25);
        own.ClipAndStep(Fill(net));
        adam.ClipAndStep(Fill(net, 2), scaler);
        Assert.Equal(6, run.Steps);
        Assert.Equal(6, run.Recommend(net).Steps);

        TorchGradients.ClipNorm(Fill(net), 0.5);
        TorchGradients.ClipNorm(Fill(net).parameters(), 0.5);
        TorchGradients.ClipValue(Fill(net).named_parameters(), 0.5);
        Fill(net);
        adam.ClipAndStep(0.5);
        own.ClipAndStep(0.5);
        adam.ClipAndStep(0.5, scaler);
        scaler.Clip(Fill(net).parameters(), 0.5);
        Assert.Equal(13, run.Steps);
        Assert.Equal(6, run.Recommend(net).Steps);
        Assert.Equal(1.0, run.Recommend(net).RecordedLimit);
        Assert.Equal(
            [
                "ClipGen.Torch.Tests.ObservedClipTests.Net", "ClipGen.Torch.Tests.ObservedClipTests.Net", "Fill(net).parameters()",
                "Fill(net).named_parameters()", "adam", "own",
            ],
            run.Recommendations.Select(recommendation => recommendation.Model));
    }

    [Fact]
    public void Half_and_sparse_gradients_are_recorded_once()
    {
        using NormRecorder run = NormRecorder.Start("copies", new NormRecorderOptions { WritesJournal = false });
        Parameter half = WithGradient(tensor(new float[] { 3, 4 }).to(ScalarType.BFloat16), sameType: false);
        Parameter sparse = WithGradient(tensor(new float[] { 0, 12 }).to_sparse());
        ClipResult result = TorchGradients.ClipNorm([half, sparse], 1.0);
        Assert.Equal(1, run.Steps);
        AssertClose(13, result.TotalNorm);
        AssertClose(13, run.Recommendations.Single().Limit, 1e-3);
    }

    [Fact]
    public void A_recorder_changes_no_bit_of_what_is_clipped_and_stepped()
    {
        double[] Train(bool isRecorded)
        {
            random.manual_seed(3);
            using NormRecorder? run = isRecorded ? NormRecorder.Start("bits", new NormRecorderOptions { WritesJournal = false }) : null;
            using var net = new Net();
            using optim.Optimizer adam = optim.Adam(net.parameters());
            for (int step = 0; step < 5; step++)
                adam.ClipAndStep(Fill(net, step + 1));
            return [.. net.parameters().SelectMany(parameter => parameter.detach().to(ScalarType.Float64).data<double>().ToArray())];
        }

        Assert.Equal(Train(isRecorded: false), Train(isRecorded: true));
    }

    private static Net Fill(Net net, double scale = 1)
    {
        foreach ((string name, Parameter parameter) in net.named_parameters())
            parameter.grad = full_like(parameter, name.Contains("first", StringComparison.Ordinal) ? 0.5 * scale : 0.25 * scale);
        return net;
    }

    [ClipGradNorm(1.0)]
    private sealed partial class Net : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _first = nn.Linear(4, 3);
        private readonly Linear _second = nn.Linear(3, 2);

        public Net()
            : base(nameof(Net)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _second.forward(_first.forward(input));
    }
}
