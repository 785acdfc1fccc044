namespace ClipGen;

/// <summary>
/// Declares for the training-loop rules (CLIP101 and following) that the method updates parameters from their gradients, as an optimizer's
/// step does. The attribute has no effect at run time.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = true)]
public sealed class OptimizerStepAttribute : Attribute;
