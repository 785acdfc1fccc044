using System.Collections.Concurrent;

namespace TemporalOrder;

/// <summary>Runs all trials of the settings, several at the same time.</summary>
public static class Experiment
{
    /// <summary>Runs the trials. The results depend only on <paramref name="settings"/>, not on the number of threads.</summary>
    /// <param name="settings">What to run.</param>
    /// <param name="threads">The number of trials that run at the same time.</param>
    /// <param name="finished">Called at the end of every trial, from one thread at a time.</param>
    /// <param name="cancellation">Ends the run with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The results in the order of <see cref="ExperimentSettings.Trials"/>.</returns>
    public static ExperimentReport Run(
        ExperimentSettings settings,
        int threads,
        Action<TrialResult>? finished = null,
        CancellationToken cancellation = default)
    {
        IReadOnlyList<Trial> trials = settings.Trials();
        var results = new TrialResult[trials.Count];
        var reporting = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };

        // Threads take one trial at a time, because the lengths of trials differ too much for fixed ranges.
        Parallel.ForEach(
            Partitioner.Create(Enumerable.Range(0, trials.Count), EnumerablePartitionerOptions.NoBuffering),
            parallel,
            index =>
            {
                Trial trial = trials[index];
                TrialResult result = trial.Clipping == Clipping.With
                    ? Trainer.TrainWithClipping(trial, settings.StepBudget, settings.Limit, cancellation)
                    : Trainer.TrainWithoutClipping(trial, settings.StepBudget, cancellation);
                results[index] = result;
                lock (reporting) finished?.Invoke(result);
            });

        return new ExperimentReport(settings, results);
    }
}
