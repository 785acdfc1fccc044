using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Arguments;

/// <summary>Exceptions name gradients that are not finite, and unsupported arguments, by the expression of the caller.</summary>
public sealed class NameTests
{
    private readonly float[] _nan = [1, float.NaN];
    private readonly float[] _ones = [1, 1];

    private (string Name, long Index) NameOf(Func<object> clip)
    {
        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(clip);
        Assert.Equal(1, _ones[0]);
        return (thrown.GradientName, thrown.Index);
    }

    [Fact]
    public void An_array_is_named_by_the_argument()
    {
        float[] dW = _nan;
        float[][] dWs = [_ones, _ones, _ones, _nan];
        var network = new { Layers = new[] { new { Bias = _nan } } };

        Assert.Equal(("dW", 1), NameOf(() => Gradients.ClipNorm(0.1, _ones, dW)));
        Assert.Equal(("dW", 1), NameOf(() => Gradients.ClipValue(0.1, _ones, null, dW)));
        Assert.Equal(("network.Layers[0].Bias", 1), NameOf(() => Gradients.ClipNorm(0.1, network.Layers[0].Bias)));
        Assert.Equal(("dWs[3]", 1), NameOf(() => Gradients.ClipNorm(0.1, _ones, dWs)));
        Assert.Equal(("dWs[3]", 1), NameOf(() => Gradients.ClipNorm(0.1, dWs)));
        Assert.Equal(("dWs.ToList()[3]", 1), NameOf(() => Gradients.ClipValue(0.1, dWs.ToList())));
        Assert.Equal(("dWs.Skip(1)[2]", 1), NameOf(() => Gradients.ClipValue(0.1, dWs.Skip(1))));
        Assert.Equal(("[_ones, dW][1]", 1), NameOf(() => Gradients.ClipNorm(0.1, [_ones, dW])));
    }

    [Fact]
    public void An_item_is_named_by_position_or_key()
    {
        float[][][] nested = [[], [_ones, _nan]];
        var byName = new Dictionary<string, float[]> { ["W1"] = _ones, ["W2"] = _nan };
        List<IGradientSource> layers = [new ArraySource(_ones), new ArraySource(_ones, _nan)];
        double[,,] cube = { { { 1, 2 }, { double.NegativeInfinity, 3 } } };

        Assert.Equal(("nested[1][1]", 1), NameOf(() => Gradients.ClipNorm(0.1, nested)));
        Assert.Equal(("byName[W2]", 1), NameOf(() => Gradients.ClipNorm(0.1, byName)));
        Assert.Equal(("layers[1].g1", 1), NameOf(() => Gradients.ClipNorm(0.1, layers)));
        Assert.Equal(("g1", 1), NameOf(() => Gradients.ClipNorm(0.1, layers[1])));
        Assert.Equal(("cube", 2), NameOf(() => Gradients.ClipNorm(0.1, cube)));
    }

    [Fact]
    public void A_span_is_named_by_the_argument()
    {
        Memory<float> memory = _nan;
        List<float[]> dWs = [_ones, _nan];

        Assert.Equal(("_nan.AsSpan()", 1), NameOf(() => Gradients.ClipNorm(0.1, _ones, _nan.AsSpan())));
        Assert.Equal(("_nan.AsSpan(1)", 0), NameOf(() => Gradients.ClipNorm(0.1, _ones.AsSpan(), _nan.AsSpan(1))));
        Assert.Equal(("memory", 1), NameOf(() => Gradients.ClipValue(0.1, memory, _ones)));
        Assert.Equal(("dWs[1]", 1), NameOf(() => Gradients.ClipValue(0.1, _ones.AsMemory(), dWs)));
    }

    [Fact]
    public void Without_a_text_the_parameter_is_the_name()
    {
        Assert.Equal(("gradients2", 1), NameOf(() => Gradients.ClipNorm(0.1, _ones, _nan, gradients2Text: null)));
        Assert.Equal(("gradients", 1), NameOf(() => Gradients.ClipNorm(0.1, _nan.AsSpan(), gradientsText: null)));
    }

    [Fact]
    public void The_result_names_it_too()
    {
        float[] dB = [float.PositiveInfinity];

        ClipResult result = Gradients.ClipNorm(0.1, _ones, dB, nonFinite: NonFinitePolicy.Zero);

        Assert.Equal("dB", result.NonFiniteGradient);
        Assert.Equal([0f, 0f], _ones);
    }

