using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>
/// <c>torch.nn.utils.clip_grad_norm_</c> over gradients of the same shapes and values in memory of torch's own, as its backward pass would leave them.
/// </summary>
public sealed class TorchClipGradNorm : Contender
{
    // Threads of torch wait actively for a moment after their work, which must not fall into the next contender's time.
    private static readonly TimeSpan ThreadsComeToRest = TimeSpan.FromMilliseconds(3);

    private readonly int _threads;
    private readonly Parameter[] _parameters;

    /// <summary>Copies the gradients.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="threads">How many threads torch may use.</param>
    public TorchClipGradNorm(float[][] gradients, int threads)
        : base(NameOf(threads))
    {
        _threads = threads;
        _parameters = [.. gradients.Select(CreateParameter)];
    }

    /// <summary>What the tables call torch with so many threads.</summary>
    public static string NameOf(int threads) => $"TorchSharp, {threads} thread{(threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    public override void Prepare() => torch.set_num_threads(_threads);

    /// <inheritdoc/>
    public override double Clip(double limit) => torch.nn.utils.clip_grad_norm_(_parameters, limit);

    /// <inheritdoc/>
    public override void Settle()
    {
        if (_threads > 1) Thread.Sleep(ThreadsComeToRest);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.grad?.Dispose();
            parameter.Dispose();
        }

        base.Dispose();
    }

    // The values of a parameter play no part: one element, seen as many, spares the memory.
    private static Parameter CreateParameter(float[] gradient)
    {
        using torch.Tensor weight = torch.zeros(1).expand(gradient.Length);
        var parameter = new Parameter(weight);
        parameter.grad = torch.tensor(gradient);
        return parameter;
    }
}
