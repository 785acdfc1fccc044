namespace ClipGen;

/// <summary>
/// Tells the training-loop rules (CLIP101 and its neighbours) that the method clips gradients. It has no effect at run time.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = true)]
public sealed class GradientClippingAttribute : Attribute;
