using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>
/// Parameters of TorchSharp with gradients in memory of torch's own, as its backward pass would leave them. Several contenders clip the same.
/// </summary>
public sealed class TorchParameters : IDisposable
{
    private readonly Parameter[] _all;
    private bool _isDisposed;

    /// <summary>Copies the gradients.</summary>
    /// <param name="gradients">The gradients.</param>
    public TorchParameters(IReadOnlyList<float[]> gradients) => _all = [.. gradients.Select(Create)];

    /// <summary>The parameters, in the order of the gradients.</summary>
    public Parameter[] All => _all;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;

        _isDisposed = true;
        foreach (Parameter parameter in _all)
        {
            parameter.grad?.Dispose();
            parameter.Dispose();
        }
    }

    // The values of a parameter play no part: one element, seen as many, spares the memory.
    private static Parameter Create(float[] gradient)
    {
        using torch.Tensor weight = torch.zeros(1).expand(gradient.Length);
        var parameter = new Parameter(weight);
        parameter.grad = torch.tensor(gradient);
        return parameter;
    }
}
