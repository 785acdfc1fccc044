using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>One of the members that a model gets.</summary>
/// <param name="name">Its name.</param>
/// <param name="returns">The type that it returns.</param>
/// <param name="parameters">The types of its parameters.</param>
internal sealed class ClipMember(string name, string returns, params string[] parameters)
{
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.CSharpErrorMessageFormat.RemoveMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public string Name => name;

    public string Signature => $"{name}({string.Join(", ", parameters)})";

    /// <summary>The member of a type that replaces it: one with its signature, or one that is no method and has its name.</summary>
    public ISymbol? Find(INamedTypeSymbol type) =>
        type.GetMembers(name).FirstOrDefault(
            member => (member is not IMethodSymbol method || HasParameters(method))
                && !MemberSymbols.IsGenerated(member, type.ContainingAssembly));

    /// <summary>The reason why a member of the user cannot replace it, as advice, or null.</summary>
    public string? WhatIsWrong(ISymbol member, bool mustOverride) => member switch
    {
        not IMethodSymbol => "make this member a method",
        { IsStatic: true } => "make this member an instance member",
        { DeclaredAccessibility: not Accessibility.Public } => "make this member public",
        IMethodSymbol method when method.RefKind != RefKind.None || Display(method.ReturnType) != returns =>
            $"make this member return '{returns.Substring(returns.LastIndexOf('.') + 1)}'",
        { IsOverride: false } when mustOverride => "make this member override that of the base",
        _ => null,
    };

    /// <summary>The type's name without nullable annotations, which do not change a signature.</summary>
    private static string Display(ITypeSymbol type) => type.ToDisplayString(Format);

    private bool HasParameters(IMethodSymbol method) =>
        method.Arity == 0
        && method.Parameters.Length == parameters.Length
        && method.Parameters.Zip(
            parameters, (parameter, expected) => parameter.RefKind == RefKind.None && Display(parameter.Type) == expected)
            .All(isSame => isSame);
}
