using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Cases in which libtorch loses digits, overflows or propagates a NaN.</summary>
public sealed class RangeTests : TorchTests
{
    [Fact]
    public void A_hundred_million_tenths_have_norm_one_thousand()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = WithGradient(full(100_000_000, 0.1f));
        AssertClose(1000, TorchGradients.Norm([parameter]));
    }

    [Fact]
    public void A_hundred_times_1e20_clip_to_a_tenth_each()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = WithGradient(full(100, 1e20f));
        ClipResult result = TorchGradients.ClipNorm([parameter], 1.0);
        AssertClose(1e21, result.TotalNorm);
        Assert.True(result.IsFinite);
        Assert.All(Gradient(parameter), element => AssertClose(0.1, element));
    }

    [Theory]
    [InlineData(ScalarType.Float16, 60000)]
    [InlineData(ScalarType.BFloat16, 1e38)]
    [InlineData(ScalarType.Float64, 1e200)]
    public void Large_elements_of_every_type_clip_to_the_limit(ScalarType type, double element)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = WithGradient(full(400, element, dtype: type));
        double rounded = Gradient(parameter)[0];
        AssertClose(20 * rounded, TorchGradients.ClipNorm([parameter], 2.0).TotalNorm);
        Assert.All(Gradient(parameter), clipped => AssertClose(0.1, clipped, 1.0 / 256));
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void Tiny_elements_have_their_norm(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = WithGradient(full(128, 1e-25).to(type));
        double rounded = Gradient(parameter)[0];
        ClipResult result = TorchGradients.ClipNorm([parameter], 1.0);
        AssertClose(Math.Sqrt(128) * rounded, result.TotalNorm);
        Assert.False(result.Clipped);
    }

    [Fact]
    public void Zeros_stay_zeros_and_no_parameters_have_norm_zero()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = WithGradient(0, 0);
        Assert.Equal(new ClipResult { Scale = 1 }, TorchGradients.ClipNorm([parameter], 1.0));
        Assert.Equal(new ClipResult { Scale = 1 }, TorchGradients.ClipNorm(Array.Empty<Parameter>(), 1.0));
        Assert.Equal(0, TorchGradients.Norm([WithGradient(zeros(0))]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_limit_that_is_not_greater_than_zero_is_refused(double limit)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ScalarType type in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            Parameter parameter = WithGradient(ones(3).to(type));
            Assert.Throws<ArgumentOutOfRangeException>(() => TorchGradients.ClipNorm([parameter], limit));
            Assert.Throws<ArgumentOutOfRangeException>(() => TorchGradients.ClipValue([parameter], limit));
            Assert.Throws<ArgumentOutOfRangeException>(() => TorchGradients.Norm([parameter], limit));
            Assert.Equal([1, 1, 1], Gradient(parameter));
        }
    }
}
