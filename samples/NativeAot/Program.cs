using ClipGen;
using NativeAot;

// Trains for a few steps and prints the bits of each clip and of the clipped gradients. They are the same with the JIT and ahead of time,
// on every instruction set.
var network = new Network();
var examples = new Examples(seed: 1);
for (int step = 0; step < 20; step++)
{
    (float[] input, float target) = examples.Next();
    network.Backward(input, target);
    ClipResult result = network.ClipGradients();
    network.Step(learningRate: 0.01f);
    Console.WriteLine(
        $"{step:d2} norm {BitConverter.DoubleToUInt64Bits(result.TotalNorm):x16} scale {BitConverter.DoubleToUInt64Bits(result.Scale):x16}"
        + $" gradients {network.GradientBits():x16} {(result.Clipped ? "clipped" : "")}".TrimEnd());
}

// Gradients without declarations, in several forms.
float[] weights = [3, 4];
var biases = new List<double[]> { new double[] { 12 }, new double[] { 84 } };
float[,] embeddings = { { 132 } };
double norm = Gradients.Norm(weights.AsSpan(), biases, embeddings);
ClipResult undeclared = Gradients.ClipNorm(1.0, weights, biases.Select(bias => bias), embeddings);
Console.WriteLine(
    $"undeclared {BitConverter.DoubleToUInt64Bits(norm):x16} scale {BitConverter.DoubleToUInt64Bits(undeclared.Scale):x16}"
    + $" first {BitConverter.SingleToUInt32Bits(weights[0]):x8}");
