using ClipGen;

namespace TemporalOrder;

/// <summary>A clipped trial that was trained once more, with a recorder.</summary>
/// <param name="Result">The result of the trial, with the same bits as without a recorder.</param>
/// <param name="Recommendation">The recommended limit; <see langword="null"/> if no norm was positive and finite.</param>
/// <param name="Files">The paths of the page and of the record.</param>
public sealed record RecordedTrial(TrialResult Result, LimitRecommendation? Recommendation, IReadOnlyList<string> Files)
{
    /// <summary>Trains a trial with clipping, and writes the page and the record of its norms.</summary>
    /// <remarks>
    /// A recorder receives every clip of the process, and records all networks of a type together. No other network may be trained at the
    /// same time.
    /// </remarks>
    /// <param name="trial">The trial.</param>
    /// <param name="settings">The budget and the limit.</param>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="cancellation">Ends the training without a result.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static RecordedTrial Train(
        Trial trial,
        ExperimentSettings settings,
        DirectoryInfo folder,
        CancellationToken cancellation = default)
    {
        // The trial takes seconds and can be repeated, so the recorder needs no file that survives a crash.
        var options = new NormRecorderOptions { WritesJournal = false };
        using NormRecorder run = NormRecorder.Start($"temporal-order, {Describe(trial, settings)}", options);
        TrialResult result = Trainer.TrainWithClipping(trial, settings.StepBudget, settings.Limit, cancellation);

        string page = Path.Combine(folder.FullName, "temporal-order.html");
        string record = Path.Combine(folder.FullName, "temporal-order.clipgen.json");
        run.WriteReport(page);
        run.Save(record);
        return new RecordedTrial(result, run.Recommendations.FirstOrDefault(), [page, record]);
    }

    /// <summary>The settings of a trial in one line.</summary>
    public static string Describe(Trial trial, ExperimentSettings settings) =>
        $"{trial.Cell} with {trial.Optimizer}, length {trial.Length}, learning rate {trial.LearningRate}, seed {trial.Seed}, "
            + $"limit {settings.Limit}";
}
