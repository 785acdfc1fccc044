using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>The texts of the warnings.</summary>
public sealed class MessageTests
{
    [Fact]
    public async Task Names_the_method_the_optimizer_and_the_line_of_the_backward_pass()
    {
        Diagnostic warning = await OneOfAsync("""
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer
            {
                void Train(nn.Module<Tensor, Tensor> model, Tensor x)
                {
                    var adam = optim.Adam(model.parameters());
                    adam.zero_grad();
                    model.forward(x).backward();
                    adam.step();
                }
            }
            """);
        Assert.Equal(
            "'Train' steps 'adam' on the gradients of the backward pass in line 10, and nothing clips them in between. "
                + "Call torch.nn.utils.clip_grad_norm_(model.parameters(), …) before the step.",
            warning.GetMessage());
        Location backward = Assert.Single(warning.AdditionalLocations);
        Assert.Equal(9, backward.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public async Task Points_at_the_step_that_a_helper_hides()
    {
        Diagnostic warning = await OneOfAsync("""
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer(optim.Optimizer adam)
            {
                void Train(Tensor loss)
                {
                    loss.backward();
                    Apply(adam);
                }

                static void Apply(optim.Optimizer optimizer) => optimizer.step();
            }
            """);
        Assert.Contains("'adam'", warning.GetMessage(), StringComparison.Ordinal);
        Assert.Equal([7, 11], warning.AdditionalLocations.Select(location => location.GetLineSpan().StartLinePosition.Line));
    }

    [Fact]
    public async Task Says_that_a_clip_is_dropped()
    {
        Diagnostic warning = await OneOfAsync("""
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer
            {
                void Train(Tensor loss, Tensor weight, optim.Optimizer adam)
                {
                    adam.zero_grad();
                    loss.backward();
                    weight.grad!.clamp(-1, 1);
                    adam.step();
                }
            }
            """);
        Assert.Contains("The result of line 10 is a new tensor that is discarded", warning.GetMessage(), StringComparison.Ordinal);
    }

    private const string Network = """
        class NeuralNetwork
        {
            public float[] W = new float[4], DW = new float[4];
            public void Backward(float[] x) { for (int i = 0; i < 4; i++) DW[i] += x[i]; }
            public void UpdateWeights() { for (int i = 0; i < 4; i++) W[i] -= 0.1f * DW[i]; }

            public void Train(float[] x)
            {
                Backward(x);
                UpdateWeights();
            }
        }

        """;

    [Fact]
    public async Task An_object_that_steps_itself_is_named_by_the_call() => Assert.StartsWith(
        "'Train' steps with 'UpdateWeights' on the gradients of the backward pass in line 9, and nothing clips them in between.",
        (await OneOfAsync(Network)).GetMessage(),
        StringComparison.Ordinal);

    [Fact]
    public async Task Errors_that_are_kept_after_a_step_are_not_its_backward_pass() => Assert.Contains(
        "on the gradients of the backward pass in line 12,",
        (await OneOfAsync("""
            using System.Collections.Generic;

            class Network
            {
                private readonly double[] weights = new double[4], deltas = new double[4];
                private readonly List<double> errors = [];

                void Train(double[] target, double[] output, double learningRate)
                {
                    for (int epoch = 0; epoch < 100; epoch++)
                    {
                        for (int i = 0; i < 4; i++) { deltas[i] = target[i] - output[i]; }
                        UpdateWeights(learningRate);
                        errors.Add(Loss(target, output));
                    }
                }

                void UpdateWeights(double learningRate)
                {
                    for (int i = 0; i < 4; i++)
                        weights[i] += learningRate * deltas[i];
                }

                static double Loss(double[] target, double[] output) => target[0] - output[0];
            }
            """)).GetMessage(),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_private_member_of_another_class_is_not_named() => Assert.StartsWith(
        "'Train' steps 'holder' on the gradients",
        (await OneOfAsync("""
            using static TorchSharp.torch;

            class Trainer
            {
                void Train(Holder holder, Tensor loss)
                {
                    loss.backward();
                    holder.Apply();
                }
            }

            class Holder(optim.Optimizer optimizer)
            {
                private readonly optim.Optimizer _optimizer = optimizer;
                public void Apply() { _optimizer.step(); _optimizer.zero_grad(); }
            }
            """)).GetMessage(),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_variable_of_a_called_method_is_not_named() => Assert.StartsWith(
        "'Train' steps with 'Finish' on the gradients",
        (await OneOfAsync("""
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer
            {
                void Train(nn.Module<Tensor, Tensor> model, Tensor x)
                {
                    model.zero_grad();
                    model.forward(x).backward();
                    Finish(model);
                }

                static void Finish(nn.Module<Tensor, Tensor> model)
                {
                    var adam = optim.Adam(model.parameters());
                    adam.step();
                }
            }
            """)).GetMessage(),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_backward_pass_that_a_thread_runs_is_named_by_its_method() => Assert.Contains(
        "on the gradients of the backward pass in 'Worker', called in line 11,",
        (await OneOfAsync("""
            using System.Threading;
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer(nn.Module<Tensor, Tensor> model, optim.Optimizer adam, Tensor x)
            {
                void Train()
                {
                    adam.zero_grad();
                    // The line of the thread says nothing of a backward pass.
                    var thread = new Thread(Worker);
                    thread.Start();
                    thread.Join();
                    adam.step();
                }

                private void Worker() => model.forward(x).backward();
            }
            """)).GetMessage(),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_backward_pass_that_a_called_method_reaches_is_named_by_both() => Assert.Contains(
        "on the gradients of the backward pass in 'Worker', which line 8 reaches,",
        (await OneOfAsync("""
            using TorchSharp;
            using static TorchSharp.torch;

            class Trainer(nn.Module<Tensor, Tensor> model, optim.Optimizer adam, Tensor x)
            {
                void Train()
                {
                    Run();
                    adam.step();
                }

                private void Run() => Worker();

                private void Worker() => model.forward(x).backward();
            }
            """, "CLIP101")).GetMessage(),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_call_that_steps_and_computes_the_errors_of_the_next_layer_is_not_its_own_backward_pass() => Assert.Contains(
        "on the gradients of the backward pass in line 22,",
        (await OneOfAsync("""
            class Layer
            {
                private readonly double[] weights = new double[4];

                public double[] Train(double[] errors, double learningRate)
                {
                    double[] previousErrors = new double[4];
                    for (int i = 0; i < weights.Length; i++)
                    {
                        previousErrors[i] = errors[i] * weights[i];
                        weights[i] += learningRate * errors[i];
                    }
                    return previousErrors;
                }
            }

            class Network(Layer[] layers)
            {
                void Train(double[] target, double[] output, double[] errors, double learningRate)
                {
                    for (int i = 0; i < errors.Length; i++)
                        errors[i] = target[i] - output[i];
                    for (int i = layers.Length - 1; i >= 0; i--)
                        errors = layers[i].Train(errors, learningRate);
                }
            }
            """, "CLIP101")).GetMessage(),
        StringComparison.Ordinal);

    private static async Task<Diagnostic[]> AllOfAsync(string source)
    {
        var compilation = AnalyzerHarness.Compile(source,
            [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.TorchSharp]);
        AnalyzerHarness.AssertCompiles(compilation);
        return [.. await AnalyzerHarness.AnalyzeAsync(compilation, [new TrainingLoopAnalyzer()])];
    }

    private static async Task<Diagnostic> OneOfAsync(string source, string? id = null) =>
        Assert.Single(await AllOfAsync(source), found => id is null || found.Id == id);
}
