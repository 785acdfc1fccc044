using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Calls;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Heuristics;

/// <summary>What the identifiers in a piece of source say about gradients.</summary>
[Flags]
internal enum Mentions
{
    None = 0,

    /// <summary>A variable or member is named as the gradient of a parameter.</summary>
    Gradient = 1,

    /// <summary>An identifier is about clipping.</summary>
    Clipping = 2,

    /// <summary>A part of the source is not in this program.</summary>
    Unreadable = 4,
}

/// <summary>The mentions in a piece of source.</summary>
/// <param name="Kinds">The mentions outside of <paramref name="ClipCalls"/>.</param>
/// <param name="ClipCalls">The calls that are named like those of <c>Gradients</c>. They count as a mention of clipping unless the analysis
/// recognizes them.</param>
internal readonly record struct SourceMentions(Mentions Kinds, ImmutableHashSet<SyntaxNode> ClipCalls)
{
    public static readonly SourceMentions None = new(Mentions.None, ImmutableHashSet<SyntaxNode>.Empty);

    public static SourceMentions operator |(SourceMentions left, SourceMentions right) =>
        new(left.Kinds | right.Kinds, left.ClipCalls.IsEmpty ? right.ClipCalls : left.ClipCalls.Union(right.ClipCalls));
}

/// <summary>
/// Finds <see cref="Mentions"/> in declarations, in types and in everything that a method reaches. Each piece of source is read once.
/// </summary>
internal sealed class GradientMentions(CalledMethods called, IAssemblySymbol assembly, WorkCount work)
{
    private readonly ConcurrentDictionary<SyntaxNode, SourceMentions> _declarations = new();
    private readonly ConcurrentDictionary<ITypeSymbol, SourceMentions> _types = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, IReadOnlyList<SyntaxNode>> _sources = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<CallComponent, SourceMentions> _components = new();

    /// <summary>
    /// The mentions of gradients in a type and its base classes, and for an interface or abstract class in the types that implement it.
    /// </summary>
    public SourceMentions Of(ITypeSymbol? type) => type is null ? SourceMentions.None : _types.GetOrAdd(type, OfType);

    /// <summary>The mentions in the bodies of a component and of everything that it calls.</summary>
    public SourceMentions Of(CallComponent start) =>
        _components.TryGetValue(start, out SourceMentions known) ? known : Read(start);

    private SourceMentions Read(CallComponent start)
    {
        var pending = new Stack<CallComponent>();
        pending.Push(start);
        while (pending.Count > 0)
        {
            CallComponent component = pending.Peek();
            work.Add(1);
            if (_components.ContainsKey(component))
            {
                pending.Pop();
                continue;
            }

            CallComponent[] unknown = [.. component.Called.Where(other => !_components.ContainsKey(other))];
            foreach (CallComponent other in unknown)
                pending.Push(other);
            if (unknown.Length > 0)
                continue;
            SourceMentions mentions = Union(
                component.Bodies.Select(body => Of(body.Facts.Root.Syntax)).Concat(component.Called.Select(other => _components[other])));
            _components.TryAdd(component, mentions);
        }

        return _components[start];
    }

    /// <summary>
    /// The identifiers of a declaration, and the calls that are named like those of <c>Gradients</c>. Methods that clip are left out,
    /// because their callers mention them. So are ClipGen's attributes, which declare limits and do not clip.
    /// </summary>
    public static IEnumerable<SyntaxNodeOrToken> IdentifiersAndClipCallsIn(SyntaxNode declaration) =>
        declaration.DescendantNodesAndTokens(
            node => node == declaration || !(IsClip(node) || IsClipCall(node) || IsSkipped(node, declaration)))
            .Where(part => part.IsKind(SyntaxKind.IdentifierToken) || (part.AsNode() is { } node && IsClipCall(node)));

    /// <summary>Whether an identifier in a declaration says that gradients may be clipped.</summary>
    public static bool HintsAtClipping(SyntaxToken identifier, SyntaxNode declaration) =>
        identifier.ValueText != "ClipGen" && TrainingVocabulary.HintsAtClipping(identifier.ValueText)
            && !ProbabilityRange.IsNamedBy(identifier, declaration);

