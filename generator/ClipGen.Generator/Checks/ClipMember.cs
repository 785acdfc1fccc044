using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>One of the members that a model is given.</summary>
/// <param name="name">Its name.</param>
/// <param name="returns">The type that it returns.</param>
/// <param name="parameters">The types of its parameters.</param>
internal sealed class ClipMember(string name, string returns, params string[] parameters)
{
    public string Name => name;

    public string Signature => $"{name}({string.Join(", ", parameters)})";

    /// <summary>The member of a type that stands in its place: one with its signature, or one that is no method and has its name.</summary>
    public ISymbol? Find(INamedTypeSymbol type) =>
        type.GetMembers(name).FirstOrDefault(
            member => (member is not IMethodSymbol method || HasParameters(method))
                && !SourceMembers.IsGenerated(member, type.ContainingAssembly));

    /// <summary>What keeps a member of the user's from being used, as advice, or null.</summary>
    public string? WhatIsWrong(ISymbol member, bool mustOverride) => member switch
    {
        not IMethodSymbol => "make this member a method",
        { IsStatic: true } => "make this member an instance member",
        { DeclaredAccessibility: not Accessibility.Public } => "make this member public",
        IMethodSymbol method when method.RefKind != RefKind.None || method.ReturnType.ToDisplayString() != returns =>
            $"let this member return '{returns.Substring(returns.LastIndexOf('.') + 1)}'",
        { IsOverride: false } when mustOverride => "let this member override that of the base",
        _ => null,
    };

    private bool HasParameters(IMethodSymbol method) =>
        method.Arity == 0
        && method.Parameters.Length == parameters.Length
        && method.Parameters.Zip(
            parameters, (parameter, expected) => parameter.RefKind == RefKind.None && parameter.Type.ToDisplayString() == expected)
            .All(isSame => isSame);
}
