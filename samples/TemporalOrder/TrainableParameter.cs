namespace TemporalOrder;

/// <summary>A weight matrix or bias beside its gradient, as the optimizer sees them.</summary>
public readonly record struct TrainableParameter(float[] Weights, float[] Gradients);
