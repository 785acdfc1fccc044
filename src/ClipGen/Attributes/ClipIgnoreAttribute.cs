namespace ClipGen;

/// <summary>
/// Leaves a gradient buffer or a gradient source out of every norm and of every generated operation, on purpose and in writing.
/// </summary>
/// <remarks>
/// On a parameter it leaves out what a class or struct keeps of its primary constructor; on any other parameter it has no effect.
/// </remarks>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method | AttributeTargets.Parameter,
    Inherited = false)]
public sealed class ClipIgnoreAttribute : Attribute;
