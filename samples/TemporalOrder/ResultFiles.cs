namespace TemporalOrder;

/// <summary>The files that a run writes to its output folder.</summary>
public static class ResultFiles
{
    /// <summary>Writes the charts and a line for every trial.</summary>
    /// <returns>The paths of the files.</returns>
    public static IReadOnlyList<string> Write(ExperimentReport report, DirectoryInfo folder)
    {
        string success = Path.Combine(folder.FullName, "temporal-order-success.png");
        string norms = Path.Combine(folder.FullName, "temporal-order-norms.png");
        string trials = Path.Combine(folder.FullName, "temporal-order-trials.csv");
        SuccessChart.Save(report, success);
        GradientNormChart.Save(report, norms);
        File.WriteAllLines(trials, Rows(report));
        return [success, norms, trials];
    }

    private static IEnumerable<string> Rows(ExperimentReport report) =>
    [
        "cell,optimizer,length,learning_rate,seed,clipping,outcome,steps,largest_gradient_norm,clipped_steps",
        .. from result in report.Results
           let trial = result.Trial
           orderby trial.Length, trial.LearningRate, trial.Clipping, trial.Seed
           select string.Join(
               ',',
               $"{trial.Cell},{trial.Optimizer},{trial.Length},{trial.LearningRate},{trial.Seed},{trial.Clipping}",
               $"{result.Outcome},{result.Steps},{result.LargestNorm:g9},{result.ClippedSteps}"),
    ];
}
