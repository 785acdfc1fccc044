using ClipGen.Numerics.Kernels;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Tests.Optimizers;

/// <summary>Every option of every optimizer, for every short length, some long odd lengths, and every alignment.</summary>
public sealed class StepPropertyTests
{
    private const int Steps = 3;

    private static readonly int[] Lengths = [.. Enumerable.Range(0, 301), 511, 512, 513, 1025];
    private static readonly int[] FewLengths = [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 100, 300, 511, 512, 513, 1100];

    public static TheoryData<string> Cases => [.. StepCase.All.Select(stepCase => stepCase.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Doubles_are_updated_as_the_formulas_say(string name) =>
        AssertFormulas<double>(name, GradientChange.Scale(new ScaleFactor(0.37)), x => x * 0.37, x => x, 1e-13);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Singles_are_updated_as_the_formulas_say(string name) =>
        AssertFormulas<float>(name, GradientChange.Scale(new ScaleFactor(0.37)), x => x * 0.37, x => (float)x, 2e-6);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Clamped_gradients_are_updated_as_the_formulas_say(string name) =>
        AssertFormulas<double>(name, GradientChange.Clamp(1.25), x => Math.Clamp(x, -1.25, 1.25), x => x, 1e-13);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_scaled_then_clamped(string name) =>
        AssertFormulas<double>(
            name, GradientChange.ScaleAndClamp(new ScaleFactor(0.5), 1.25), x => Math.Clamp(x * 0.5, -1.25, 1.25), x => x, 1e-13);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_element_has_the_bits_that_it_has_alone(string name)
    {
        AssertAlone<double>(name, x => x);
        AssertAlone<float>(name, x => (float)x);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_with_a_clip_has_the_bits_of_a_clip_and_a_step(string name)
    {
        AssertClipThenStep<double>(name, x => x);
        AssertClipThenStep<float>(name, x => (float)x);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Elements_of_16_bits_are_computed_as_singles(string name)
    {
        AssertWidened(name, x => (Half)x, x => (float)x, x => (Half)x);
        AssertWidened(name, BFloat16.FromDouble, x => x.ToSingle(), x => BFloat16.FromDouble(x));
    }

    private static void AssertFormulas<T>(
        string name, GradientChange change, Func<double, double> expectChange, Converter<double, T> convert, double tolerance)
        where T : unmanaged
    {
        StepCase stepCase = Find(name);
        foreach (int length in Lengths)
        {
            bool maximize = length % 3 == 0;
            bool zeroGradients = length % 2 == 0;
            var buffers = new StepBuffers<T, T>(length, convert);
            StepOracle[] oracles = [.. buffers.Parameter.ToArray().Select(x => new StepOracle(WideElements.ToDouble(x)))];
            for (int step = 1; step <= Steps; step++)
            {
                T[] gradient = buffers.NextGradient();
                buffers.Apply(stepCase.Create(step, maximize), change, zeroGradients);

                for (int i = 0; i < length; i++)
                {
                    double changed = expectChange(WideElements.ToDouble(gradient[i]));
                    stepCase.Expect(oracles[i], maximize ? -changed : changed);
                }

                Exact.AssertSameBits(zeroGradients ? new T[length] : gradient, buffers.Gradient.ToArray());
                buffers.AssertGuards();
            }

            double[] actual = Exact.Elements(buffers.Parameter.ToArray());
            for (int i = 0; i < length; i++)
            {
                double expected = oracles[i].Parameter;
                if (!(Math.Abs(expected - actual[i]) <= tolerance * (1 + Math.Abs(expected))))
                    Assert.Fail($"{name}, length {length}: element {i} is {actual[i]:R}, not {expected:R}.");
            }
        }
    }

    private static void AssertAlone<T>(string name, Converter<double, T> convert)
        where T : unmanaged
    {
        StepCase stepCase = Find(name);
        foreach (int length in FewLengths)
        {
            var together = new StepBuffers<T, T>(length, convert);
            var alone = new StepBuffers<T, T>(length, convert);
            for (int step = 1; step <= Steps; step++)
            {
                together.NextGradient();
                alone.NextGradient();
                GradientChange change = GradientChange.ScaleAndClamp(new ScaleFactor(0.37), 1.1);
                together.Apply(stepCase.Create(step, false), change, zeroGradients: false);
                for (int i = 0; i < length; i++)
                    alone.Apply(stepCase.Create(step, false), change, zeroGradients: false, i, 1);
            }

            together.AssertSameBits(alone);
        }
    }

    private static void AssertClipThenStep<T>(string name, Converter<double, T> convert)
        where T : unmanaged
    {
        StepCase stepCase = Find(name);

        // Two factors are special: a subnormal float, and a product of two doubles.
        foreach (ScaleFactor factor in new[] { new ScaleFactor(1), new(0.37), new(1e-42), new(1e-20, 1e-22) })
        {
            foreach (double limit in new[] { 1.1, double.PositiveInfinity })
            {
                foreach (int length in FewLengths)
                {
                    bool isClamped = double.IsFinite(limit);
                    var together = new StepBuffers<T, T>(length, convert);
                    var apart = new StepBuffers<T, T>(length, convert);
                    for (int step = 1; step <= Steps; step++)
                    {
                        together.NextGradient();
                        apart.NextGradient();
                        GradientChange change = isClamped ? GradientChange.ScaleAndClamp(factor, limit) : GradientChange.Scale(factor);
                        together.Apply(stepCase.Create(step, true), change, zeroGradients: true);

                        GradientElements.Scale(apart.Gradient, factor);
                        if (isClamped)
                            GradientElements.Clamp(apart.Gradient, limit);
                        apart.Apply(stepCase.Create(step, true), GradientChange.None, zeroGradients: true);
                    }

                    together.AssertSameBits(apart);
                    together.AssertGuards();
                }
            }
        }
    }

    private static void AssertWidened<T>(string name, Converter<double, T> convert, Func<T, float> widen, Func<float, T> narrow)
        where T : unmanaged
    {
        StepCase stepCase = Find(name);
        foreach (ScaleFactor factor in new[] { new ScaleFactor(0.37), new ScaleFactor(1e-42) })
        {
            foreach (int length in FewLengths)
            {
                var narrowed = new StepBuffers<T, float>(length, convert);
                var widened = new StepBuffers<float, float>(length, x => widen(convert(x)));
                double limit = (double)(Half)1.25;
                for (int step = 1; step <= Steps; step++)
                {
                    T[] gradient = narrowed.NextGradient();
                    widened.NextGradient();
                    GradientChange change = GradientChange.ScaleAndClamp(factor, limit);
                    narrowed.Apply(stepCase.Create(step, false), change, zeroGradients: step == 2);
                    widened.Apply(stepCase.Create(step, false), change, zeroGradients: step == 2);

                    // The parameter is rounded after each step.
                    foreach (ref float parameter in widened.Parameter)
                        parameter = widen(narrow(parameter));
                    Exact.AssertSameBits(step == 2 ? new T[length] : gradient, narrowed.Gradient.ToArray());
                }

                Exact.AssertSameBits(widened.Parameter.ToArray(), narrowed.Parameter.ToArray().Select(widen).ToArray());
                for (int i = 0; i < StepBuffers.StateCount; i++)
                    Exact.AssertSameBits(widened.State(i).ToArray(), narrowed.State(i).ToArray());
                narrowed.AssertGuards();
            }
        }
    }

    private static StepCase Find(string name) => StepCase.All.Single(stepCase => stepCase.Name == name);
}
