using System.Collections.Concurrent;

namespace TemporalOrder;

/// <summary>Runs all trials of the settings, several at a time.</summary>
public static class Experiment
{
    /// <summary>Runs the trials. The results depend on <paramref name="settings"/> alone, however many threads there are.</summary>
    /// <param name="settings">What to run.</param>
    /// <param name="threads">How many trials run at a time.</param>
    /// <param name="finished">Told about every trial as it ends, from one thread at a time.</param>
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

        // One trial at a time from the list: trials differ too much in length to be dealt out in ranges.
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
