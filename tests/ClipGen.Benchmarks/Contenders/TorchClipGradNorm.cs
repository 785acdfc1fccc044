using TorchSharp;

namespace ClipGen.Benchmarks.Contenders;

/// <summary><c>torch.nn.utils.clip_grad_norm_</c> over an array of parameters.</summary>
/// <param name="parameters">The parameters.</param>
/// <param name="threads">The largest number of threads of torch.</param>
public sealed class TorchClipGradNorm(TorchParameters parameters, int threads) : Contender(NameOf(threads))
{
    // After their work, threads of torch are in a busy wait for a moment, which must not overlap with the next contender.
    private static readonly TimeSpan ThreadsComeToRest = TimeSpan.FromMilliseconds(3);

    /// <summary>The name in the tables for a number of threads.</summary>
    public static string NameOf(int threads) => $"TorchSharp, {threads} thread{(threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    public override void Prepare() => torch.set_num_threads(threads);

    /// <inheritdoc/>
    public override double Clip(double limit) => torch.nn.utils.clip_grad_norm_(parameters.All, limit);

    /// <summary>
    /// Torch multiplies in every call, with a factor of at most 1. With a limit well above the norm, it does all its work and never changes
    /// the gradients, which other contenders share.
    /// </summary>
    /// <param name="norm">The norm.</param>
    public override double LimitNear(double norm) => 2 * norm;

    /// <inheritdoc/>
    public override void Settle()
    {
        if (threads > 1) Thread.Sleep(ThreadsComeToRest);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        parameters.Dispose();
        base.Dispose();
    }
}
