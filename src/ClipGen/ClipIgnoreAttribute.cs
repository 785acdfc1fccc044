namespace ClipGen;

/// <summary>Leaves a gradient buffer or a gradient source out of every norm and of every generated operation, on purpose and in writing.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method, Inherited = false)]
public sealed class ClipIgnoreAttribute : Attribute;
