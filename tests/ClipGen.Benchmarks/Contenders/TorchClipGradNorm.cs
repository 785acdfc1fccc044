using TorchSharp;

namespace ClipGen.Benchmarks.Contenders;

/// <summary><c>torch.nn.utils.clip_grad_norm_</c> over an array of parameters.</summary>
/// <param name="parameters">The parameters.</param>
/// <param name="threads">How many threads torch may use.</param>
public sealed class TorchClipGradNorm(TorchParameters parameters, int threads) : Contender(NameOf(threads))
{
    // Threads of torch wait actively for a moment after their work, which must not fall into the next contender's time.
    private static readonly TimeSpan ThreadsComeToRest = TimeSpan.FromMilliseconds(3);

    /// <summary>What the tables call it with so many threads.</summary>
    public static string NameOf(int threads) => $"TorchSharp, {threads} thread{(threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    public override void Prepare() => torch.set_num_threads(threads);

    /// <inheritdoc/>
    public override double Clip(double limit) => torch.nn.utils.clip_grad_norm_(parameters.All, limit);

    /// <summary>
    /// Torch multiplies in every call, at most with 1: well above the norm, it does all its work and never changes the values that others
    /// clip too.
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
