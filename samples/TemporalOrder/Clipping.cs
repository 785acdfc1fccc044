namespace TemporalOrder;

/// <summary>The two sides of the comparison.</summary>
public enum Clipping
{
    /// <summary>Trained by <see cref="Trainer.TrainWithClipping"/>.</summary>
    With,

    /// <summary>Trained by <see cref="Trainer.TrainWithoutClipping"/>.</summary>
    Without,
}
