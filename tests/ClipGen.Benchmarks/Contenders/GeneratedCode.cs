using ClipGen.Benchmarks.Models;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>What the compiler wrote for the model.</summary>
public sealed class GeneratedCode(IBenchmarkModel model) : Contender(OneThread)
{
    /// <summary>The contender that all others are compared with.</summary>
    public const string OneThread = "ClipGen";

    /// <inheritdoc/>
    public override double Clip(double limit) => model.Clip(limit).TotalNorm;
}