    [Fact]
    public void A_report_names_every_gradient()
    {
        float[] dW = [3, 0];
        List<double[]> dBs = [[0], [4]];
        var report = new ClipReport();

        ClipResult result = Gradients.ClipNorm(2.5, dW, dBs, report: report);

        Assert.Equal(5, result.TotalNorm);
        Assert.Equal([("dW", 3.0), ("dBs[0]", 0), ("dBs[1]", 4)], report.Gradients.Select(gradient => (gradient.Name, gradient.Norm)));
        Gradients.ClipNorm(9, dW.AsSpan(0, 1), dBs, report: report);
        Assert.Equal(["dW.AsSpan(0, 1)", "dBs[0]", "dBs[1]"], report.Gradients.Select(gradient => gradient.Name));
        Gradients.ClipValue(1, dW, report: report);
        Assert.Equal((1f, "dW"), (dW[0], report.Gradients[0].Name));
    }

    [Fact]
    public void Buffers_that_overlap_in_part_are_refused_by_name()
    {
        float[] flat = [1, 2, 3, 4];

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
            () => Gradients.ClipNorm(1, flat.AsSpan(0, 3), flat.AsSpan(2)));

        Assert.Contains("'flat.AsSpan(0, 3)' and 'flat.AsSpan(2)'", thrown.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4], flat);
    }

    [Fact]
    public void An_argument_without_gradients_is_refused_by_name_and_type()
    {
        int[] counts = [1, 2];
        float[] d = [30];
        List<object> mixed = [d, "text"];
        var nested = new Dictionary<string, object> { ["x"] = new object[] { d, new decimal[0] } };
        object[] endless = [d, null!];
        endless[1] = endless;

        AssertRefused("gradients2", "'counts' is of type System.Int32[]", () => Gradients.ClipNorm(1, d, counts));
        AssertRefused("gradients", "'new int[0]' is of type System.Int32[]", () => Gradients.ClipNorm(1, new int[0]));
        AssertRefused("gradients2", "'mixed[1][0]' is of type System.Char", () => Gradients.ClipValue(1, d, mixed));
        AssertRefused("gradients", "'nested[x][1]' is of type System.Decimal[]", () => Gradients.ClipNorm(1, nested));
        AssertRefused("gradients2", "'d.Select(x => x)[0]' is of type System.Single", () => Gradients.ClipNorm(1, d, d.Select(x => x)));
        AssertRefused("gradients2", "'new int[2, 2]' is of type System.Int32[,]", () => Gradients.ClipNorm(1, d.AsSpan(), new int[2, 2]));
        AssertRefused("gradients2", "call TorchGradients instead",
            () => Gradients.ClipNorm(1, d, new[] { new TorchSharp.Tests.Parameter() }));
        AssertRefused("gradients", "levels deep. A sequence that contains itself", () => Gradients.ClipNorm(1, endless));
        Assert.Throws<ArgumentException>(() => Gradients.Norm(d, counts));

        // A rejected call has no effect on the next one.
        Assert.Equal(30, Gradients.ClipNorm(15, d).TotalNorm);
        Assert.Equal(15, d[0]);

        void AssertRefused(string parameter, string message, Func<object> clip)
        {
            ArgumentException thrown = Assert.Throws<ArgumentException>(clip);
            Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
            Assert.Equal(parameter, thrown.ParamName);
            Assert.Equal(30, d[0]);
        }
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_by_parameter()
    {
        float[] d = [30];
        foreach (double bad in new[] { 0, -1, double.NaN, double.NegativeInfinity })
        {
            Assert.Equal("maxNorm", Refused(() => Gradients.ClipNorm(bad, d)));
            Assert.Equal("maxNorm", Refused(() => Gradients.ClipNorm(bad, d.AsSpan())));
            Assert.Equal("maxNorm", Refused(() => Gradients.ClipNorm(bad, [d])));
            Assert.Equal("maxNorm", Refused(() => Gradients.ClipNorm(bad, new ArraySource(d))));
            Assert.Equal("clipValue", Refused(() => Gradients.ClipValue(bad, d)));
            Assert.Equal("clipValue", Refused(() => Gradients.ClipValue(bad, d.AsMemory())));
            Assert.Equal("clipValue", Refused(() => Gradients.ClipValue(bad, new ArraySource(d))));
            Assert.Equal("normType", Refused(() => Gradients.ClipNorm(1, d, normType: bad)));
            Assert.Equal("normType", Refused(() => Gradients.Norm(d, normType: bad)));
            Assert.Equal("normType", Refused(() => Gradients.Norm(d.AsSpan(), normType: bad)));
        }

        foreach (double bad in new[] { -1, double.NaN, double.PositiveInfinity })
            Assert.Equal("epsilon", Refused(() => Gradients.ClipNorm(1, d, epsilon: bad)));
        Assert.Equal(30, d[0]);

        static string? Refused(Func<object> call) => Assert.Throws<ArgumentOutOfRangeException>(call).ParamName;
    }
}
