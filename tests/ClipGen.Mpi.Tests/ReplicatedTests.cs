namespace ClipGen.Mpi.Tests;

/// <summary>Gradients that every rank holds count once in a norm over ranks.</summary>
public sealed partial class ReplicatedTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void They_count_once_and_are_scaled_on_every_rank(int size)
    {
        Threads.Run(size, exchange =>
        {
            var part = new Part
            {
                Own = exchange.Rank == 0 ? [8] : [],
                Bias = [2, 2],
                Norm = new Layer { Gain = [4], Deep = [Enumerable.Repeat(1f, 12).ToArray()] },
            };
            ClipResult result = exchange.ClipSharded(part);

            Assert.Equal(10, result.TotalNorm);
            Assert.Equal([0.2f, 0.2f], part.Bias);
            Assert.Equal([0.4f], part.Norm.Gain);
            return true;
        });
    }

    [Fact]
    public void Long_ones_too_and_in_every_kind_of_norm()
    {
        float[] Long() => [.. Enumerable.Repeat(1f, 300_000)];
        Threads.Run(3, exchange =>
        {
            var bias = new Part { Own = [], Bias = Long() };
            Assert.Equal(Math.Sqrt(300_000), exchange.ClipSharded(bias, double.PositiveInfinity).TotalNorm);
            Assert.Equal(300_000, exchange.ClipSharded(new Sums { Bias = Long() }).TotalNorm);
            Assert.Equal(Math.Pow(300_000, 1.0 / 3), exchange.ClipSharded(new Cubes { Bias = Long() }).TotalNorm, 1e-9);
            return true;
        });
    }

    [Fact]
    public void A_mark_on_the_parameter_or_the_field_of_a_property_counts() => Assert.All(
        Threads.Run(3, exchange => exchange.ClipSharded(new Marked { Own = exchange.Rank == 0 ? [8] : [] }).TotalNorm),
        norm => Assert.Equal(10, norm));

    [Fact]
    public void A_single_process_counts_them_as_any_other() =>
        Assert.Equal(5, new Part { Own = [3], Bias = [4] }.GradientNorm());

    [ClipGradNorm(1.0)]
    internal sealed partial class Part
    {
        [Gradient]
        public float[] Own { get; init; } = [];

        [Gradient]
        [Replicated]
        public float[] Bias { get; init; } = [];

        [Replicated]
        public Layer? Norm { get; init; }
    }

    [ClipGradNorm(1.0)]
    internal sealed partial class Marked
    {
        [Parameter(Gradient = nameof(_gradient))]
        [Replicated]
        private readonly float[] _weight = [1];

        private readonly float[] _gradient = [4];

        [Gradient]
        public float[] Own { get; init; } = [];

        [field: Replicated]
        public Layer Rest { get; } = new() { Gain = [4, 2] };
    }

    internal sealed partial class Layer
    {
        [Gradient]
        public float[] Gain { get; init; } = [];

        [Gradient]
        public float[][] Deep { get; init; } = [];
    }

    [ClipGradNorm(1.0, NormType = 1)]
    internal sealed partial class Sums
    {
        [Gradient]
        [Replicated]
        public float[] Bias { get; init; } = [];
    }

    [ClipGradNorm(1.0, NormType = 3)]
    internal sealed partial class Cubes
    {
        [Gradient]
        [Replicated]
        public float[] Bias { get; init; } = [];
    }
}
