using TemporalOrder.Networks;

namespace TemporalOrder.Tests;

public sealed class TrainerTests
{
    private static readonly Trial Clipped = new(Length: 12, LearningRate: 0.1, Seed: 1, Clipping.With);
    private static readonly Trial Unclipped = Clipped with { Clipping = Clipping.Without };

    public static MatrixTheoryData<CellKind, OptimizerKind> Combinations =>
        new(Enum.GetValues<CellKind>(), Enum.GetValues<OptimizerKind>());

    [Fact]
    public void The_same_trial_gives_the_same_result_twice()
    {
        TrialResult first = TrainWithClipping(Clipped, 300, limit: 1);
        TrialResult second = TrainWithClipping(Clipped, 300, limit: 1);

        AssertSame(first, second);
    }

    [Fact]
    public void The_number_of_threads_does_not_change_the_results()
    {
        var settings = new ExperimentSettings([10, 14], [0.03, 0.1], Seeds: 2, StepBudget: 200, Limit: 1);
        ExperimentReport one = Run(settings, threads: 1);
        ExperimentReport two = Run(settings, threads: 2);

        Assert.Equal(settings.Trials(), one.Results.Select(result => result.Trial));
        foreach ((TrialResult first, TrialResult second) in one.Results.Zip(two.Results)) AssertSame(first, second);
    }

    [Fact]
    public void A_limit_that_is_never_reached_trains_like_no_clipping()
    {
        TrialResult with = TrainWithClipping(Clipped, 200, limit: 1e9);
        TrialResult without = TrainWithoutClipping(Unclipped, 200);

        Assert.Equal(0, with.ClippedSteps);
        Assert.Equal(without.GradientNorms, with.GradientNorms);
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Every_cell_trains_with_every_optimizer_on_both_sides(CellKind cell, OptimizerKind optimizer)
    {
        Trial trial = Clipped with { LearningRate = 0.01, Cell = cell, Optimizer = optimizer };
        TrialResult with = TrainWithClipping(trial, 40, limit: 1e-3);
        TrialResult unreached = TrainWithClipping(trial, 40, limit: 1e9);
        TrialResult without = TrainWithoutClipping(trial with { Clipping = Clipping.Without }, 40);

        Assert.True(with.ClippedSteps > 0);
        Assert.Equal(with.GradientNorms.Count(norm => norm > 1e-3), with.ClippedSteps);
        Assert.Equal(without.GradientNorms[0], with.GradientNorms[0]);
        Assert.NotEqual(without.GradientNorms, with.GradientNorms);
        Assert.Equal(without.GradientNorms, unreached.GradientNorms);
    }

    [Fact]
    public void Both_sides_begin_with_the_same_gradient()
    {
        TrialResult with = TrainWithClipping(Clipped, 100, limit: 0.01);
        TrialResult without = TrainWithoutClipping(Unclipped, 100);

        Assert.Equal(without.GradientNorms[0], with.GradientNorms[0]);
        Assert.NotEqual(without.GradientNorms[1], with.GradientNorms[1]);
        Assert.Equal(100, with.ClippedSteps);
    }

    [Fact]
    public void A_short_task_is_solved()
    {
        TrialResult result = TrainWithClipping(Clipped, 2000, limit: 1);

        Assert.True(result.Solved);
        Assert.Equal(result.Steps, result.GradientNorms.Count);
        Assert.Equal(0, result.Steps % TrainingRun.EvaluationInterval);
        Assert.Equal(result.GradientNorms.Count(norm => norm > 1), result.ClippedSteps);
    }

    [Fact]
    public void A_budget_that_runs_out_ends_the_trial()
    {
        TrialResult result = TrainWithoutClipping(Unclipped with { LearningRate = 1e-6 }, 150);

        Assert.Equal(TrialOutcome.OutOfSteps, result.Outcome);
        Assert.Equal(150, result.Steps);
    }

    [Fact]
    public void Gradients_that_are_not_finite_end_the_trial_as_diverged()
    {
        // Infinite in single precision. The first step sets the weights to infinities and NaN.
        Trial hopeless = Unclipped with { LearningRate = 1e39 };
        TrialResult result = TrainWithoutClipping(hopeless, 1000);

        Assert.Equal(TrialOutcome.Diverged, result.Outcome);
        Assert.False(result.Solved);
        Assert.Equal(1, result.Steps);
        Assert.All(result.GradientNorms, norm => Assert.True(float.IsFinite(norm)));
        Assert.Equal(TrialOutcome.Diverged, TrainWithClipping(hopeless with { Clipping = Clipping.With }, 1000, limit: 1).Outcome);
    }

    [Fact]
    public void Cancellation_ends_the_training() =>
        Assert.Throws<OperationCanceledException>(
            () => Trainer.TrainWithoutClipping(Unclipped, 1000, new CancellationToken(canceled: true)));

    private static TrialResult TrainWithClipping(Trial trial, int stepBudget, double limit) =>
        Trainer.TrainWithClipping(trial, stepBudget, limit, TestContext.Current.CancellationToken);

    private static TrialResult TrainWithoutClipping(Trial trial, int stepBudget) =>
        Trainer.TrainWithoutClipping(trial, stepBudget, TestContext.Current.CancellationToken);

    private static ExperimentReport Run(ExperimentSettings settings, int threads) =>
        Experiment.Run(settings, threads, cancellation: TestContext.Current.CancellationToken);

    private static void AssertSame(TrialResult expected, TrialResult actual)
    {
        Assert.Equal(expected.Trial, actual.Trial);
        Assert.Equal((expected.Outcome, expected.Steps, expected.ClippedSteps), (actual.Outcome, actual.Steps, actual.ClippedSteps));
        Assert.Equal(expected.GradientNorms, actual.GradientNorms);
    }
}
