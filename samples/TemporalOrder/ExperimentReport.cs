namespace TemporalOrder;

/// <summary>The results of all trials.</summary>
public sealed record ExperimentReport(ExperimentSettings Settings, IReadOnlyList<TrialResult> Results)
{
    /// <summary>The number of (length, seed) pairs. Solved pairs are counted among them.</summary>
    public int Problems => Settings.Lengths.Count * Settings.Seeds;

    /// <summary>The results of all seeds in one setting.</summary>
    public IReadOnlyList<TrialResult> Of(int length, double learningRate, Clipping clipping) =>
    [
        .. from result in Results
           where result.Trial.Length == length && result.Trial.LearningRate.Equals(learningRate) && result.Trial.Clipping == clipping
           orderby result.Trial.Seed
           select result,
    ];

    /// <summary>How many seeds solved the task in one setting.</summary>
    public int Solved(int length, double learningRate, Clipping clipping) =>
        Of(length, learningRate, clipping).Count(result => result.Solved);

    /// <summary>
    /// The learning rate at which a side solved the task for most seeds at this length; among equal rates, the one that needed fewer steps
    /// in total.
    /// </summary>
    public double BestLearningRate(int length, Clipping clipping) =>
        Settings.LearningRates
            .OrderByDescending(rate => Solved(length, rate, clipping))
            .ThenBy(rate => Of(length, rate, clipping).Sum(result => (long)result.Steps))
            .First();

    /// <summary>How many (length, seed) pairs a side solved, at its own best learning rate for each length.</summary>
    public int SolvedAtBest(Clipping clipping) =>
        Settings.Lengths.Sum(length => Solved(length, BestLearningRate(length, clipping), clipping));

    /// <summary>The result in one line.</summary>
    public string Conclusion =>
        $"solved: with clipping {SolvedAtBest(Clipping.With)}/{Problems}, without {SolvedAtBest(Clipping.Without)}/{Problems}";
}
