// The code around fragments of training loops: a network, its optimizer and its batches.

global using ClipGen;
global using TorchSharp;
global using static Surroundings;
global using static TorchSharp.torch;

internal static class Surroundings
{
    public static readonly nn.Module<Tensor, Tensor> model = nn.Linear(10, 1);

    public static readonly optim.Optimizer optimizer = optim.SGD(model.parameters(), 0.1);

    public static readonly List<Tensor> batches = [];

    public static Tensor Loss(Tensor batch) => model.call(batch).mean();
}
