using ClipGen.Benchmarks.Models;
using ClipGen.Numerics;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>The generated code of a model.</summary>
/// <param name="model">The model.</param>
/// <param name="threads">The largest number of threads. Small models use only one.</param>
/// <param name="name">The name in the tables.</param>
public sealed class GeneratedCode(IBenchmarkModel model, int threads, string name) : Contender(name)
{
    /// <summary>The contender that all others are compared with.</summary>
    public const string OneThread = "ClipGen";

    /// <summary>The same gradients, not unrolled.</summary>
    public const string KernelCalls = "ClipGen, kernel calls";

    private int _usualThreads;

    /// <inheritdoc/>
    public override void Prepare()
    {
        _usualThreads = GradientThreads.Maximum;
        GradientThreads.Maximum = threads;
    }

    /// <inheritdoc/>
    public override double Clip(double limit) => model.Clip(limit).TotalNorm;

    /// <inheritdoc/>
    public override void Settle() => GradientThreads.Maximum = _usualThreads;
}
