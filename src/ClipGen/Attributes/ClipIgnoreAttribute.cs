namespace ClipGen;

/// <summary>
/// Excludes a gradient buffer or a gradient source from every norm and from every generated operation.
/// </summary>
/// <remarks>
/// On a parameter of a primary constructor, it excludes the gradients that the type captures from it. On any other parameter it has no
/// effect.
/// </remarks>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method | AttributeTargets.Parameter,
    Inherited = false)]
public sealed class ClipIgnoreAttribute : Attribute;
