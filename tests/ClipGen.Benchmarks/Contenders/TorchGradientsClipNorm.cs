using ClipGen.Numerics;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>
/// <c>TorchGradients.ClipNorm</c> over an array of parameters.
/// </summary>
/// <param name="parameters">The parameters.</param>
/// <param name="threads">The largest number of threads.</param>
public sealed class TorchGradientsClipNorm(TorchParameters parameters, int threads) : Contender(NameOf(threads))
{
    private readonly int _usualThreads = GradientThreads.Maximum;

    /// <summary>The name in the tables for a number of threads.</summary>
    public static string NameOf(int threads) => $"TorchGradients, {threads} thread{(threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    public override void Prepare() => GradientThreads.Maximum = threads;

    /// <inheritdoc/>
    public override double Clip(double limit) => TorchGradients.ClipNorm(parameters.All, limit).TotalNorm;

    /// <inheritdoc/>
    public override void Settle() => GradientThreads.Maximum = _usualThreads;

    /// <inheritdoc/>
    public override void Dispose()
    {
        parameters.Dispose();
        base.Dispose();
    }
}
