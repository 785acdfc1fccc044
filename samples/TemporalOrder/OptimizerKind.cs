namespace TemporalOrder;

/// <summary>The optimizers that a network can be trained with.</summary>
public enum OptimizerKind
{
    /// <summary><see cref="ClipGen.Optimizers.Sgd"/>, without momentum.</summary>
    Sgd,

    /// <summary><see cref="ClipGen.Optimizers.RmsProp"/>.</summary>
    RmsProp,

    /// <summary><see cref="ClipGen.Optimizers.Adam"/>.</summary>
    Adam,

    /// <summary><see cref="ClipGen.Optimizers.AdamW"/>.</summary>
    AdamW,
}
