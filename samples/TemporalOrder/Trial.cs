using TemporalOrder.Networks;

namespace TemporalOrder;

/// <summary>
/// One network to train. Two trials that differ in <see cref="Clipping"/> alone start from the same weights and see the same sequences.
/// </summary>
public sealed record Trial(
    int Length,
    double LearningRate,
    int Seed,
    Clipping Clipping,
    CellKind Cell = CellKind.Rnn,
    OptimizerKind Optimizer = OptimizerKind.Sgd);
