using ClipGen.Benchmarks.Models.Steps;
using ClipGen.Numerics;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>What the contenders over an annotated model share: the model and the number of threads.</summary>
/// <param name="name">What the tables call it.</param>
/// <param name="model">The model.</param>
/// <param name="threads">How many threads may take part. Small models take one all the same.</param>
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
