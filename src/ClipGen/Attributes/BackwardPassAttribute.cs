namespace ClipGen;

/// <summary>
/// Tells the training-loop rules (CLIP101 and its neighbours) that the method computes gradients, as a backward pass does.
/// It has no effect at run time.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = true)]
public sealed class BackwardPassAttribute : Attribute;
