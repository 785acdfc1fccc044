using ClipGen.Benchmarks.Models;
using ClipGen.Numerics;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>The generated code of a module, on one thread.</summary>
/// <param name="parameters">The parameters that the module registers.</param>
public sealed class GeneratedModule(TorchParameters parameters) : Contender(Title)
{
    /// <summary>The name in the tables.</summary>
    public const string Title = "generated for a module";

    private readonly int _usualThreads = GradientThreads.Maximum;
    private readonly TorchModel _module = new(parameters.All);

    /// <inheritdoc/>
    public override void Prepare() => GradientThreads.Maximum = 1;

    /// <inheritdoc/>
    public override double Clip(double limit) => _module.ClipGradients(limit).TotalNorm;

    /// <inheritdoc/>
    public override void Settle() => GradientThreads.Maximum = _usualThreads;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _module.Dispose();
        parameters.Dispose();
        base.Dispose();
    }
}
