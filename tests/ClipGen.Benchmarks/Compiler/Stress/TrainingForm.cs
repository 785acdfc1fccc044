namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>A form of training: the parts of a training step, which the shapes repeat.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Types">The types that the step uses.</param>
/// <param name="Parameters">The parameters of a method that trains.</param>
/// <param name="Arguments">The arguments of a call of this method.</param>
/// <param name="Backward">A backward pass.</param>
/// <param name="Clip">A clip.</param>
/// <param name="Step">A step.</param>
internal sealed record TrainingForm(
    string Name, string Types, string Parameters, string Arguments, string Backward, string Clip, string Step)
{
    public static IReadOnlyList<TrainingForm> All { get; } =
    [
        new(
            "TorchSharp",
            "",
            "Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor loss, float[] values",
            "model, optimizer, loss, values",
            "loss.backward();",
            "nn.utils.clip_grad_norm_(model.parameters(), 1.0);",
            "optimizer.step();"),
        new(
            "by hand",
            HandWrittenLayer.Declare("public class Layer"),
            "Layer model, float[] values",
            "model, values",
            "model.Backward(values);",
            "model.ClipGradients(1);",
            "model.UpdateWeights(0.01f);"),
    ];

    /// <summary>Backward pass and step, without a clip.</summary>
    public string Training => $"{Backward} {Step}";

    /// <summary>A program whose <c>Trainer</c> has one method that trains, with the statements in it.</summary>
    public string Method(string statements) => Class($$"""
            public static void Train({{Parameters}}, int n)
            {
                float gradScale = 1, total = 0;
                for (int epoch = 0; epoch < n; epoch++)
                {
                    {{Training}}
        {{statements}}
                }

                Console.WriteLine(total * gradScale);
            }
        """);

    /// <summary>A program whose <c>Trainer</c> has the members.</summary>
    public string Class(string members) => $"{Types}public static class Trainer\n{{\n{members}\n}}\n";
}
