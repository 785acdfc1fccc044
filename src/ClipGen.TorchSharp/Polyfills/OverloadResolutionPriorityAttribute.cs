#if !NET9_0_OR_GREATER
namespace System.Runtime.CompilerServices;

/// <summary>
/// A copy for .NET 8, which does not have the attribute; the compiler recognizes it by name. It resolves the ambiguity of a
/// <c>ParameterList</c>, which is both a module and a sequence of parameters, in favor of the module.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Property, Inherited = false)]
internal sealed class OverloadResolutionPriorityAttribute(int priority) : Attribute
{
    public int Priority { get; } = priority;
}
#endif
