using ClipGen.Optimizers;

namespace ClipGen.Mpi.Tests;

/// <summary>Each rank updates a part of the parameters, and then all ranks get all parameters.</summary>
public sealed partial class ShardedStateTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(9)]
    public void Every_type_and_length_as_by_a_step_of_all(int size)
    {
        string[] trained = Threads.Run(size, exchange =>
        {
            var whole = new Mixed();
            var model = new Mixed();
            var wholeOptimizer = new AdamW(0.1);
            var optimizer = new AdamW(0.1) { ZeroGradients = true };
            for (int step = 0; step < 3; step++)
            {
                whole.Fill(step + exchange.Rank);
                model.Fill(step + exchange.Rank);
                ClipResult expected = exchange.ClipAndStep(wholeOptimizer, whole);
                Assert.Equal(expected, exchange.ClipAndStepWithShardedState(optimizer, model));
                Assert.True(model.HasZeroGradients);
            }

            Assert.Equal(whole.Text, model.Text);
            return model.Text;
        });

        Assert.Single(trained.Distinct());
    }

    [Fact]
    public void A_rank_keeps_the_state_of_its_parameters_only()
    {
        long[] lengths = Threads.Run(2, exchange =>
        {
            var model = new Mixed();
            model.Fill(0);
            var optimizer = new AdamW(0.1);
            exchange.ClipAndStepWithShardedState(optimizer, model, 0.5);
            using var stream = new MemoryStream();
            optimizer.Save(stream);
            return stream.Length;
        });

        // The long parameter has two states of 8 bytes and 700 000 elements.
        Assert.InRange(lengths.Max(), 11_200_000, 11_300_000);
        Assert.InRange(lengths.Min(), 1, 300_000);
    }

    [Fact]
    public void A_gradient_without_parameter_is_named_on_every_rank()
    {
        string[] messages = Threads.Run(2, exchange =>
        {
            var model = new Unpaired();
            return Assert.Throws<InvalidOperationException>(
                () => exchange.ClipAndStepWithShardedState(new AdamW(0.1), model)).Message;
        });

        Assert.All(messages, message => Assert.StartsWith("The gradient 'Lonely' has no parameter", message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_NaN_is_named_with_the_rank_that_computed_it()
    {
        string[] messages = Threads.Run(3, exchange =>
        {
            var model = new Mixed();
            model.Fill(0);
            if (exchange.Rank == 1)
                model.ShortGradient[2] = float.NaN;
            var exception = Assert.Throws<NonFiniteGradientException>(
                () => exchange.ClipAndStepWithShardedState(new AdamW(0.1), model));
            Assert.Equal(("ShortGradient", 2L, 1), (exception.GradientName, exception.Index, exception.Rank));
            return exception.Message + model.Text;
        });

        Assert.Single(messages.Distinct());
    }

    [ClipGradNorm(0.5)]
    internal sealed partial class Mixed
    {
        [Parameter(Gradient = nameof(LongGradient))]
        private readonly double[] _long = new double[700_000];

        [Parameter(Gradient = nameof(ShortGradient))]
        private readonly float[] _short = new float[5];

        [Parameter(Gradient = nameof(HalfGradient))]
        private readonly Half[] _half = new Half[70];

        [Parameter(Gradient = nameof(TiedGradient))]
        private readonly float[] _tied;

        public Mixed()
        {
            // A tied layer: one parameter and one gradient, reached by two paths.
            _tied = _short;
            TiedGradient = ShortGradient;
        }

        internal double[] LongGradient { get; } = new double[700_000];

        internal float[] ShortGradient { get; } = new float[5];

        internal Half[] HalfGradient { get; } = new Half[70];

        internal float[] TiedGradient { get; }

        internal string Text =>
            $"{_long.Sum()} {_long[123_456]} {string.Join(' ', _short)} {string.Join(' ', _half)} {string.Join(' ', _tied)}";

        internal bool HasZeroGradients =>
            !LongGradient.AsSpan().ContainsAnyExcept(0.0) && !ShortGradient.AsSpan().ContainsAnyExcept(0f)
            && Array.TrueForAll(HalfGradient, gradient => gradient == Half.Zero);

        internal void Fill(int step)
        {
            for (int i = 0; i < LongGradient.Length; i++)
                LongGradient[i] = Math.Sin(i + step) / 100;
            for (int i = 0; i < ShortGradient.Length; i++)
                ShortGradient[i] = MathF.Cos(i + step);
            for (int i = 0; i < HalfGradient.Length; i++)
                HalfGradient[i] = (Half)MathF.Cos(i * (step + 1));
        }
    }

    [ClipGradNorm(0.5)]
    internal sealed partial class Unpaired
    {
        [Gradient]
        internal float[] Lonely { get; } = [1];
    }
}
