using System.Runtime.InteropServices;
using ClipGen.Optimizers;
using ClipGen.Tests.Optimizers;

namespace ClipGen.Tests.Limits;

/// <summary>
/// <c>ClipAndStep</c> decides about the units of adaptive clipping while it steps. A limit for the total norm, which needs all decisions
/// first, turns that off: with one that no norm exceeds, everything must be the same to the last bit.
/// </summary>
public sealed partial class StepUnitTests
{
    // Shorter than a vector, about one, many, and longer than the step adds up itself.
    private static readonly (int Rows, int Columns)[] Shapes =
        [(1, 1), (5, 3), (9, 7), (4, 16), (6, 17), (3, 31), (20, 64), (12, 125), (2, 1025), (3, 4096), (2, 4097)];

    private static readonly double[] Ratios = [1e-200, 1e-20, 0.01, 1, 1e20, 1e200];

    public static TheoryData<string> Optimizers => ["Sgd", "RmsProp", "Adam", "AdamW", "AMSGrad", "Lion"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Decisions_in_the_step_are_those_before_it(string name)
    {
        int clipped = 0;
        for (int seed = 0; seed < 3 * Shapes.Length; seed++)
        {
            var random = new Random(seed);
            (int rows, int columns) = Shapes[seed % Shapes.Length];
            Rows model = new(rows, columns), other = new(rows, columns);
            Optimizer optimizer = Create(name, seed), second = Create(name, seed);
            double ratio = Math.Exp((6 * random.NextDouble()) - 3);
            int warmUpSteps = random.Next(2);
            var limit = new AdaptiveClipLimit(ratio) { WarmUpSteps = warmUpSteps };
            var before = new AdaptiveClipLimit(ratio) { WarmUpSteps = warmUpSteps, MaxNorm = 1e300 };
            Fill(model.Parameters, random, scale: 1);
            model.CopyTo(other);
            for (int step = 0; step < 4; step++)
            {
                Fill(model.Gradients, random, scale: Math.Exp((4 * random.NextDouble()) - 2));
                model.CopyTo(other);

                ClipResult result = optimizer.ClipAndStep(model, limit);
                ClipResult expected = second.ClipAndStep(other, before);

                Assert.Equal(expected, result);
                Assert.Equal(other.Bits(), model.Bits());
                clipped += result.Clipped ? 1 : 0;
            }
        }

        Assert.InRange(clipped, 10, (4 * 3 * Shapes.Length) - 10);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.MaxValue)]
    [InlineData(1e-30f)]
    [InlineData(0f)]
    public void Extreme_weights_and_gradients_are_decided_as_before_the_step(float extreme)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            Rows model = new(10, 40), other = new(10, 40);
            Fill(model.Parameters, random, scale: 1);
            Fill(model.Gradients, random, scale: 1);
            Span<float> weights = MemoryMarshal.CreateSpan(ref model.W[0, 0], model.W.Length);
            Span<float> gradient = MemoryMarshal.CreateSpan(ref model.DW[0, 0], model.DW.Length);
            for (int i = 0; i < 4; i++)
                weights.Slice(40 * random.Next(10), random.Next(2) == 0 ? 1 : 40).Fill(extreme);
            if (float.IsFinite(extreme))
                gradient.Slice(40 * random.Next(10), random.Next(2) == 0 ? 1 : 40).Fill(extreme);
            model.CopyTo(other);
            double ratio = Ratios[seed % Ratios.Length];

            ClipResult result = new AdamW(0.1).ClipAndStep(model, new AdaptiveClipLimit(ratio));
            ClipResult expected = new AdamW(0.1).ClipAndStep(other, new AdaptiveClipLimit(ratio) { MaxNorm = 1e300 });