    public static bool IsClip(SyntaxNode node) =>
        node is MethodDeclarationSyntax method
        && (TrainingVocabulary.IsClipName(method.Identifier.ValueText, null) || AttributedGradients.IsMarkedClip(method));

    /// <summary>ClipGen's attributes, and for top-level statements the types of the file and its <c>using ClipGen;</c>.</summary>
    private static bool IsSkipped(SyntaxNode node, SyntaxNode declaration) =>
        AttributedGradients.IsDeclaration(node)
        || node is UsingDirectiveSyntax
        || (declaration is CompilationUnitSyntax && node is MemberDeclarationSyntax and not GlobalStatementSyntax);

    private static bool IsClipCall(SyntaxNode node) =>
        node is InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Clip" or "ClipNorm" or "ClipValue" }
                or SimpleNameSyntax { Identifier.ValueText: "Clip" or "ClipNorm" or "ClipValue" }
        }
        && !ProbabilityRange.Limits(node);

    /// <summary>
    /// The source of a type and its base classes, and for an interface or abstract class that of the types that implement it.
    /// </summary>
    public IReadOnlyList<SyntaxNode> DeclarationsOf(ITypeSymbol? type) => type is null ? [] : _sources.GetOrAdd(type, FindDeclarations);

    private IReadOnlyList<SyntaxNode> FindDeclarations(ITypeSymbol type)
    {
        // Members of a framework's base class do not count.
        IEnumerable<ITypeSymbol> types = type.SelfAndBases().TakeWhile(HasSource);
        if (type.TypeKind == TypeKind.Interface || type.IsAbstract)
        {
            types = types.Concat(
                type.GetMembers().OfType<IMethodSymbol>().SelectMany(called.ImplementationsOf).Select(method => method.ContainingType));
        }
        return
        [
            .. types
                .Distinct<ITypeSymbol>(SymbolEqualityComparer.Default)
                .SelectMany(each => each.DeclaringSyntaxReferences)
                .Select(reference => reference.GetSyntax()),
        ];
    }

    private SourceMentions OfType(ITypeSymbol type)
    {
        if (!HasSource(type))
            return SourceMentions.None with { Kinds = Mentions.Unreadable };
        // A mention of clipping in a type counts if the step can run it.
        return SourceMentions.None with { Kinds = Union(DeclarationsOf(type).Select(Of)).Kinds & ~Mentions.Clipping };
    }

    // A referenced project is source in an editor and a library in the build. The result must not depend on that.
    private bool HasSource(ITypeSymbol type) =>
        !type.DeclaringSyntaxReferences.IsEmpty && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, assembly);

    private SourceMentions Of(SyntaxNode declaration) => _declarations.GetOrAdd(declaration, Read);

    private SourceMentions Read(SyntaxNode declaration)
    {
        Mentions mentions = Mentions.None;
        ImmutableHashSet<SyntaxNode>.Builder clipCalls = ImmutableHashSet.CreateBuilder<SyntaxNode>();
        foreach (SyntaxNodeOrToken part in IdentifiersAndClipCallsIn(declaration))
        {
            work.Add(1);
            if (part.AsNode() is { } call)
            {
                clipCalls.Add(call);
                continue;
            }

            SyntaxToken token = part.AsToken();
            if ((mentions & Mentions.Clipping) == 0 && HintsAtClipping(token, declaration))
                mentions |= Mentions.Clipping;
            if ((mentions & Mentions.Gradient) == 0 && IsGradientVariable(token))
                mentions |= Mentions.Gradient;
        }

        return new SourceMentions(mentions, clipCalls.ToImmutable());
    }

    // Method and type names were already used to classify the calls. A gradient-named variable is required too.
    private static bool IsGradientVariable(SyntaxToken token)
    {
        bool isVariable = token.Parent switch
        {
            VariableDeclaratorSyntax or ParameterSyntax or PropertyDeclarationSyntax or SingleVariableDesignationSyntax => true,
            IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax access } name =>
                access.Name == name && access.Parent is not InvocationExpressionSyntax,
            _ => false,
        };
        return isVariable && GradientName.Parse(token.ValueText) is { } gradient && (gradient.IsSpelledOut || gradient.IsOfParameter);
    }

    private static SourceMentions Union(IEnumerable<SourceMentions> all) =>
        all.Aggregate(SourceMentions.None, (union, mentions) => union | mentions);
}
