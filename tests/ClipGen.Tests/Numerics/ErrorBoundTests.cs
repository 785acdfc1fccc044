using System.Numerics.Tensors;
using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Numerics;

/// <summary>
/// Gradients that are unfavorable for the order of summation in kernels: large elements first, then small ones that rounding loses.
/// </summary>
public sealed class ErrorBoundTests
{
    private const double Bound = 1e-6;

    // Lengths near multiples of vectors, rounds, blocks and chunks.
    private static readonly int[] Lengths =
    [
        5, 16, 31, 63, 64, 127, 255, 256, 447, 511, 512, 513, 575, 1000, 1023, 1024, 1025, 1087, 1536, 2047, 2049, 3000,
        4095, 4096, 4097, 8192, 20_000,
    ];

    public static TheoryData<double> Orders => [1, 2];

    // In every block of 4096, each lane starts with 1 and then adds 63 terms of at most half its last place.
    [Theory]
    [InlineData(2, 1f / 4096)]
    [InlineData(1, 1f / (1 << 24))]
    public void Sixty_four_ones_and_then_what_they_round_away(double order, float small)
    {
        float[] gradient = [.. Enumerable.Range(0, 5 * 4096).Select(i => i % 4096 < 64 ? 1 : small)];

        Check(order, [gradient], "");
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Large_heads_and_small_rests_of_every_length(double order)
    {
        foreach (int length in Lengths)
        {
            foreach (int head in (int[])[1, 16, 64, 80, 256])
            {
                foreach (int period in (int[])[512, 1024, int.MaxValue])
                {
                    for (int power = 8; power <= 26; power++)
                    {
                        float small = order == 1 ? MathF.ScaleB(1, -power) : MathF.Sqrt(MathF.ScaleB(1.9999f, -power - 1));
                        float[] gradient = [.. Enumerable.Range(0, length).Select(i => i % period < head ? 1 : small)];
                        Check(order, [gradient], $"{length} elements, of each {period} the first {head} are 1, the others {small:R}.");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_search_for_the_worst_gradient_stays_within_the_bound(double order)
    {
        double worst = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            int length = seed < 4 ? 64 * random.Next(1, 17) - random.Next(0, 2) : random.Next(40, 5000);
            Pattern best = Pattern.Draw(random);
            double error = Check(order, [best.Create(length)], $"{length} elements, {best}.");
            for (int step = 0; step < 400; step++)
            {
                Pattern next = best.Change(random);
                double found = Check(order, [next.Create(length)], $"{length} elements, {next}.");
                if (found >= error)
                    (best, error) = (next, found);
            }

            worst = Math.Max(worst, error);
        }

        // The search finds gradients with a large error: the error of random ones is about 1e-8.
        Assert.InRange(worst, 2e-7, Bound);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Half_and_double_gradients(double order)
    {
        foreach (int length in Lengths)
        {
            for (int power = 8; power <= 24; power += 2)
            {
                Half small = (Half)Math.Pow(2, order == 1 ? -power : -power / 2.0);
                Half[] halves = [.. Enumerable.Range(0, length).Select(i => i % 1024 < 64 ? (Half)1 : small)];
                double[] doubles = [.. Enumerable.Range(0, length).Select(i => i % 1024 < 64 ? 1 : Math.Pow(2, -2 * power))];
                Check(order, [halves], $"{length} halves, {small}.");
                Check(order, [doubles], $"{length} doubles, 2^{-2 * power}.");
                Check(order, [halves, doubles, halves.Select(x => (float)x).ToArray()], $"{length} of each, {small}.");
            }
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.5)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(double.PositiveInfinity)]
    public void Other_orders(double order)
    {
        foreach (int length in Lengths)
        {
            for (int power = 4; power <= 30; power += 2)
            {
                float small = MathF.ScaleB(1, -power);
                Check(order, [Enumerable.Range(0, length).Select(i => i < 64 ? 1 : small).ToArray()], $"{length} elements, {small:R}.");
            }
        }
    }

    [Fact]
    public void Unrolled_buffers_and_buffers_of_other_lengths_than_declared()
    {
        for (int power = 8; power <= 26; power++)
        {
            float small = MathF.Sqrt(MathF.ScaleB(1.9999f, -power - 1));
            var unrolled = new ShortGradients();
            var longer = new LongerThanDeclared();
            float[][] all = [unrolled.A, unrolled.B, unrolled.C, unrolled.D, unrolled.E, unrolled.F];
            Fill([.. all, unrolled.L, unrolled.M], small);
            Exact.AssertClose(Exact.Norm(2, [.. all, unrolled.L, unrolled.M]), unrolled.GradientNorm(), Bound, $"{small:R}");

            all = [longer.A, longer.B, longer.C, longer.D, longer.E, longer.F, longer.G, longer.H];
            Fill(all, small);
            Exact.AssertClose(Exact.Norm(2, [.. all]), longer.GradientNorm(), Bound, $"{small:R}");
        }
    }

    [Fact]
    public void Tensors_with_gaps()
    {
        for (int power = 8; power <= 26; power += 3)
        {
            float small = MathF.Sqrt(MathF.ScaleB(1.9999f, -power - 1));
            float[] memory = [.. Enumerable.Range(0, 30 * 400).Select(i => i % 400 < 64 ? 1 : small)];
            var source = new TensorSource(Tensor.Create(memory, [30, 399], [400, 1]));
            float[] elements = [.. memory.Where((_, i) => i % 400 < 399)];

            Exact.AssertClose(Exact.Norm(2, elements), GradientOperations.Norm(source), Bound);
            Exact.AssertClose(Exact.Norm(1, elements), GradientOperations.Norm(source, 1), Bound);
        }
    }

    // Long enough for several threads. ThreadTests shows that the number of threads does not change the result.
    [Fact]
    public void Gradients_of_several_chunks()
    {
        float small = MathF.Sqrt(MathF.ScaleB(1.9999f, -25));
        float[] gradient = [.. Enumerable.Range(0, 3_000_001).Select(i => i % 1024 < 64 ? 1 : small)];

        Check(2, [gradient, gradient[..5000]], "");
        Check(1, [gradient], "");
    }

    // The error comes from the squares, each of which is subnormal or zero.
    [Fact]
    public void Squares_that_underflow()
    {
        foreach (float largest in (float[])[1e-9f, 1e-12f, 1e-13f, 1e-15f, 1e-18f])
        {
            foreach (float small in (float[])[1e-19f, 3e-20f, 4e-22f, 3e-23f, 2.6e-23f])
            {
                float[] gradient = [largest, .. Enumerable.Repeat(small, 400_000)];
                Check(2, [gradient], $"{largest}, {small}.");
            }
        }
    }

    private static double Check(double order, Array[] gradients, string because)
    {
        double[] elements = Exact.Elements(gradients);
        double expected = order switch
        {
            1 => Sum(elements),
            2 => Math.Sqrt(Sum([.. elements.Select(x => x * x)])),
            _ => Exact.NormOf(order, elements),
        };
        double actual = GradientOperations.Norm(new ArraySource(gradients), order);
        Exact.AssertClose(expected, actual, Bound, because);
        return Math.Abs(expected - actual) / expected;
    }

    // Neumaier's sum. The square of a float is exact in double.
    private static double Sum(double[] terms)
    {
        double sum = 0;
        double lost = 0;
        foreach (double term in terms)
        {
            double magnitude = Math.Abs(term);
            double next = sum + magnitude;
            lost += sum >= magnitude ? sum - next + magnitude : magnitude - next + sum;
            sum = next;
        }

        return sum + lost;
    }

    private static void Fill(float[][] gradients, float small)
    {
        int i = 0;
        foreach (float[] gradient in gradients)
        {
            foreach (ref float element in gradient.AsSpan())
                element = i++ < 64 ? 1 : small;
        }
    }

    /// <summary>Creates elements by position: a few sizes that change at some positions, repeated.</summary>
    private sealed record Pattern(int Period, int[] Ends, float[] Values)
    {
        internal static Pattern Draw(Random random)
        {
            int steps = random.Next(2, 5);
            return new Pattern(
                random.Next(3) == 0 ? int.MaxValue : 64 * random.Next(2, 65),
                [.. Enumerable.Range(0, steps).Select(_ => 16 * random.Next(1, 40))],
                [.. Enumerable.Range(0, steps + 1).Select(i => MathF.ScaleB(1 + random.NextSingle(), -random.Next(0, 1 + (8 * i))))]);
        }

        internal Pattern Change(Random random)
        {
            int[] ends = [.. Ends];
            float[] values = [.. Values];
            int period = Period;
            for (int i = random.Next(1, 3); i > 0; i--)
            {
                switch (random.Next(5))
                {
                    case 0:
                        ends[random.Next(ends.Length)] = 16 * random.Next(1, 80);
                        break;
                    case 1:
                        period = random.Next(3) == 0 ? int.MaxValue : 64 * random.Next(2, 65);
                        break;
                    case 2:
                        values[random.Next(values.Length)] *= random.Next(2) == 0 ? 2 : 0.5f;
                        break;
                    case 3:
                        values[random.Next(values.Length)] *= 1 + ((random.NextSingle() - 0.5f) / 16);
                        break;
                    default:
                        ref float value = ref values[random.Next(values.Length)];
                        value = random.Next(2) == 0 ? MathF.BitIncrement(value) : MathF.BitDecrement(value);
                        break;
                }
            }

            return new Pattern(period, ends, values);
        }

        internal float[] Create(int length) => [.. Enumerable.Range(0, length).Select(At)];

        private float At(int i)
        {
            int place = i % Period;
            int step = 0;
            while (step < Ends.Length && place >= Ends[..(step + 1)].Sum())
                step++;
            return Values[step];
        }

        public override string ToString() =>
            $"period {Period}, ends {string.Join(", ", Ends)}, values {string.Join(", ", Values.Select(value => $"{value:R}"))}";
    }

    private readonly struct TensorSource(Tensor<float> tensor) : IGradientSource
    {
        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor =>
            GradientTraversal.VisitTensor("t", tensor, ref visitor);
    }
}
