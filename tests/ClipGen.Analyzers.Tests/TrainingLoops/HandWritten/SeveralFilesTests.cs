using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>Networks in several files, of which only one has a learning rate.</summary>
public sealed class SeveralFilesTests
{
    private const string Neuron = """
        class Neuron
        {
            public double Output;
            public double Error { get; set; }
            public double[] Weights = new double[4];

            public void Learn(double learningRate)
            {
                for (int i = 0; i < Weights.Length; i++)
                    Weights[i] += learningRate * Error;
            }
        }
        """;

    private const string Network = """
        class Network
        {
            public Layer Layer = new Layer();

            public void Fit(double[] target, double learningRate)
            {
                for (int epoch = 0; epoch < 100; epoch++)
                {
                    Layer.CalculateError(target);
                    foreach (Neuron neuron in Layer.Neurons)
                        neuron.Learn(learningRate);
                }
            }
        }
        """;

    [Theory]
    [InlineData("Neurons[i].Error = target[i] - Neurons[i].Output;", true)]
    [InlineData("Neurons[i].Error -= Neurons[i].Output;", true)]
    [InlineData("System.Console.WriteLine(Neurons[i].Error == target[i]);", false)]
    public async Task Other_file_assigns_what_an_update_applies(string statement, bool isReported)
    {
        string layer = $$"""
            class Layer
            {
                public Neuron[] Neurons = new Neuron[4];

                public void CalculateError(double[] target)
                {
                    for (int i = 0; i < Neurons.Length; i++)
                        {{statement}}
                }
            }
            """;
        ImmutableArray<Diagnostic> found = await AnalyzerHarness.AnalyzeAsync(
            AnalyzerHarness.Compile(
                [("Neuron.cs", Neuron), ("Layer.cs", layer), ("Network.cs", Network)],
                [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]),
            [new TrainingLoopAnalyzer()]);
        Assert.Equal(isReported ? ["CLIP101"] : [], found.Where(finding => finding.Id == "CLIP101").Select(finding => finding.Id));
    }
}
