using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>Clips that divide by the loss scale, for loops that call the optimizer's step.</summary>
public sealed class TorchLossScalingTests : TorchTests
{
    public static TheoryData<ScalarType, bool> Layouts => new()
    {
        { ScalarType.Float32, false }, { ScalarType.Float32, true }, { ScalarType.Float64, false }, { ScalarType.Float64, true },
    };

    [Theory, MemberData(nameof(Layouts))]
    public void Bits_are_those_of_a_clip_without_the_scale(ScalarType type, bool hasGaps)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] scaled = Parameters(type);
        Parameter[] plain = Parameters(type);
        var scaler = new LossScaler(1024);
        foreach (double size in new[] { 1, 1e-4 })
        {
            for (int i = 0; i < scaled.Length; i++)
            {
                Tensor gradient = randn(plain[i].shape, type) * size;
                plain[i].grad = WithGaps(gradient, hasGaps);
                scaled[i].grad = WithGaps(gradient * scaler.Scale, hasGaps);
            }

            ClipResult result = scaler.Clip(scaled, 1.0);

            Assert.Equal(TorchGradients.ClipNorm(plain, 1.0), result);
            Assert.Equal(size == 1, result.Clipped);
            for (int i = 0; i < scaled.Length; i++)
                Assert.True(plain[i].grad!.eq(scaled[i].grad!).all().item<bool>());
        }

        Assert.Equal(2, scaler.GoodSteps);
    }

    [Theory, InlineData(NonFinitePolicy.Throw), InlineData(NonFinitePolicy.Leave), InlineData(NonFinitePolicy.Zero)]
    public void An_overflow_is_named_and_halves_the_scale(NonFinitePolicy policy)
    {
        foreach (bool hasGaps in new[] { false, true })
        {
            using DisposeScope scope = NewDisposeScope();
            Parameter[] parameters = Parameters(ScalarType.Float32);
            parameters[0].grad = WithGaps(ones(parameters[0].shape), hasGaps);
            parameters[1].grad = WithGaps(full(parameters[1].shape, float.PositiveInfinity), hasGaps);
            var scaler = new LossScaler();

            ClipResult result = scaler.Clip(parameters, 1.0, nonFinite: policy);

            Assert.True(result.Skipped);
            Assert.Equal("parameters[1]", result.NonFiniteGradient);
            Assert.Equal(32768, scaler.Scale);
            Assert.Equal(policy == NonFinitePolicy.Zero ? 0 : 35, parameters[0].grad!.sum().item<float>());
        }
    }

    [Fact]
    public void Gradients_of_a_module_are_named_by_their_parameters()
    {
        using DisposeScope scope = NewDisposeScope();
        using Linear module = nn.Linear(3, 2);
        module.weight.grad = ones_like(module.weight) * 1024;
        module.bias!.grad = ones_like(module.bias) * 1024;
        var scaler = new LossScaler(1024);

        ClipResult result = scaler.Clip(module, 1.0);

        Assert.Equal(Math.Sqrt(8), result.TotalNorm, 1e-12);
        Assert.Equal((float)(1 / Math.Sqrt(8)), module.weight.grad![0, 0].item<float>(), 1e-6f);
        module.bias.grad = full_like(module.bias, float.NaN);
        Assert.Equal("bias", scaler.Clip(module, 1.0).NonFiniteGradient);
    }

    [Fact]
    public void A_limit_out_of_range_changes_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Parameters(ScalarType.Float32);
        parameters[0].grad = ones(parameters[0].shape);
        var scaler = new LossScaler();

        Assert.Throws<ArgumentOutOfRangeException>(() => scaler.Clip(parameters, 0));

        Assert.Equal(35, parameters[0].grad!.sum().item<float>());
        Assert.Equal(0, scaler.GoodSteps);
    }

    private static Parameter[] Parameters(ScalarType type) =>
        [new Parameter(zeros([5, 7], type)), new Parameter(zeros([300], type)), new Parameter(zeros([1], type))];

    // Every second element of a tensor twice as long.
    private static Tensor WithGaps(Tensor gradient, bool hasGaps)
    {
        if (!hasGaps)
            return gradient.clone();
        Tensor gapped = stack([gradient, zeros_like(gradient)], -1).select(-1, 0);
        Assert.False(gapped.is_contiguous() && gapped.numel() > 1);
        return gapped;
    }
}
