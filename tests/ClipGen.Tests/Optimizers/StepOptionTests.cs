using System.Numerics;
using ClipGen.Numerics.Kernels;
using ClipGen.Optimizers;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Tests.Optimizers;

/// <summary>Single options of the steps, and invalid ones.</summary>
public sealed class StepOptionTests
{
    private static readonly AdamStep Adam = new(0.1, 0.9, 0.999, 1e-8, 0, IsDecoupled: true, AmsGrad: false, Maximize: false, Step: 1);

    [Fact]
    public void Largest_square_is_kept_when_gradients_shrink()
    {
        double[] parameter = [0];
        double[] mean = [0], square = [0], largest = [0];
        AdamStep step = new(0.1, 0.9, 0.5, 1e-8, 0, IsDecoupled: false, AmsGrad: true, Maximize: false, Step: 1);
        step.Apply<double, double>([4], parameter, mean, square, largest, GradientChange.None, zeroGradients: false);
        step.Apply<double, double>([0], parameter, mean, square, largest, GradientChange.None, zeroGradients: false);

        Assert.Equal([4], square);
        Assert.Equal([8], largest);
    }

    [Fact]
    public void Propagated_nan_stays_in_the_largest_square()
    {
        float[] parameter = new float[20];
        float[] mean = new float[20], square = new float[20], largest = new float[20];
        float[] gradient = new float[20];
        gradient[3] = float.NaN;
        (Adam with { AmsGrad = true }).Apply<float, float>(gradient, parameter, mean, square, largest, GradientChange.None, false);

        Assert.Equal([3], Enumerable.Range(0, 20).Where(i => float.IsNaN(largest[i])));
        Assert.Equal([3], Enumerable.Range(0, 20).Where(i => float.IsNaN(parameter[i])));
    }

    [Fact]
    public void First_momentum_replaces_what_new_memory_holds()
    {
        float[] momentum = [float.NaN, 3, float.PositiveInfinity];
        float[] parameter = [1, 1, 1];
        var step = new SgdStep(0.5, 0.9, 0.2, 0, Nesterov: false, Maximize: false, IsFirst: true);
        step.Apply<float, float>([2, 4, 6], parameter, momentum, [], [], GradientChange.None, zeroGradients: false);

        Assert.Equal([2, 4, 6], momentum);
        Assert.Equal([0, -1, -2], parameter);
    }

    [Fact]
    public void Steps_without_a_state_take_none()
    {
        float[] parameter = [1, 1, 1];
        new SgdStep(0.5, 0, 0, 0, Nesterov: false, Maximize: true, IsFirst: true)
            .Apply<float, float>([2, 4, 6], parameter, [], [], [], GradientChange.None, zeroGradients: false);

        Assert.Equal([2, 3, 4], parameter);
    }

    [Fact]
    public void States_of_rms_prop_have_fixed_places()
    {
        double[] square = [0], mean = [0];
        new RmsPropStep(0.1, 0.75, 1e-8, 0, 0, Centered: true, Maximize: false)
            .Apply<double, double>([4], [0], square, [], mean, GradientChange.None, zeroGradients: false);

        Assert.Equal([4], square);
        Assert.Equal([1], mean);
    }

    [Fact]
    public void Copy_of_a_step_keeps_the_corrections_of_its_bias()
    {
        AdamStep tenth = Adam with { LearningRate = 1 };

        Assert.Equal(1 - 0.9, tenth.BiasCorrection1);
        Assert.Equal(Adam.RootCorrection, tenth.RootCorrection);
    }

    [Fact]
    public void Factor_of_one_keeps_every_gradient()
    {
        double[] gradient = [0, -0.0, double.Epsilon, 1e-310, double.MaxValue, double.PositiveInfinity, double.NaN];
        double[] parameter = new double[gradient.Length];
        new SgdStep(1, 0, 0, 0, Nesterov: false, Maximize: true, IsFirst: true)
            .Apply<double, double>(gradient, parameter, [], [], [], GradientChange.None, zeroGradients: false);

        Assert.Equal(gradient, parameter);
    }

    [Theory]
    [InlineData(3, 4, 4, 4)]
    [InlineData(4, 3, 4, 4)]
    [InlineData(4, 4, 3, 4)]
    [InlineData(4, 4, 4, 3)]
    [InlineData(4, 4, 4, 0)]
    public void Lengths_that_differ_are_refused(int gradient, int parameter, int first, int second)
    {
        float[] weights = new float[parameter];

        Assert.Throws<ArgumentException>(
            () => Adam.Apply<float, float>(
                new float[gradient], weights, new float[first], new float[second], [], GradientChange.None, zeroGradients: false));
        Assert.All(weights, weight => Assert.Equal(0, weight));
    }

    [Fact]
    public void Rule_with_four_states_is_refused()
    {
        NotSupportedException refusal = Assert.Throws<NotSupportedException>(
            () => new CustomStep<FourStates>(0.1, 0, false, 1, default).Apply<float, float>(
                [1], [1], [1], [1], [1], GradientChange.None, zeroGradients: false));

        Assert.Contains(nameof(FourStates), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("at most 3", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule_of_the_users_own_sees_step_and_states()
    {
        float[] parameter = new float[37];
        float[][] states = [new float[37], new float[37], new float[37]];
        float[] gradient = [.. Enumerable.Range(0, 37).Select(i => (float)i)];
        new CustomStep<ThreeSums>(0.25, 0.5, Maximize: true, Step: 7, default).Apply<float, float>(
            gradient, parameter, states[0], states[1], states[2], GradientChange.Scale(new ScaleFactor(2)), zeroGradients: true);

        for (int i = 0; i < parameter.Length; i++)
        {
            Assert.Equal(-2 * i, states[0][i]);
            Assert.Equal(0.75f, states[1][i]);
            Assert.Equal(7, states[2][i]);
            Assert.Equal((-2 * i) + 7.75f, parameter[i]);
            Assert.Equal(0, gradient[i]);
        }
    }

    private readonly struct FourStates : IUpdate
    {
        public static IReadOnlyList<string> StateNames => ["a", "b", "c", "d"];

        public void Update<T>(in UpdateStep<T> step, ref UpdateElements<T> elements)
            where T : unmanaged
        {
        }
    }

    private readonly struct ThreeSums : IUpdate
    {
        public static IReadOnlyList<string> StateNames => ["gradients", "rates", "numbers"];

        public void Update<T>(in UpdateStep<T> step, ref UpdateElements<T> elements)
            where T : unmanaged
        {
            elements.State0 += elements.Gradient;
            elements.State1 += step.Of(step.LearningRate + step.WeightDecay);
            elements.State2 += step.Of(step.Number);
            Vector<T> sum = elements.State0 + elements.State1 + elements.State2;
            elements.Parameter += sum;
        }
    }
}
