namespace ClipGen;

/// <summary>
/// Marks a gradient, or a member that holds gradient sources, of which every process holds the same elements, in a model whose other
/// gradients are spread over processes. Norms over processes count it once.
/// </summary>
/// <remarks>
/// Without it each process adds such a gradient again, and the norm comes out too large. Its elements have to be the same in every process:
/// where each computes its own part, average or add them up first. A clip by one process ignores the attribute.
/// </remarks>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method, Inherited = false)]
public sealed class ReplicatedAttribute : Attribute;
