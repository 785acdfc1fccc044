namespace TemporalOrder.Tests;

public sealed class ExperimentReportTests
{
    [Fact]
    public void Each_side_counts_at_its_own_best_learning_rate_for_each_length()
    {
        ExperimentReport report = Create((trial) => (trial.Clipping, trial.Length, trial.LearningRate) switch
        {
            (Clipping.With, 20, 0.01) => 1,
            (Clipping.With, 20, 0.1) => 3,
            (Clipping.With, 40, 0.01) => 2,
            (Clipping.Without, 20, 0.01) => 2,
            (Clipping.Without, 20, 0.1) => 1,
            _ => 0,
        });

        Assert.Equal(0.1, report.BestLearningRate(20, Clipping.With));
        Assert.Equal(0.01, report.BestLearningRate(40, Clipping.With));
        Assert.Equal(0.01, report.BestLearningRate(20, Clipping.Without));
        Assert.Equal("solved: with clipping 5/6, without 2/6", report.Conclusion);
    }

    [Fact]
    public void Of_learning_rates_that_solve_as_much_the_faster_is_the_best()
    {
        ExperimentReport report = Create(_ => 3, trial => trial.LearningRate.Equals(0.1) ? 500 : 900);

        Assert.Equal(0.1, report.BestLearningRate(20, Clipping.Without));
        Assert.Equal("solved: with clipping 6/6, without 6/6", report.Conclusion);
    }

    [Fact]
    public void The_typical_trial_of_the_longest_solved_length_is_drawn_with_its_twin()
    {
        ExperimentReport report = Create(
            trial => trial.Clipping == Clipping.With && trial.Length == 20 ? 3 : 0,
            trial => trial.Clipping == Clipping.With ? 100 * (4 - trial.Seed) : 1000);
        (TrialResult with, TrialResult without) = GradientNormChart.Choose(report);

        Assert.Equal(200, with.Steps);
        Assert.Equal((20, 2, Clipping.With), (with.Trial.Length, with.Trial.Seed, with.Trial.Clipping));
        Assert.Equal(with.Trial with { Clipping = Clipping.Without }, without.Trial);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Charts_and_rows_are_written_whatever_was_solved(int solvers)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("temporal-order-");
        try
        {
            IReadOnlyList<string> written = ResultFiles.Write(Create(_ => solvers), folder);

            Assert.All(written, path => Assert.True(new FileInfo(path).Length > 100));
            Assert.Equal(1 + 2 * 2 * 3 * 2,
                File.ReadAllLines(written.Single(path => path.EndsWith(".csv", StringComparison.Ordinal))).Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Two lengths, two learning rates, three seeds, of which the first ones solve the task.
    private static ExperimentReport Create(Func<Trial, int> solvers, Func<Trial, int>? steps = null)
    {
        var settings = new ExperimentSettings([20, 40], [0.01, 0.1], Seeds: 3, StepBudget: 1000, Limit: 1);
        return new ExperimentReport(settings, [.. settings.Trials().Select(Result)]);

        TrialResult Result(Trial trial)
        {
            int count = steps?.Invoke(trial) ?? 100;
            TrialOutcome outcome = trial.Seed <= solvers(trial) ? TrialOutcome.Solved : TrialOutcome.OutOfSteps;
            return new TrialResult(trial, outcome, count, 0, [.. Enumerable.Range(1, count).Select(step => step / 10f)]);
        }
    }
}
