namespace ClipGen;

/// <summary>
/// Declares for the training-loop rules (CLIP101 and following) that the method computes gradients, as a backward pass does. The attribute
/// has no effect at run time.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = true)]
public sealed class BackwardPassAttribute : Attribute;
