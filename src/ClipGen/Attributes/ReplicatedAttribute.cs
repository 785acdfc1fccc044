namespace ClipGen;

/// <summary>
/// Marks a gradient, or a member that holds gradient sources, that has the same elements in every process, in a model whose other gradients
/// are distributed over processes. A norm over processes counts it once.
/// </summary>
/// <remarks>
/// Without the attribute, every process adds the gradient to the norm, which is then too large. The elements must be equal in every
/// process: if each process computes a part of the gradient, average or add the parts first. A clip in a single process ignores the
/// attribute.
/// </remarks>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method, Inherited = false)]
public sealed class ReplicatedAttribute : Attribute;
