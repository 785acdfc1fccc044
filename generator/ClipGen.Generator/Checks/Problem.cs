using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// A problem of a declaration. The generator only checks whether there is an error, which stops it. The analyzers report the problem.
/// </summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="IsError">Whether it prevents code generation.</param>
/// <param name="Symbol">The type or member that has the problem.</param>
/// <param name="Attribute">The attribute that has the problem, if there is one.</param>
/// <param name="Arguments">The arguments of the rule's message.</param>
internal sealed record Problem(string Rule, bool IsError, ISymbol Symbol, AttributeData? Attribute, params object[] Arguments);
