namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Clips of hand-written networks that no name shows: the code that bounds the gradients is recognized.</summary>
public sealed class GradientLimitTests
{
    [Theory]
    [InlineData("foreach (var g in new[] { dW, db }) for (int i = 0; i < n; i++) g[i] = Math.Max(-5, Math.Min(5, g[i]));")]
    [InlineData("""
        double[][] all = [dW, db];
        foreach (var g in all) for (int i = 0; i < n; i++) if (g[i] > 5) g[i] = 5;
        """)]
    [InlineData("""
        var all = new List<double[]> { dW, db };
        for (int k = 0; k < 2; k++) { var g = all[k]; g[0] = Math.Min(5, g[0]); }
        """)]
    [InlineData("new List<double[]> { dW, db }.ForEach(g => { for (int i = 0; i < n; i++) g[i] = Math.Sign(g[i]); });")]
    [InlineData("Tame(dW, 5); Tame(db, 5);")]
    [InlineData("TameAll(5, dW, db);")]
    [InlineData("dW = Tamed(dW); db = Tamed(db);")]
    [InlineData("for (int i = 0; i < n; i++) Squash(ref dW[i]);")]
    [InlineData("double length = Math.Sqrt(dW.Sum(v => v * v)); for (int i = 0; i < n; i++) dW[i] /= length;")]
    [InlineData("""
        double sum = 0;
        for (int i = 0; i < n; i++) sum += dW[i] * dW[i];
        double s = 1 / Math.Sqrt(sum);
        for (int i = 0; i < n; i++) dW[i] *= s;
        """)]
    public Task Limits_between_the_backward_pass_and_the_update(string limit) =>
        TrainAsync(limit, "W[i] -= learningRate * dW[i]; b[i] -= learningRate * db[i]");

    [Theory]
    [InlineData("""
        double sum = 0;
        foreach (var v in dW) sum += v * v;
        double s = sum > 1 ? 1 / Math.Sqrt(sum) : 1;
        """, "W[i] -= learningRate * s * dW[i]")]
    [InlineData("double l = dW.Max(Math.Abs);", "W[i] -= learningRate / l * dW[i]")]
    public Task Norm_in_the_update(string norm, string update) => TrainAsync(norm, update);

    [Theory]
    [InlineData("foreach (var g in new[] { dW, db }) for (int i = 0; i < n; i++) g[i] /= count;")]
    [InlineData("Halve(dW);")]
    [InlineData("dW = Copied(dW);")]
    [InlineData("""
        double loss = 0;
        for (int i = 0; i < n; i++) { double e = x[i] - W[i]; loss += e * e; }
        Console.WriteLine(loss);
        """)]
    [InlineData("foreach (var other in new[] { x }) for (int i = 0; i < n; i++) other[i] = Math.Min(5, other[i]);")]
    public Task Bounds_no_gradient(string statements) => TrainAsync(statements, "{|CLIP101:W[i] -= learningRate * dW[i]|}");

    private static Task TrainAsync(string between, string update) => LoopTest.FileAsync($$"""
        sealed class Network(int n)
        {
            private readonly double[] W = new double[n];
            private readonly double[] b = new double[n];

            public void Learn(double[] x, double learningRate, int count)
            {
                var dW = new double[n];
                var db = new double[n];
                for (int i = 0; i < n; i++)
                {
                    dW[i] += x[i];
                    db[i] += x[i];
                }

                {{between}}
                for (int i = 0; i < n; i++)
                {
                    {{update}};
                }
            }

            private static void Tame(double[] values, double limit)
            {
                double total = Math.Sqrt(values.Sum(v => v * v));
                if (total > limit)
                {
                    for (int i = 0; i < values.Length; i++)
                        values[i] *= limit / total;
                }
            }

            private static void TameAll(double limit, params double[][] all)
            {
                foreach (double[] values in all)
                    Tame(values, limit);
            }

            private static double[] Tamed(double[] values)
            {
                double total = Math.Sqrt(values.Sum(v => v * v));
                return values.Select(v => Math.Min(v, 1)).ToArray();
            }

            private static void Squash(ref double v)
            {
                if (Math.Abs(v) > 5)
                    v = 5 * Math.Sign(v);
            }

            private static void Halve(double[] values)
            {
                for (int i = 0; i < values.Length; i++)
                    values[i] /= 2;
            }

            private static double[] Copied(double[] values) => [.. values];
        }

        """);

    [Theory]
    [InlineData("Norm(gradient) > limit", false)]
    // Which buffer is longer says nothing about the gradients in it.
    [InlineData("gradient.Length > limit", true)]
    public Task Whole_buffers_that_a_condition_replaces(string condition, bool isReported) => LoopTest.FileAsync($$"""
        sealed class Network
        {
            private readonly float[] W = new float[8];

            private static float Norm(float[] x) => (float)Math.Sqrt(x.Sum(each => each * each));

            private float[] Backward(float[] x)
            {
                var dW = new float[8];
                for (int i = 0; i < 8; i++)
                    dW[i] = x[i] * (W[i] - x[i]);
                return dW;
            }

            public void Train(List<float[]> examples, float[] other, float limit, float learningRate)
            {
                foreach (float[] x in examples)
                {
                    float[] gradient = Backward(x);
                    if ({{condition}})
                        gradient = other;
                    for (int i = 0; i < 8; i++)
                        {{(isReported ? "{|CLIP101:W[i] -= learningRate * gradient[i]|}" : "W[i] -= learningRate * gradient[i]")}};
                }
            }
        }

        """);
}
