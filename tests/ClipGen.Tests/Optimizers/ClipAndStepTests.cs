using ClipGen.Optimizers;

namespace ClipGen.Tests.Optimizers;

/// <summary>Clip and step in one call, compared with published vectors and with a clip followed by a step.</summary>
public sealed class ClipAndStepTests
{
    private static readonly double[][] GradientsOfSteps = [[1, 6, 7, 2], [0.3, -0.4, 0, 0.1], [30, -40, 0, 5]];
    private static readonly double[] Norms = [9.486832980505138, 0.5099019513592785, 50.24937810560445];
    private static readonly double[] Factors = [0.10540925533894598, 1, 0.01990074380419978];

    public static TheoryData<string, double[]> Vectors => StepVectorTests.Vectors;

    public static TheoryData<string> Optimizers => [.. OptimizerCases.All];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Published_vectors(string optimizer, double[] expected)
    {
        AssertSteps<double>(optimizer, expected, x => x, 1e-9);
        AssertSteps<float>(optimizer, expected, x => (float)x, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Bits_are_those_of_a_clip_followed_by_a_step(string optimizer)
    {
        var random = new Random(7);
        EveryForm fused = new();
        EveryForm separate = new();
        Walker.Fill(fused, new Random(1));
        Walker.Fill(separate, new Random(1));
        Optimizer one = OptimizerCases.Create(optimizer);
        Optimizer two = OptimizerCases.Create(optimizer);
        for (int step = 0; step < 5; step++)
        {
            int seed = random.Next();
            double scale = step == 3 ? 1e-3 : 10;
            Walker.FillGradients(fused, new Random(seed), scale);
            Walker.FillGradients(separate, new Random(seed), scale);

            ClipResult result = one.ClipAndStep(fused);
            Assert.Equal(separate.ClipGradients(), result);
            Assert.Equal(step != 3, result.Clipped);
            two.Step(separate);

            foreach ((string path, (double[] _, double[] parameter)) in Walker.Read(fused))
            {
                double[] other = Walker.Read(separate)[path].Parameter;

                // A separate clip rounds a 16-bit gradient. A clip in the step does not.
                if (path == "_dHalf")
                    Exact.AssertClose(other, parameter, 1e-2);
                else
                    Assert.Equal(other, parameter);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_parameter_of_every_form_moves_and_no_gradient_does(string optimizer)
    {
        EveryForm model = new();
        Walker.Fill(model, new Random(1));
        Dictionary<string, (double[] Gradient, double[] Parameter)> before = Walker.Read(model);

        OptimizerCases.Create(optimizer).ClipAndStep(model);

        Dictionary<string, (double[] Gradient, double[] Parameter)> after = Walker.Read(model);
        Assert.Equal(22, before.Count);
        foreach ((string path, (double[] gradient, double[] parameter)) in before)
        {
            Assert.Equal(gradient, after[path].Gradient);
            Assert.Equal(gradient.Length, parameter.Length);
            Assert.NotEqual(parameter, after[path].Parameter);
        }
    }

    [Fact]
    public void A_member_has_its_own_weight_decay_and_rate()
    {
        EveryForm model = new();
        Walker.Fill(model, new Random(1), scale: 0);
        var before = Walker.Read(model);

        new AdamW(0.1) { WeightDecay = 0.5 }.Step(model);

        var after = Walker.Read(model);
        Assert.Equal(before["_dJagged.[1]."].Parameter, after["_dJagged.[1]."].Parameter);
        Assert.Equal(before["_layer._dBias"].Parameter, after["_layer._dBias"].Parameter);
        Exact.AssertClose([.. before["_dArray"].Parameter.Select(p => p * 0.95)], after["_dArray"].Parameter, 1e-6);

        Walker.FillGradients(model, new Random(2));
        before = Walker.Read(model);
        new Sgd(0.1).Step(model);
        after = Walker.Read(model);
        Exact.AssertClose(
            [.. before["_layer._dBias"].Parameter.Zip(before["_layer._dBias"].Gradient, (p, g) => p - (0.05 * g))],
            after["_layer._dBias"].Parameter, 1e-6);
    }

    [Fact]
    public void Zeros_are_left_behind_on_request()
    {
        EveryForm model = new();
        Walker.Fill(model, new Random(1));

        new Adam { ZeroGradients = true }.ClipAndStep(model);

        Assert.All(Walker.Read(model).Values, buffers => Assert.All(buffers.Gradient, g => Assert.Equal(0, g)));
    }

    [Fact]
    public void Another_limit_takes_the_place_of_the_declared_one()
    {
        var model = new SmallModel<double>([1, 2]) { DW = [3, 4] };

        ClipResult result = new Sgd(1).ClipAndStep(model, 2.5);

        Assert.Equal(0.5, result.Scale);
        Assert.Equal([-0.5, 0], model.W);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1).ClipAndStep(model, 0));
    }

    [Fact]
    public void The_learning_rate_may_change_between_steps()
    {
        var model = new SmallModel<double>([1]) { DW = [1] };
        var optimizer = new Sgd(0.5);
        optimizer.ClipAndStep(model);
        optimizer.LearningRate = 0.25;
        optimizer.ClipAndStep(model);

        Assert.Equal([0.25], model.W);
    }

    [Fact]
    public void A_model_that_is_known_by_its_interface()
    {
        var model = new SmallModel<double>([1]) { DW = [1] };

        new Sgd(0.5).ClipAndStep((IClippable)model);

        Assert.Equal([0.5], model.W);
    }

    private static void AssertSteps<T>(string optimizer, double[] expected, Converter<double, T> convert, double tolerance)
        where T : struct
    {
        var model = new SmallModel<T>(Array.ConvertAll([1d, 2d, 3d, 4d], convert));
        Optimizer subject = OptimizerCases.Create(optimizer);
        for (int step = 0; step < 3; step++)
        {
            T[] gradient = Array.ConvertAll(GradientsOfSteps[step], convert);
            model.DW = [.. gradient];
            ClipResult result = subject.ClipAndStep(model);
            Exact.AssertClose(Norms[step], result.TotalNorm, 1e-6);
            Exact.AssertClose(Factors[step], result.Scale, 1e-6);
            Assert.Equal(gradient, model.DW);
        }

        Exact.AssertClose(expected, model.W, tolerance);
    }
}
