using ClipGen.Optimizers;

namespace TemporalOrder;

/// <summary>Creates optimizers by kind.</summary>
public static class OptimizerKinds
{
    /// <summary>Creates an optimizer. All options except the learning rate have their defaults.</summary>
    public static Optimizer Create(this OptimizerKind kind, double learningRate) => kind switch
    {
        OptimizerKind.Sgd => new Sgd(learningRate),
        OptimizerKind.RmsProp => new RmsProp(learningRate),
        OptimizerKind.Adam => new Adam(learningRate),
        OptimizerKind.AdamW => new AdamW(learningRate),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such optimizer."),
    };
}
