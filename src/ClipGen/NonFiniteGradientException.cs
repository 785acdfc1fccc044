namespace ClipGen;

/// <summary>Thrown under <see cref="NonFinitePolicy.Throw"/> when a gradient holds a NaN or an infinity. No gradient was changed.</summary>
public sealed class NonFiniteGradientException : ArithmeticException
{
    /// <summary>Creates the exception for the gradient at <paramref name="gradientName"/>.</summary>
    /// <param name="gradientName">The path of the gradient from the model, such as <c>_layers[3]._dBias</c>.</param>
    /// <param name="index">The position of its first NaN or infinity, counted over the buffer's elements in memory order.</param>
    /// <param name="value">That element.</param>
    public NonFiniteGradientException(string gradientName, long index, double value)
        : base($"The gradient '{gradientName}' holds {Describe(value)} at element {index}. No gradient was changed. "
            + "Look for a division by zero or an overflow in the forward or backward pass, lower the learning rate, or choose another "
                + "NonFinitePolicy.")
    {
        GradientName = gradientName;
        Index = index;
        Value = value;
    }

    /// <summary>Creates the exception for a gradient of one of several processes.</summary>
    /// <param name="gradientName">The path of the gradient from the model.</param>
    /// <param name="index">The position of its first NaN or infinity.</param>
    /// <param name="value">That element.</param>
    /// <param name="rank">The rank of the process that computed it.</param>
    public NonFiniteGradientException(string gradientName, long index, double value, int rank)
        : base($"The gradient '{gradientName}' of rank {rank} holds {Describe(value)} at element {index}. "
            + "No gradient was clipped in any process. Look for a division by zero or an overflow in the forward or backward pass, "
            + "lower the learning rate, or choose another NonFinitePolicy.")
    {
        GradientName = gradientName;
        Index = index;
        Value = value;
        Rank = rank;
    }

    /// <summary>The path of the gradient from the model, such as <c>_layers[3]._dBias</c>.</summary>
    public string GradientName { get; }

    /// <summary>
    /// The rank of the process that computed the NaN or infinity, if several processes train together; otherwise <see langword="null"/>.
    /// </summary>
    public int? Rank { get; }

    /// <summary>The position of the first NaN or infinity, counted over the buffer's elements in memory order.</summary>
    public long Index { get; }

    /// <summary>The element at <see cref="Index"/>.</summary>
    public double Value { get; }

    private static string Describe(double value) =>
        double.IsNaN(value) ? "NaN" : value > 0 ? "+infinity" : "-infinity";
}
