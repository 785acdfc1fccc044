using ClipGen;
using TemporalOrder.Networks;

namespace TemporalOrder;

/// <summary>The two training loops that the experiment compares. They differ only in clipping.</summary>
public static class Trainer
{
    /// <summary>Trains with gradients clipped to <paramref name="limit"/>.</summary>
    /// <param name="trial">The network to train.</param>
    /// <param name="stepBudget">The number of steps after which a network that has not solved the task is stopped.</param>
    /// <param name="limit">The limit: a fixed norm, or an adaptive limit.</param>
    /// <param name="cancellation">Ends the training without a result.</param>
    public static TrialResult TrainWithClipping(Trial trial, int stepBudget, ClippingLimit limit, CancellationToken cancellation = default)
    {
        var run = new TrainingRun(trial, stepBudget, cancellation);
        RecurrentNetwork network = run.Network;
        AdaptiveLimit? adaptive = limit.CreateAdaptive();
        while (run.NextBatch())
        {
            network.ZeroGradients();
            network.Forward(run.Batch);
            network.Backward(run.Batch);

            // Without this argument, the limit of the network's [ClipGradNorm] would apply. By the policy of the network, a gradient that
            // is not finite skips the step.
            ClipResult clipping = adaptive is null
                ? run.Optimizer.ClipAndStep(network, limit.Norm)
                : run.Optimizer.ClipAndStep(network, adaptive);
            if (!clipping.IsFinite) return run.Diverged();

            run.Record(clipping.TotalNorm, clipping.Clipped);
        }

        return run.Result();
    }

    /// <summary>Trains with unclipped gradients, for comparison.</summary>
    /// <param name="trial">The network to train.</param>
    /// <param name="stepBudget">The number of steps after which a network that has not solved the task is stopped.</param>
    /// <param name="cancellation">Ends the training without a result.</param>
    public static TrialResult TrainWithoutClipping(Trial trial, int stepBudget, CancellationToken cancellation = default)
    {
        var run = new TrainingRun(trial, stepBudget, cancellation);
        RecurrentNetwork network = run.Network;
        while (run.NextBatch())
        {
            network.ZeroGradients();
            network.Forward(run.Batch);
            network.Backward(run.Batch);

            double norm = network.GradientNorm();
            if (!double.IsFinite(norm)) return run.Diverged();

#pragma warning disable CLIP101 // on purpose: the experiment shows what happens when gradients are never clipped
            run.Optimizer.Step(network);
#pragma warning restore CLIP101
            run.Record(norm);
        }

        return run.Result();
    }
}
