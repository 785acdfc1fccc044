namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary><c>torch.nn.utils.clip_grad_norm_</c>, then the optimizer's own <c>step()</c>.</summary>
/// <param name="training">The parameters and the optimizer.</param>
/// <param name="threads">The largest number of threads of torch.</param>
public sealed class TorchClipThenStep(TorchTraining training, int threads) : StepContender(TorchClipGradNorm.NameOf(threads))
{
    private readonly TorchClipGradNorm _clip = new(training.Parameters, threads);

    /// <inheritdoc/>
    public override IEnumerable<float[]> ReadParameters() => training.Parameters.ReadWeights();

    /// <inheritdoc/>
    public override void Prepare() => _clip.Prepare();

    /// <inheritdoc/>
    public override double Clip(double limit)
    {
        double norm = _clip.Clip(limit);
        training.Optimizer.step();
        return norm;
    }

    /// <inheritdoc/>
    public override double LimitNear(double norm) => _clip.LimitNear(norm);

    /// <inheritdoc/>
    public override void Settle() => _clip.Settle();

    /// <inheritdoc/>
    public override void Dispose()
    {
        training.Dispose();
        base.Dispose();
    }
}
