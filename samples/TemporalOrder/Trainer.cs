using ClipGen;
using TemporalOrder.Networks;

namespace TemporalOrder;

/// <summary>The two training loops that the experiment compares. Only the clipping is different.</summary>
public static class Trainer
{
    /// <summary>Trains with gradients clipped to <paramref name="limit"/>.</summary>
    /// <param name="trial">What to train.</param>
    /// <param name="stepBudget">The number of steps after which a network that has not solved the task is given up.</param>
    /// <param name="limit">The largest gradient norm that is left as it is, or an adaptive limit.</param>
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

            // Without an argument the limit would be the one in the [ClipGradNorm] of the network.
            // A gradient that is not finite skips the step, by the policy of the network.
            ClipResult clipping = adaptive is null
                ? run.Optimizer.ClipAndStep(network, limit.Norm)
                : run.Optimizer.ClipAndStep(network, adaptive);
            if (!clipping.IsFinite) return run.Diverged();

            run.Record(clipping.TotalNorm, clipping.Clipped);
        }

        return run.Result();
    }

    /// <summary>Trains with the gradients as they come: what the experiment compares with.</summary>
    /// <param name="trial">What to train.</param>
    /// <param name="stepBudget">The number of steps after which a network that has not solved the task is given up.</param>
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
