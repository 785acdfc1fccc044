using TemporalOrder.Networks;

namespace TemporalOrder;

/// <summary>
/// One network to train. Two trials that differ only in <see cref="Clipping"/> start from the same weights and train on the same sequences.
/// </summary>
public sealed record Trial(
    int Length,
    double LearningRate,
    int Seed,
    Clipping Clipping,
    CellKind Cell = CellKind.Rnn,
    OptimizerKind Optimizer = OptimizerKind.Sgd);
