using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>
/// Parameters of TorchSharp with gradients in torch's own memory, as after its backward pass. Several contenders share them.
/// </summary>
public sealed class TorchParameters : IDisposable
{
    private readonly Parameter[] _all;
    private bool _isDisposed;

    /// <summary>Copies the gradients.</summary>
    /// <param name="gradients">The gradients.</param>
    public TorchParameters(IReadOnlyList<float[]> gradients) => _all = [.. gradients.Select(gradient => Create(gradient))];

    /// <summary>Copies the gradients and the values of the parameters.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="weights">The values of the parameters, in the order of the gradients.</param>
    public TorchParameters(IReadOnlyList<float[]> gradients, IReadOnlyList<float[]> weights) =>
        _all = [.. gradients.Zip(weights, (gradient, weight) => Create(gradient, torch.tensor(weight)))];

    /// <summary>The parameters, in the order of the gradients.</summary>
    public Parameter[] All => _all;

    /// <summary>Copies the values of the parameters.</summary>
    public IEnumerable<float[]> ReadWeights() => _all.Select(parameter => parameter.data<float>().ToArray());

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

    // A clip does not read the values of a parameter. One element with a stride of 0 saves the memory.
    private static Parameter Create(float[] gradient)
    {
        using torch.Tensor one = torch.zeros(1);
        return Create(gradient, one.expand(gradient.Length));
    }

    private static Parameter Create(float[] gradient, torch.Tensor weight)
    {
        using torch.Tensor _ = weight;
        var parameter = new Parameter(weight);
        parameter.grad = torch.tensor(gradient);
        return parameter;
    }
}
