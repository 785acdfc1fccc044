using ClipGen.Benchmarks.Models;
using TorchSharp;

namespace ClipGen.Benchmarks.Contenders;

/// <summary><c>torch.nn.utils.clip_grad_norm_(module.parameters(), …)</c>, as most programs call it, on one thread.</summary>
/// <param name="parameters">The parameters that the module registers.</param>
public sealed class TorchModuleClipGradNorm(TorchParameters parameters) : Contender(Title)
{
    /// <summary>The name in the tables.</summary>
    public const string Title = "TorchSharp, module.parameters()";

    private readonly TorchModel _module = new(parameters.All);

    /// <inheritdoc/>
    public override void Prepare() => torch.set_num_threads(1);

    /// <inheritdoc/>
    public override double Clip(double limit) => torch.nn.utils.clip_grad_norm_(_module.parameters(), limit);

    /// <inheritdoc cref="TorchClipGradNorm.LimitNear"/>
    public override double LimitNear(double norm) => 2 * norm;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _module.Dispose();
        parameters.Dispose();
        base.Dispose();
    }
}
