namespace ClipGen.Observing.Recording;

/// <summary>What one limit found and did in one step.</summary>
/// <param name="Norm">The norm before clipping, or the largest of several; NaN or infinite where a gradient is.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Factor">What the gradients were multiplied with.</param>
/// <param name="Clipped">Whether the norm exceeded the limit.</param>
internal readonly record struct LimitStep(double Norm, double Limit, double Factor, bool Clipped);
