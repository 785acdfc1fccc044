using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Something wrong with a declaration. The generator only asks whether there is an error, which stops it; the analyzers report it.
/// </summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="IsError">Whether nothing can be generated.</param>
/// <param name="Symbol">The type or member it is about.</param>
/// <param name="Attribute">The attribute it is about, where there is one.</param>
/// <param name="Arguments">What the rule's message is filled with.</param>
internal sealed record Problem(string Rule, bool IsError, ISymbol Symbol, AttributeData? Attribute, params object[] Arguments);
