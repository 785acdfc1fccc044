using TemporalOrder.Networks;

namespace TemporalOrder;

/// <summary>The settings of the experiment. Every trial, clipped or not, has the same budget.</summary>
/// <param name="Lengths">Sequence lengths.</param>
/// <param name="LearningRates">Learning rates; each side counts at its best rate for each length.</param>
/// <param name="Seeds">The number of seeds. Each has its own network and its own stream of sequences.</param>
/// <param name="StepBudget">The number of steps after which a trial that has not solved the task ends.</param>
/// <param name="Limit">The limit of the clipped trials.</param>
/// <param name="Cell">The cell of every network.</param>
/// <param name="Optimizer">The optimizer of every network.</param>
public sealed record ExperimentSettings(
    IReadOnlyList<int> Lengths,
    IReadOnlyList<double> LearningRates,
    int Seeds,
    int StepBudget,
    ClippingLimit Limit,
    CellKind Cell = CellKind.Rnn,
    OptimizerKind Optimizer = OptimizerKind.Sgd)
{
    /// <summary>The settings of a run without options: under two minutes on two cores.</summary>
    public static ExperimentSettings Default { get; } = new([20, 30, 40], [0.003, 0.01, 0.03, 0.1], Seeds: 5, StepBudget: 12_000, Limit: 1);

    /// <summary>The settings of <c>--quick</c>: under twenty seconds on two cores.</summary>
    public static ExperimentSettings Quick { get; } = new([20, 30], [0.01, 0.03, 0.1], Seeds: 5, StepBudget: 4_000, Limit: 1);

    /// <summary>
    /// The same experiment with an optimizer that divides by the magnitude of the gradients, as all but <see cref="OptimizerKind.Sgd"/> do.
    /// Its steps are about as long as the learning rate, so the learning rates are a tenth of those for gradient descent.
    /// </summary>
    public ExperimentSettings With(OptimizerKind optimizer) => this with
    {
        Optimizer = optimizer,
        LearningRates = optimizer == OptimizerKind.Sgd ? LearningRates : [.. LearningRates.Select(rate => Math.Round(rate / 10, 6))],
    };

    /// <summary>All trials, the longest first, so that no core runs a long trial alone at the end.</summary>
    public IReadOnlyList<Trial> Trials() =>
    [
        .. from length in Lengths.OrderDescending()
           from seed in Enumerable.Range(1, Seeds)
           from learningRate in LearningRates
           from clipping in Enum.GetValues<Clipping>()
           select new Trial(length, learningRate, seed, clipping, Cell, Optimizer),
    ];
}
