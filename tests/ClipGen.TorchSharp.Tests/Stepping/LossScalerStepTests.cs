using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests.Stepping;

/// <summary>Steps on gradients with a loss scale, fused and by the optimizer's own step.</summary>
public sealed class LossScalerStepTests : TorchTests
{
    [Theory, InlineData(true), InlineData(false)]
    public void Bits_are_those_of_gradients_without_the_scale(bool isFused)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] scaled = Parameters();
        Parameter[] plain = Parameters();
        using var one = new AdamW(scaled, 0.1, weight_decay: 0.01);
        using var two = new AdamW(plain, 0.1, weight_decay: 0.01);
        var scaler = new LossScaler(1024);
        for (int step = 0; step < 5; step++)
        {
            for (int i = 0; i < scaled.Length; i++)
            {
                // Above the limit, and once below it.
                Tensor gradient = randn(scaled[i].shape) * (step == 3 ? 1e-3 : 1);
                plain[i].grad = gradient.clone();
                scaled[i].grad = gradient * scaler.Scale;
            }

            ClipResult result = Run(isFused, () => one.ClipAndStep(1.0, scaler, zeroGradients: true));

            Assert.Equal(Run(isFused, () => two.ClipAndStep(1.0, zeroGradients: true)), result);
            Assert.Equal(step != 3, result.Clipped);
            for (int i = 0; i < scaled.Length; i++)
            {
                Assert.Equal(plain[i].detach().data<float>().ToArray(), scaled[i].detach().data<float>().ToArray());
                Assert.All(Gradient(scaled[i]), element => Assert.Equal(0, element));
            }
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void An_overflow_skips_the_step_and_halves_the_scale(bool isFused)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Parameters();
        using var optimizer = new SGD(parameters, 0.1);
        var scaler = new LossScaler();
        parameters[0].grad = full(parameters[0].shape, float.PositiveInfinity);
        parameters[1].grad = ones(parameters[1].shape);
        float[] before = [.. parameters[1].detach().data<float>()];

        ClipResult result = Run(isFused, () => optimizer.ClipAndStep(1.0, scaler));

        Assert.True(result.Skipped);
        Assert.Equal("parameters[0]", result.NonFiniteGradient);
        Assert.Equal(32768, scaler.Scale);
        Assert.Equal(before, parameters[1].detach().data<float>().ToArray());
    }

    private static Parameter[] Parameters()
    {
        torch.random.manual_seed(3);
        return [new Parameter(randn(5, 7)), new Parameter(randn(300)), new Parameter(randn(1))];
    }

    private static ClipResult Run(bool isFused, Func<ClipResult> step) => isFused ? step() : Unfused.Run(step);
}
