namespace ClipGen;

/// <summary>Marks a member as a parameter (a weight) that training changes, and says where its gradient lives.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method, Inherited = false)]
public sealed class ParameterAttribute : Attribute
{
    /// <summary>The name of the member of the same type that holds the gradient, as in <c>Gradient = nameof(_dW)</c>.</summary>
    public string? Gradient { get; set; }

    /// <summary>The group that the gradient is clipped with; <see langword="null"/> for none.</summary>
    public string? Group { get; set; }

    /// <summary>
    /// Whether the weight decay of an optimizer applies: true by default. Biases and the parameters of normalization usually go without.
    /// </summary>
    public bool WeightDecay { get; set; } = true;

    /// <summary>What the learning rate of an optimizer is multiplied with for this parameter: finite, 0 or greater; 1 by default.</summary>
    public double LearningRateScale { get; set; } = 1;
}
