namespace ClipGen;

/// <summary>
/// Declares for the training-loop rules (CLIP101 and following) that the method clips gradients. The attribute has no effect at run time.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = true)]
public sealed class GradientClippingAttribute : Attribute;
