using System.Collections;
using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Arguments;

/// <summary>Random arguments of mixed forms, compared with simple sums and with the same buffers in a source.</summary>
public sealed class MixedArgumentTests
{
    private const int Forms = 9;

    private static readonly double[] Orders = [2, 1, double.PositiveInfinity, 3, 0.5];

    [Fact]
    public void Random_arguments_give_the_bits_of_a_source_and_the_exact_norm()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            List<Array?> buffers = [];
            IEnumerable?[] arguments = [.. Enumerable.Range(0, 6).Select(_ => NextArgument(random, buffers))];
            Array?[] copies = [.. buffers.Select(buffer => (Array?)buffer?.Clone())];
            double order = Orders[random.Next(Orders.Length)];
            var scope = (ClipScope)random.Next(2);
            double exact = Exact.Norm(order, copies);
            double limit = exact == 0 ? 1 : exact * (0.1 + random.NextDouble());
            string because = $"Seed {seed}, order {order}, scope {scope}, limit {limit}.";

            double norm = Gradients.Norm(
                arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5], normType: order);
            ClipResult result = Gradients.ClipNorm(
                limit, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5], normType: order, scope: scope);

            Exact.AssertClose(exact, norm, 1e-6, because);
            ClipResult expected = GradientOperations.Clip(new ArraySource(copies), ClipRule.Norm(limit, order, scope));
            Assert.True(expected.Equals(result), because);
            for (int i = 0; i < buffers.Count; i++)
            {
                if (buffers[i] is not null)
                    Assert.True(Exact.Bits(copies[i]!).AsSpan().SequenceEqual(Exact.Bits(buffers[i]!)), because);
            }
        }
    }

    [Fact]
    public void Random_arguments_with_spans_give_the_bits_of_a_source()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            float[] first = Next(random, NextSingle);
            double[] second = Next(random, NextDouble);
            Half[] third = Next(random, NextHalf);
            float[][] fourth = [Next(random, NextSingle), [], Next(random, NextSingle)];
            List<double[]> fifth = [Next(random, NextDouble), Next(random, NextDouble)];
            Array[] buffers = [first, second, third, .. fourth, .. fifth];
            Array[] copies = [.. buffers.Select(buffer => (Array)buffer.Clone())];
            double limit = Exact.Norm(2, copies) * 0.5;

            ClipResult result = Gradients.ClipNorm(limit, first.AsSpan(), second.AsMemory(), third.AsSpan(), fourth, fifth);

            Exact.AssertClose(2 * limit, result.TotalNorm);
            Assert.Equal(GradientOperations.Clip(new ArraySource(copies), ClipRule.Norm(limit)), result);
            for (int i = 0; i < buffers.Length; i++)
                Exact.AssertSameBits(copies[i], buffers[i]);
        }
    }

    [Fact]
    public void Large_gradients_give_the_bits_of_a_source()
    {
        var random = new Random(5);
        float[] first = [.. Enumerable.Range(0, 2_500_000).Select(_ => NextSingle(random))];
        double[] second = [.. Enumerable.Range(0, 700_001).Select(_ => NextDouble(random))];
        var matrix = new float[1000, 301];
        first.AsSpan(0, matrix.Length).CopyTo(GradientSpan.Of<float>(matrix));
        Array[] copies = [(float[])first.Clone(), (double[])second.Clone(), first[..matrix.Length]];

        ClipResult result = Gradients.ClipNorm(1, first, second.AsSpan(), matrix);

        Assert.Equal(GradientOperations.Clip(new ArraySource(copies), ClipRule.Norm(1)), result);
        Exact.AssertSameBits(copies[0], first);
        Exact.AssertSameBits(copies[1], second);
        Exact.AssertSameBits(copies[2], GradientSpan.Of<float>(matrix).ToArray());
    }

    [Fact]
    public void The_same_buffers_in_an_annotated_model_give_the_same_bits()
    {
        var random = new Random(11);
        for (int length = 1; length < 400; length += 13)
        {
            float[] weights = [.. Enumerable.Range(0, length).Select(_ => NextSingle(random))];
            double[] bias = [.. Enumerable.Range(0, length / 2).Select(_ => NextDouble(random))];
            var model = new TwoBuffers((float[])weights.Clone(), (double[])bias.Clone());

            Assert.Equal(model.ClipGradients(), Gradients.ClipNorm(0.01, weights, bias));
            Exact.AssertSameBits(model.Weights, weights);
            Exact.AssertSameBits(model.Bias, bias);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_buffer_that_is_passed_twice_counts_once(bool spans)
    {
        float[] shared = [3, 4];
        List<float[]> list = [shared, shared];

        ClipResult result = spans
            ? Gradients.ClipNorm(2.5, shared.AsSpan(), shared, list, shared.AsMemory(1))
            : Gradients.ClipNorm(2.5, shared, list, new ArraySegment<float>(shared, 1, 1));

        Assert.Equal(5, result.TotalNorm);
        Assert.Equal([1.5f, 2], shared);
        Assert.Equal(2.5, Gradients.ClipNorm(1, shared, shared, scope: ClipScope.PerParameter).TotalNorm);
        Exact.AssertClose([0.6, 0.8], shared);
    }

    [Fact]
    public void A_call_inside_an_enumeration_does_not_disturb_the_outer_one()
    {
        float[] outer = [3], inner = [8], last = [4];
        IEnumerable<float[]> Clipping()
        {
            yield return outer;
            Assert.Equal(8, Gradients.ClipNorm(4, inner).TotalNorm);
            yield return last;
        }

        Assert.Equal(5, Gradients.ClipNorm(2.5, Clipping()).TotalNorm);
        Assert.Equal((1.5f, 4f, 2f), (outer[0], inner[0], last[0]));
    }

    [Fact]
    public void Different_threads_clip_different_gradients()
    {
        Parallel.For(1, 200, i =>
        {
            float[] gradient = [3 * i, 4 * i];
            Assert.Equal(5.0 * i, Gradients.ClipNorm(1, new List<float[]> { gradient }).TotalNorm);
            Exact.AssertClose([0.6, 0.8], gradient);
        });
    }

    // One argument in a random form; its buffers are appended in the order in which they are visited.
    private static IEnumerable? NextArgument(Random random, List<Array?> buffers)
    {
        switch (random.Next(Forms))
        {
            case 0:
                return Keep(Next(random, NextSingle));
            case 1:
                return Keep(Next(random, NextDouble));
            case 2:
                return Keep(Next(random, NextHalf));
            case 3:
                return new[] { Keep(Next(random, NextSingle)), null, Keep(Next(random, NextSingle)) };
            case 4:
                return new List<double[]> { Keep(Next(random, NextDouble)), Keep(Next(random, NextDouble)) };
            case 5:
                return new Array[] { Keep(Next(random, NextHalf)), Keep(Next(random, NextDouble)) }.Select(array => array);
            case 6:
                return new Dictionary<int, float[]> { [7] = Keep(Next(random, NextSingle)) };
            case 7:
                return new[] { Keep(Next(random, NextSingle)).AsMemory(), default };
            default:
                return null;
        }

        T Keep<T>(T buffer)
            where T : IEnumerable
        {
            buffers.Add((Array)(object)buffer);
            return buffer;
        }
    }

    private static T[] Next<T>(Random random, Func<Random, T> next) =>
        [.. Enumerable.Range(0, random.Next(0, 200)).Select(_ => next(random))];

    private static float NextSingle(Random random) => (float)NextDouble(random);

    private static double NextDouble(Random random) => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 3));

    private static Half NextHalf(Random random) => (Half)NextDouble(random);
}
