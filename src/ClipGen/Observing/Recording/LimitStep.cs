namespace ClipGen.Observing.Recording;

/// <summary>The result of one limit in one step.</summary>
/// <param name="Norm">The norm before clipping, or the largest of several norms; NaN or infinite if a gradient is.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Factor">The factor that the gradients were multiplied by.</param>
/// <param name="Clipped">Whether the norm exceeded the limit.</param>
internal readonly record struct LimitStep(double Norm, double Limit, double Factor, bool Clipped);