            Assert.Equal(expected, result);
            Assert.Equal(other.Bits(), model.Bits());
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(125)]
    [InlineData(5000)]
    public void A_loss_scale_changes_no_decision(int columns)
    {
        const int Scale = 1024;
        int clipped = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            Scalable model = new(8, columns), scaled = new(8, columns);
            Optimizer optimizer = new AdamW(0.1), second = new AdamW(0.1);
            var scaler = new LossScaler(Scale);
            Fill([model.W], random, scale: 1);
            Array.Copy(model.W, scaled.W, model.W.Length);
            for (int step = 0; step < 3; step++)
            {
                Fill([model.DW], random, scale: 0.3);
                for (int i = 0; i < model.DW.Length; i++)
                    scaled.DW[i / columns, i % columns] = Scale * model.DW[i / columns, i % columns];

                ClipResult expected = optimizer.ClipAndStep(model);
                ClipResult result = second.ClipAndStep(scaled, scaler);

                Assert.Equal(expected, result);
                Assert.Equal(Exact.Bits(model.W.Cast<float>().ToArray()), Exact.Bits(scaled.W.Cast<float>().ToArray()));
                clipped += result.Clipped ? 1 : 0;
            }
        }

        Assert.InRange(clipped, 1, 29);
    }

    private static Optimizer Create(string name, int seed)
    {
        Optimizer optimizer = name switch
        {
            "Sgd" => new Sgd(0.1) { Momentum = 0.9, Maximize = seed % 2 == 1 },
            "RmsProp" => new RmsProp(0.1),
            "Adam" => new Adam(0.1) { WeightDecay = 0.1, Maximize = seed % 2 == 1 },
            "AdamW" => new AdamW(0.1),
            "AMSGrad" => new Adam(0.1) { AmsGrad = true },
            _ => new Optimizer<Lion>(new Lion(0.9, 0.99), 0.1),
        };
        optimizer.ZeroGradients = seed % 3 == 1;
        return optimizer;
    }

    private static void Fill(IEnumerable<Array> buffers, Random random, double scale)
    {
        foreach (Array buffer in buffers)
        {
            foreach (int row in Enumerable.Range(0, buffer.GetLength(0)))
            {
                // Some rows are zero, and some are large.
                double size = scale * random.Next(4) switch { 0 => 0, 1 => 10, _ => 1 };
                foreach (int column in Enumerable.Range(0, buffer.GetLength(1)))
                {
                    double value = size * (random.NextDouble() - 0.5);
                    buffer.SetValue(buffer switch { float[,] => (float)value, Half[,] => (Half)value, _ => (object)value }, row, column);
                }
            }
        }
    }

    [AdaptiveClip(1)]
    private sealed partial class Scalable(int rows, int columns)
    {
        [Parameter(Gradient = nameof(DW))] public float[,] W { get; } = new float[rows, columns];

        public float[,] DW { get; } = new float[rows, columns];
    }

    [ClipGradNorm(1)]
    private sealed partial class Rows(int rows, int columns)
    {
        [Parameter(Gradient = nameof(DW))] public float[,] W { get; } = new float[rows, columns];

        public float[,] DW { get; } = new float[rows, columns];

        [Parameter(Gradient = nameof(DV))] public double[,] V { get; } = new double[rows, columns];

        public double[,] DV { get; } = new double[rows, columns];

        [Parameter(Gradient = nameof(DH))] public Half[,] H { get; } = new Half[rows, columns];

        public Half[,] DH { get; } = new Half[rows, columns];

        public Array[] Parameters => [W, V, H];

        public Array[] Gradients => [DW, DV, DH];

        public void CopyTo(Rows other)
        {
            foreach ((Array from, Array to) in Parameters.Concat(Gradients).Zip(other.Parameters.Concat(other.Gradients)))
                Array.Copy(from, to, from.Length);
        }

        public IEnumerable<long> Bits() => Parameters.Concat(Gradients).SelectMany(buffer => buffer switch
        {
            float[,] singles => Exact.Bits(singles.Cast<float>().ToArray()),
            double[,] doubles => Exact.Bits(doubles.Cast<double>().ToArray()),
            _ => Exact.Bits(buffer.Cast<Half>().ToArray()),
        });
    }
}
