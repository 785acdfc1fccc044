using ClipGen.Numerics;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>One limit of one model, for a clip or a step on one thread.</summary>
/// <param name="name">The name in the table.</param>
/// <param name="run">Clips, or clips and steps.</param>
public sealed class LimitContender(string name, Func<ClipResult> run) : Contender(name)
{
    private readonly int _usualThreads = GradientThreads.Maximum;

    /// <inheritdoc/>
    public override void Prepare() => GradientThreads.Maximum = 1;

    /// <inheritdoc/>
    public override void Settle() => GradientThreads.Maximum = _usualThreads;

    /// <inheritdoc/>
    public override double Clip(double limit) => run().TotalNorm;

    /// <summary>Does nothing: the tests compare the limits with their formulas.</summary>
    public override void Check()
    {
    }
}
