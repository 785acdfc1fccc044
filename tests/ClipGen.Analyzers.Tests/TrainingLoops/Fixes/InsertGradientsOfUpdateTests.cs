using ClipGen.Analyzers.TrainingLoops;
using ClipGen.CodeFixes.TrainingLoops;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fix of CLIP101 for parameter updates that are assignments, in the loop or in a method that it calls.</summary>
public sealed class InsertGradientsOfUpdateTests
{
    [Fact]
    public Task All_updates_after_one_backward_pass() => VerifyAsync(
        """
        class Cell
        {
            private readonly double[,] wx = new double[4, 4], wh = new double[4, 4];
            private readonly double[] b = new double[4];

            public void Step(double[] x, double learningRate)
            {
                var dWx = new double[4, 4];
                var dWh = new double[4, 4];
                var db = new double[4];
                for (int i = 0; i < 4; i++)
                {
                    db[i] += x[i];
                    for (int j = 0; j < 4; j++)
                    {
                        dWx[i, j] += x[i] * x[j];
                        dWh[i, j] += x[i];
                    }
                }

                ↓
                for (int i = 0; i < 4; i++)
                {
                    for (int j = 0; j < 4; j++)
                    {
                        {|CLIP101:wx[i, j] -= learningRate * dWx[i, j]|};
                        wh[i, j] -= learningRate * dWh[i, j];
                    }
                }

                for (int i = 0; i < 4; i++)
                    b[i] -= learningRate * db[i];
            }
        }
        """,
        "Gradients.ClipNorm(1.0, dWx, dWh, db);");

    [Fact]
    public Task In_a_static_method() => VerifyAsync(
        """
        class Network
        {
            public float[][] Weights = [], WeightGradients = [];
        }

        static class Backpropagation
        {
            public static void Compute(Network n, float[] x)
            {
                for (int l = 0; l < n.Weights.Length; l++)
                    for (int i = 0; i < x.Length; i++)
                        n.WeightGradients[l][i] += x[i];
            }
        }

        static class Descent
        {
            public static void Apply(Network net, float rate)
            {
                for (int l = 0; l < net.Weights.Length; l++)
                    for (int i = 0; i < net.Weights[l].Length; i++)
                        net.Weights[l][i] -= rate * net.WeightGradients[l][i];
            }
        }

        static class Trainer
        {
            public static void Run(Network network, List<float[]> examples)
            {
                foreach (float[] x in examples)
                {
                    Backpropagation.Compute(network, x);
                    ↓
                    {|CLIP101:Descent.Apply(network, 0.1f)|};
                }
            }
        }
        """,
        "Gradients.ClipNorm(1.0, network.WeightGradients);");

    [Fact]
    public Task Through_variables_and_an_interface() => VerifyAsync(
        """
        interface ITrainable
        {
            float[] Weights { get; }
            float[] Gradients { get; }
            void Backprop(float[] x);
        }

        class Trainer(ITrainable model)
        {
            public void Run(List<float[]> examples)
            {
                foreach (float[] x in examples)
                {
                    model.Backprop(x);
                    ↓
                    {|CLIP101:Apply(0.1f)|};
                }
            }

            private void Apply(float lr)
            {
                var w = model.Weights;
                var g = model.Gradients;
                for (int i = 0; i < w.Length; i++)
                    w[i] -= lr * g[i];
            }
        }

        class Linear : ITrainable
        {
            private readonly float[] _w = new float[3], _g = new float[3];
            public float[] Weights => _w;
            public float[] Gradients => _g;
            public void Backprop(float[] x) { for (int i = 0; i < 3; i++) _g[i] = x[i]; }
        }
        """,
        "Gradients.ClipNorm(1.0, model.Gradients);");

    [Fact]
    public Task Of_each_parameter_of_a_sequence() => VerifyAsync(
        """
        class Parameter
        {
            public double[] Value { get; } = new double[3];
            public double[] Gradient { get; } = new double[3];
        }

        class Regression
        {
            private readonly Parameter _w = new(), _b = new();
            public IEnumerable<Parameter> Parameters() { yield return _w; yield return _b; }
            public void Accumulate(double[] x) { for (int i = 0; i < 3; i++) { _w.Gradient[i] += x[i]; _b.Gradient[i] += 1; } }
        }

        class Sgd(double rate)
        {
            public void Step(IEnumerable<Parameter> parameters)
            {
                foreach (Parameter p in parameters)
                    for (int i = 0; i < p.Value.Length; i++)
                        p.Value[i] -= rate * p.Gradient[i];
            }
        }

        static class Trainer
        {
            public static void Run(Regression model, List<double[]> examples)
            {
                var sgd = new Sgd(0.1);
                foreach (double[] x in examples)
                {
                    model.Accumulate(x);
                    ↓
                    {|CLIP101:sgd.Step(model.Parameters())|};
                }
            }
        }
        """,
        "Gradients.ClipNorm(1.0, model.Parameters().Select(layer => layer.Gradient));");

    [Fact]
    public Task Layer_by_layer_there_is_no_norm_over_all() => FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyNoFixAsync(Usings + """
        class Network
        {
            private readonly double[][] w = [], dW = [];

            public void Learn(double[] x, double learningRate)
            {
                for (int l = 0; l < w.Length; l++)
                {
                    for (int i = 0; i < x.Length; i++)
                        dW[l][i] = x[i] * w[l][0];
                    for (int i = 0; i < x.Length; i++)
                        {|CLIP101:w[l][i] -= learningRate * dW[l][i]|};
                }
            }
        }
        """);

    [Fact]
    public Task With_a_gradient_that_is_one_number_there_is_no_norm_over_all() =>
        FixTest<TrainingLoopAnalyzer, InsertClipCodeFix>.VerifyNoFixAsync(Usings + """
        class Regression
        {
            private readonly double[] weights = new double[4];
            private double bias;

            public void Fit(double[] x, double learningRate)
            {
                var gradients = new double[4];
                double biasGradient = 0;
                for (int i = 0; i < 4; i++)
                {
                    gradients[i] += x[i];
                    biasGradient += x[i];
                }

                for (int i = 0; i < 4; i++)
                    {|CLIP101:weights[i] -= learningRate * gradients[i]|};
                bias -= learningRate * biasGradient;
            }
        }
        """);

    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using ClipGen;


        """;

    private static Task VerifyAsync(string source, string call) => InsertedCall.VerifyAsync(Usings, source, call);
}
