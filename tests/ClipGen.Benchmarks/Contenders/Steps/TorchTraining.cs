using TorchSharp;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>Parameters of TorchSharp and one of its optimizers for them. Several contenders share them.</summary>
public sealed class TorchTraining : IDisposable
{
    private bool _isDisposed;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="parameters">The parameters, which are disposed of with this object.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="learningRate">The learning rate.</param>
    public TorchTraining(TorchParameters parameters, UpdateRule rule, double learningRate)
    {
        Parameters = parameters;
        Optimizer = UpdateOptions.CreateForTorch(rule, parameters.All, learningRate);
    }

    /// <summary>The parameters.</summary>
    public TorchParameters Parameters { get; }

    /// <summary>The optimizer.</summary>
    public torch.optim.Optimizer Optimizer { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;

        _isDisposed = true;
        Optimizer.Dispose();
        Parameters.Dispose();
    }
}
