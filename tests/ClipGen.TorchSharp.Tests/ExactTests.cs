using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Elements of every type and layout get the same bits as in a dense gradient, also at the ends of the range.</summary>
public sealed class ExactTests : TorchTests
{
    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16];

    public static TheoryData<ScalarType> AllTypes => [.. Types];

    [Theory, MemberData(nameof(AllTypes))]
    public void Gaps_make_no_difference_to_any_bit(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (double order in (double[])[1, 2, 3, 0.5, double.PositiveInfinity])
        {
            foreach (ClipScope clipScope in (ClipScope[])[ClipScope.Global, ClipScope.PerParameter])
            {
                Tensor elements = (randn(20_000) * 5).to(type);
                Parameter dense = WithGradient(elements.clone());
                Parameter gaps = WithGradient(stack([elements, elements], 1).select(1, 0));
                Parameter rows = WithGradient(cat([elements.view(100, 200), elements.view(100, 200)], 1).slice(1, 200, 400, 1));
                double limit = 0.01 * TorchGradients.Norm([dense], order);

                ClipResult expected = TorchGradients.ClipNorm([dense], limit, order, scope: clipScope);

                Assert.Equal(expected, TorchGradients.ClipNorm([gaps], limit, order, scope: clipScope));
                Assert.Equal(expected, TorchGradients.ClipNorm([rows], limit, order, scope: clipScope));
                Assert.Equal(Gradient(dense), Gradient(gaps));
                Assert.Equal(Gradient(dense), Gradient(rows));
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Float16, 60000, 1)]
    [InlineData(ScalarType.Float16, 60000, 0.01)]
    [InlineData(ScalarType.Float16, 1000, 1e-3)]
    [InlineData(ScalarType.BFloat16, 1e38, 1e-6)]
    [InlineData(ScalarType.BFloat16, 3e38, 1e-8)]
    [InlineData(ScalarType.BFloat16, 1e30, 1e-12)]
    [InlineData(ScalarType.Float32, 3e38, 1e-6)]
    [InlineData(ScalarType.Float32, 1e38, 1e-8)]
    [InlineData(ScalarType.Float64, 1.7e308, 1)]
    [InlineData(ScalarType.Float64, 1.7e308, 1e-10)]
    public void Small_factors_keep_their_digits(ScalarType type, double element, double limit)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (int length in (int[])[4, 100, 10_000])
        {
            foreach (bool hasGaps in (bool[])[false, true])
            {
                Tensor elements = full(hasGaps ? 2 * length : length, element, dtype: ScalarType.Float64).to(type);
                Parameter parameter = WithGradient(hasGaps ? elements.slice(0, 0, 2 * length, 2) : elements);
                double norm = Gradient(parameter)[0] / 1e10 * Math.Sqrt(length);

                ClipResult result = TorchGradients.ClipNorm([parameter], limit);

                Assert.True(result.IsFinite);
                Assert.True(result.Clipped);
                double expected = Gradient(WithGradient(full(1, limit / Math.Sqrt(length), dtype: ScalarType.Float64).to(type)))[0];
                Assert.All(Gradient(parameter), clipped => AssertClose(expected, clipped, 2 * UnitRoundoff(type, expected)));
                if (norm < 1e298)
                    AssertClose(norm * 1e10, result.TotalNorm);
            }
        }
    }

    [Fact]
    public void Clipping_by_value_refuses_complex_gradients_before_it_changes_any()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (bool isFirst in (bool[])[false, true])
        {
            Parameter real = WithGradient(3, 4);
            Parameter complexOne = WithGradient(complex(tensor(new[] { 3f, 0f }), tensor(new[] { 4f, 12f })));
            Parameter[] parameters = isFirst ? [complexOne, real] : [real, complexOne];

            NotSupportedException thrown = Assert.Throws<NotSupportedException>(() => TorchGradients.ClipValue(parameters, 1));

            Assert.Contains(isFirst ? "'parameters[0]'" : "'parameters[1]'", thrown.Message, StringComparison.Ordinal);
            Assert.Equal([3, 4], Gradient(real));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3.5)]
    [InlineData(double.PositiveInfinity)]
    public void Complex_gradients_beside_real_ones(double order)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ClipScope clipScope in (ClipScope[])[ClipScope.Global, ClipScope.PerParameter])
        {
            Parameter real = WithGradient(3, 4);
            Parameter complexOne = WithGradient(complex(tensor(new[] { 3f, 0f, 0f }), tensor(new[] { 4f, 12f, 0f })));
            double[] magnitudes = [3, 4, 5, 12, 0];
            double norm = double.IsPositiveInfinity(order) ? 12 : Math.Pow(magnitudes.Sum(x => Math.Pow(x, order)), 1 / order);

            ClipResult result = TorchGradients.ClipNorm([real, complexOne], 1, order, scope: clipScope);

            AssertClose(norm, result.TotalNorm);
            AssertClose(1, TorchGradients.Norm(clipScope == ClipScope.Global ? [real, complexOne] : [complexOne], order));
            Tensor gradient = complexOne.grad!;
            AssertClose(0.75, (gradient.real[0] / gradient.imag[0]).item<float>());
        }
    }

    // Subnormal factors and elements have a different rounding error.
    private static double UnitRoundoff(ScalarType type, double element) => type switch
    {
        ScalarType.Float64 => 1e-15,
        ScalarType.Float32 => 1e-7,
        ScalarType.Float16 => Math.Max(1.0 / 2048, Math.Pow(2, -24) / element),
        _ => 1.0 / 256,
    };
}
