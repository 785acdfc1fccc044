using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>A NaN or an infinity in one gradient.</summary>
public sealed class PolicyTests : TorchTests
{
    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    public static TheoryData<ScalarType, bool, double> TypesAndValues()
    {
        var cases = new TheoryData<ScalarType, bool, double>();
        foreach (ScalarType type in Types)
        {
            foreach (bool gaps in (bool[])[false, true])
            {
                foreach (double value in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
                    cases.Add(type, gaps, value);
            }
        }

        return cases;
    }

    [Theory, MemberData(nameof(TypesAndValues))]
    public void Throw_names_the_parameter_and_changes_nothing(ScalarType type, bool gaps, double value)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = With(type, gaps, value);
        double[][] before = [.. parameters.Select(Gradient)];
        (string, Parameter)[] named = [("encoder.weight", parameters[0]), ("decoder.layers.3.weight", parameters[1]),
            ("bias", parameters[2])];

        NonFiniteGradientException exception = Assert.Throws<NonFiniteGradientException>(() => TorchGradients.ClipNorm(named, 1.0));

        Assert.Equal("decoder.layers.3.weight", exception.GradientName);
        Assert.Equal(2, exception.Index);
        Assert.Equal(value, exception.Value);
        Assert.Equal("parameters[1]",
            Assert.Throws<NonFiniteGradientException>(() => TorchGradients.ClipNorm(parameters, 1.0)).GradientName);
        for (int i = 0; i < parameters.Length; i++)
            Assert.Equal(before[i], Gradient(parameters[i]));
    }

    [Theory, MemberData(nameof(TypesAndValues))]
    public void Other_policies_do_what_they_say(ScalarType type, bool gaps, double value)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ClipScope clipScope in (ClipScope[])[ClipScope.Global, ClipScope.PerParameter])
        {
            Parameter[] parameters = With(type, gaps, value);
            double[][] before = [.. parameters.Select(Gradient)];
            ClipResult left = TorchGradients.ClipNorm(parameters, 1.0, nonFinite: NonFinitePolicy.Leave, scope: clipScope);
            Assert.Equal("parameters[1]", left.NonFiniteGradient);
            for (int i = 0; i < parameters.Length; i++)
                Assert.Equal(before[i], Gradient(parameters[i]));

            ClipResult zeroed = TorchGradients.ClipNorm(parameters, 1.0, nonFinite: NonFinitePolicy.Zero, scope: clipScope);
            Assert.Equal("parameters[1]", zeroed.NonFiniteGradient);
            Assert.All(parameters, parameter => Assert.All(Gradient(parameter), element => Assert.Equal(0, element)));
        }
    }

    [Theory, MemberData(nameof(TypesAndValues))]
    public void Propagate_does_as_libtorch(ScalarType type, bool gaps, double value)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = With(type, gaps, value);
        Parameter[] oracle = [.. parameters.Select(p => WithGradient(p.grad!.to(ScalarType.Float64, copy: true)))];
        double norm = nn.utils.clip_grad_norm_(oracle, 1.0);
        ClipResult result = TorchGradients.ClipNorm(parameters, 1.0, nonFinite: NonFinitePolicy.Propagate);
        Assert.Equal(norm, result.TotalNorm);
        for (int i = 0; i < parameters.Length; i++)
            Assert.Equal(Gradient(oracle[i]), Gradient(parameters[i]));
    }

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.Float16, true)]
    public void Clipping_by_value_clamps_infinities_and_keeps_NaN(ScalarType type, bool gaps)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = With(type, gaps, double.NegativeInfinity);
        Assert.True(TorchGradients.ClipValue(parameters, 0.5).Clipped);
        Assert.Equal([0.5, 0.5, -0.5, 0.5], Gradient(parameters[1]));

        parameters = With(type, gaps, double.NaN);
        Assert.Equal(2, Assert.Throws<NonFiniteGradientException>(() => TorchGradients.ClipValue(parameters, 0.5)).Index);
        ClipResult result = TorchGradients.ClipValue(parameters, 0.5, NonFinitePolicy.Leave);
        Assert.True(result.Clipped);
        Assert.Equal("parameters[1]", result.NonFiniteGradient);
        Assert.Equal([0.5, 0.5, double.NaN, 0.5], Gradient(parameters[1]));
        TorchGradients.ClipValue(parameters, 0.5, NonFinitePolicy.Zero);
        Assert.Equal([0, 0, 0, 0], Gradient(parameters[1]));
    }

    [Fact]
    public void A_limit_between_two_numbers_of_the_type_is_rounded_to_it()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ScalarType type in (ScalarType[])[ScalarType.BFloat16, ScalarType.Float16])
        {
            // The element equals the rounded limit: it is at the limit, not above it.
            Parameter parameter = WithGradient(full(4, 0.3).to(type));
            double element = Gradient(parameter)[0];
            Assert.False(TorchGradients.ClipValue([parameter], Math.BitDecrement(element)).Clipped);
            Assert.False(TorchGradients.ClipValue([parameter], Math.BitIncrement(element)).Clipped);
            Assert.True(TorchGradients.ClipValue([parameter], 0.98 * element).Clipped);
        }
    }

    private static Parameter[] With(ScalarType type, bool gaps, double value)
    {
        Tensor middle = tensor(new[] { 1, 2, value, 4 }).to(type);
        if (gaps)
            middle = stack([middle, middle], 1).select(1, 0);
        return [WithGradient(tensor(new double[] { 30, 40 }).to(type)), WithGradient(middle),
            WithGradient(tensor(new double[] { 5 }).to(type))];
    }
}
