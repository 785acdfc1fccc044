namespace TemporalOrder.Networks;

/// <summary>The cells that a network can have.</summary>
public enum CellKind
{
    /// <summary>An <see cref="ElmanRnn"/>.</summary>
    Rnn,

    /// <summary>An <see cref="Networks.Lstm"/>.</summary>
    Lstm,

    /// <summary>A <see cref="Networks.Gru"/>.</summary>
    Gru,
}
