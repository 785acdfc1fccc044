namespace ClipGen;

/// <summary>Marks a member as a parameter (a weight) that training changes, and names the member that holds its gradient.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method, Inherited = false)]
public sealed class ParameterAttribute : Attribute
{
    /// <summary>The name of the member of the same type that holds the gradient, as in <c>Gradient = nameof(_dW)</c>.</summary>
    public string? Gradient { get; set; }

    /// <summary>The group that the gradient belongs to; <see langword="null"/> for none.</summary>
    public string? Group { get; set; }

    /// <summary>
    /// Whether the weight decay of an optimizer applies: true by default. It is usually turned off for biases and for the parameters of
    /// normalization.
    /// </summary>
    public bool WeightDecay { get; set; } = true;

    /// <summary>The factor for the optimizer's learning rate for this parameter: finite, 0 or greater; 1 by default.</summary>
    public double LearningRateScale { get; set; } = 1;
}
