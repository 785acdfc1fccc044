using TemporalOrder.Networks;

namespace TemporalOrder.Tests;

public sealed class BatchKernelsTests
{
    [Fact]
    public void Tanh_is_accurate_everywhere()
    {
        float[] values = [.. Enumerable.Range(-3200, 6400).Select(i => i / 160f), .. Enumerable.Range(0, 64).Select(i => MathF.Pow(2, -i))];
        float[] actual = [.. values];
        BatchKernels.Tanh(actual);

        for (int i = 0; i < values.Length; i++)
        {
            double expected = Math.Tanh(values[i]);
            Assert.True(Math.Abs(expected - actual[i]) <= 5e-7 * Math.Abs(expected), $"tanh({values[i]}) came out as {actual[i]}.");
        }
    }

    [Fact]
    public void Tanh_of_NaN_is_NaN_and_of_infinity_is_one()
    {
        var values = new float[BatchKernels.RowLength];
        values[0] = float.NaN;
        values[1] = float.PositiveInfinity;
        values[2] = float.NegativeInfinity;
        BatchKernels.Tanh(values);

        Assert.True(float.IsNaN(values[0]));
        Assert.Equal(1, values[1], 1e-6f);
        Assert.Equal(-1, values[2], 1e-6f);
    }

    [Fact]
    public void Sigmoid_is_accurate_everywhere()
    {
        float[] values = [.. Enumerable.Range(-3200, 6400).Select(i => i / 160f)];
        float[] actual = [.. values];
        BatchKernels.Sigmoid(actual);

        for (int i = 0; i < values.Length; i++) Assert.Equal(1 / (1 + Math.Exp(-values[i])), actual[i], 2e-7);
    }

    [Fact]
    public void Matrices_of_other_shapes_are_refused()
    {
        var rows = new float[3 * BatchKernels.RowLength];
        var square = new float[BatchKernels.Units * BatchKernels.RowLength];

        Assert.Throws<ArgumentException>(() => BatchKernels.AddProduct(rows, square, rows));
        Assert.Throws<ArgumentException>(() => BatchKernels.AddTransposedProduct(rows, square, square));
        Assert.Throws<ArgumentException>(() => BatchKernels.Tanh(new float[7]));
        Assert.Throws<ArgumentException>(() => BatchKernels.Sigmoid(new float[7]));
    }
}
