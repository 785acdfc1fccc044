using ClipGen.Benchmarks.Models.Steps;
using ClipGen.Numerics;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>The base class of contenders with an annotated model: the model and the number of threads.</summary>
/// <param name="name">The name in the tables.</param>
/// <param name="model">The model.</param>
/// <param name="threads">The largest number of threads. Small models use only one.</param>
public abstract class ModelSteps(string name, IStepModel model, int threads) : StepContender(name)
{
    private readonly int _usualThreads = GradientThreads.Maximum;

    /// <inheritdoc/>
    public override IEnumerable<float[]> ReadParameters() => model.Parameters;

    /// <inheritdoc/>
    public sealed override void Prepare() => GradientThreads.Maximum = threads;

    /// <inheritdoc/>
    public sealed override void Settle() => GradientThreads.Maximum = _usualThreads;
}
