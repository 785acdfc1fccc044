using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Events;

/// <summary>
/// Recognizes classes that clip and that nothing in the program creates: a hook of a library that is not added. A call through their base
/// class or interface does not run them.
/// </summary>
internal sealed class IdleClips(Compilation compilation)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _known = new(SymbolEqualityComparer.Default);
    private readonly Lazy<ILookup<ISymbol?, INamedTypeSymbol>> _derived = new(() => compilation.Assembly.GlobalNamespace.TypesInside()
        .Where(type => type.BaseType is { DeclaringSyntaxReferences.IsEmpty: false })
        .ToLookup(type => (ISymbol?)type.BaseType!.OriginalDefinition, SymbolEqualityComparer.Default));

    /// <summary>
    /// Whether the method belongs to a class that mentions clipping, and nothing creates that class or a class derived from it.
    /// </summary>
    public bool Contain(IMethodSymbol method) =>
        method.ContainingType is { TypeKind: TypeKind.Class } type && _known.GetOrAdd(type.OriginalDefinition, IsIdle);

    private bool IsIdle(INamedTypeSymbol type) => MentionsClipping(type) && !SelfAndDerived(type).Any(IsMade);

    private static bool MentionsClipping(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Any(reference =>
            FileIdentifiers.Of(reference.SyntaxTree, default).All(default).Any(IsAboutClipping)
            && FileIdentifiers.In(reference.GetSyntax(), default).Any(IsAboutClipping));

    private static bool IsAboutClipping(string word) =>
        TrainingVocabulary.HintsAtClipping(word) || TrainingVocabulary.IsClipName(word, null);

    private HashSet<INamedTypeSymbol> SelfAndDerived(INamedTypeSymbol type)
    {
        var all = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default) { type };
        var pending = new Queue<INamedTypeSymbol>(all);
        while (pending.Count > 0)
        {
            foreach (INamedTypeSymbol derived in _derived.Value[pending.Dequeue()].Where(derived => all.Add(derived)))
                pending.Enqueue(derived);
        }

        return all;
    }

    /// <summary>
    /// Whether code outside of the class names it, so that an object can exist: in a creation, as a type argument, in reflection.
    /// </summary>
    private bool IsMade(INamedTypeSymbol type) => compilation.SyntaxTrees.Any(tree =>
        FileIdentifiers.Of(tree, default).All(default).Contains(type.Name)
        && tree.GetRoot().DescendantTokens().Any(token =>
            token.ValueText == type.Name && token.Parent is SimpleNameSyntax name && Makes(name, type)));

    private static bool Makes(SimpleNameSyntax name, INamedTypeSymbol type)
    {
        if (type.DeclaringSyntaxReferences.Any(reference => reference.SyntaxTree == name.SyntaxTree && reference.Span.Contains(name.Span)))
            return false;
        SyntaxNode part = name;
        while (part.Parent is QualifiedNameSyntax or NullableTypeSyntax or AliasQualifiedNameSyntax)
            part = part.Parent;
        return part.Parent switch
        {
            BaseTypeSyntax or ParameterSyntax or PatternSyntax or CastExpressionSyntax or MethodDeclarationSyntax or UsingDirectiveSyntax
                or NameEqualsSyntax => false,
            BinaryExpressionSyntax test => !test.IsKind(SyntaxKind.IsExpression) && !test.IsKind(SyntaxKind.AsExpression),
            ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax called } } =>
                called.Identifier.ValueText != "nameof",
            _ => true,
        };
    }
}
