namespace ClipGen;

/// <summary>
/// Tells the training-loop rules (CLIP101 and its neighbours) that the method changes parameters by their gradients, as an optimizer's step
/// does. It has no effect at run time.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = true)]
public sealed class OptimizerStepAttribute : Attribute;
