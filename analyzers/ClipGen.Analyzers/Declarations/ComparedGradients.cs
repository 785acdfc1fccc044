using ClipGen.Analyzers.TrainingLoops.Screening;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations;

/// <summary>
/// The gradients of this compilation that a model's <c>[AdaptiveClip]</c> compares with their weights and that have no parameter.
/// </summary>
internal sealed class ComparedGradients
{
    // By type, and by the name of the member.
    private readonly Dictionary<INamedTypeSymbol, Dictionary<string, (ISymbol, GradientMember, INamedTypeSymbol)>> _found =
        new(SymbolEqualityComparer.Default);

    /// <summary>Finds them. Only files that name the attribute are bound.</summary>
    public static ComparedGradients Find(Compilation compilation, CancellationToken cancellation)
    {
        var gradients = new ComparedGradients();
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            HashSet<string> identifiers = FileIdentifiers.Of(tree, cancellation).All(cancellation);
            if (!identifiers.Contains("AdaptiveClip") && !identifiers.Contains(WellKnownNames.AdaptiveClip))
                continue;

#pragma warning disable RS1030 // The attribute can be in another file than the gradient.
            SemanticModel model = compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
            foreach (TypeDeclarationSyntax declaration in tree.GetRoot(cancellation).DescendantNodes().OfType<TypeDeclarationSyntax>())
            {
                if (model.GetDeclaredSymbol(declaration, cancellation) is INamedTypeSymbol type && Annotations.IsAnnotated(type))
                    gradients.Add(type, GradientSourceIndex.Of(compilation), cancellation);
            }
        }

        return gradients;
    }

    /// <summary>Those that a type declares, each with the model whose limit compares it.</summary>
    public IEnumerable<(ISymbol Member, GradientMember Gradient, INamedTypeSymbol Model)> WithoutParameterIn(INamedTypeSymbol type) =>
        _found.TryGetValue(type, out Dictionary<string, (ISymbol, GradientMember, INamedTypeSymbol)>? members) ? members.Values : [];

    private void Add(INamedTypeSymbol model, GradientSourceIndex index, CancellationToken cancellation)
    {
        Dictionary<INamedTypeSymbol, ParsedGradientSource> closure = new(SymbolEqualityComparer.Default);
        foreach (ParsedGradientSource source in index.ReadClosure([model], cancellation))
            closure[source.Symbol] = source;
        if (!closure.TryGetValue(model, out ParsedGradientSource? root)
            || root.Declaration.Limits.All(limit => limit.Kind != LimitKind.AdaptiveClip))
        {
            return;
        }

        // A source is looked at once for each group that it is reached in. The outermost group counts.
        var pending = new Stack<(ParsedGradientSource Source, string? Group)>([(root, null)]);
        var seen = new HashSet<(string Source, string? Group)>();
        while (pending.Count > 0)
        {
            (ParsedGradientSource source, string? outer) = pending.Pop();
            if (!seen.Add((source.Declaration.Type.MetadataName, outer)))
                continue;
            foreach (GradientMember member in source.Declaration.Members)
            {
                if (!ParameterForms.AllHaveParameters(member) && IsCompared(root, source, member, outer))
                    Add(source.Symbol, member, model);
            }

            foreach (HeldGradientSource held in source.Held)
            {
                GradientMember? member = source.Declaration.Members.FirstOrDefault(member => member.Name == held.Member.Name);
                if (member is not null && HasOwnFixedLimit(root, source, member))
                    continue;
                if (closure.TryGetValue(held.Source, out ParsedGradientSource? inner))
                    pending.Push((inner, outer ?? member?.Group));
            }
        }
    }

    private static bool IsCompared(ParsedGradientSource root, ParsedGradientSource source, GradientMember member, string? outer)
    {
        EquatableArray<LimitDeclaration> limits = root.Declaration.Limits;
        if (ReferenceEquals(root, source) && limits.FirstOrDefault(limit => limit.Member == member.Name) is { } own)
            return own.Kind == LimitKind.AdaptiveClip;
        string? group = outer ?? member.Group;
        LimitDeclaration? limit = limits.FirstOrDefault(limit => limit.Member is null && limit.Group == group && group is not null)
            ?? limits.FirstOrDefault(limit => limit is { Member: null, Group: null });
        return limit is { Kind: LimitKind.AdaptiveClip };
    }

    private static bool HasOwnFixedLimit(ParsedGradientSource root, ParsedGradientSource source, GradientMember member) =>
        ReferenceEquals(root, source)
        && root.Declaration.Limits.Any(limit => limit.Member == member.Name && limit.Kind != LimitKind.AdaptiveClip);

    private void Add(INamedTypeSymbol type, GradientMember member, INamedTypeSymbol model)
    {
        if (type.GetMembers(member.Name).FirstOrDefault() is not { } symbol)
            return;
        if (!_found.TryGetValue(type, out Dictionary<string, (ISymbol, GradientMember, INamedTypeSymbol)>? members))
            _found.Add(type, members = []);
        if (!members.ContainsKey(member.Name))
            members.Add(member.Name, (symbol, member, model));
    }
}
