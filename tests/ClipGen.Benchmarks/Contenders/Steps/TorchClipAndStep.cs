using ClipGen.Numerics;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>ClipGen's <c>optimizer.ClipAndStep(limit)</c> on an optimizer of TorchSharp.</summary>
/// <param name="training">The parameters and the optimizer.</param>
/// <param name="threads">The largest number of threads.</param>
public sealed class TorchClipAndStep(TorchTraining training, int threads) : StepContender(NameOf(threads))
{
    private readonly int _usualThreads = GradientThreads.Maximum;

    /// <summary>The name in the tables for a number of threads.</summary>
    public static string NameOf(int threads) => $"TorchSharp's optimizer, {ModelClipAndStep.NameOf(threads)}";

    /// <inheritdoc/>
    public override IEnumerable<float[]> ReadParameters() => training.Parameters.ReadWeights();

    /// <inheritdoc/>
    public override void Prepare() => GradientThreads.Maximum = threads;

    /// <inheritdoc/>
    public override double Clip(double limit) => training.Optimizer.ClipAndStep(limit).TotalNorm;

    /// <inheritdoc/>
    public override void Settle() => GradientThreads.Maximum = _usualThreads;

    /// <inheritdoc/>
    public override void Dispose()
    {
        training.Dispose();
        base.Dispose();
    }
}
