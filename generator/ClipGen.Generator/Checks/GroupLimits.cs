using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Finds limits of a model for a group without gradients. The layers that a model holds can declare groups, including classes behind an
/// interface or a base class, so all of those are searched first.
/// </summary>
internal static class GroupLimits
{
    /// <summary>The limits for groups without a gradient, as CLIP005 reports them.</summary>
    /// <param name="model">The type that declares the limits.</param>
    /// <param name="closure">The model and everything that it needs.</param>
    /// <param name="compilation">The compilation that they belong to.</param>
    public static IEnumerable<Problem> FindEmpty(
        ParsedGradientSource model, IReadOnlyList<ParsedGradientSource> closure, Compilation compilation)
    {
        HashSet<string> declared = [.. closure.SelectMany(source => GroupsOf(source.Declaration))];
        List<string> missing =
            [.. model.Declaration.Limits.Select(limit => limit.Group).OfType<string>().Where(group => !declared.Contains(group))];
        HashSet<INamedTypeSymbol> seen = new(closure.Select(source => source.Symbol), SymbolEqualityComparer.Default);
        if (missing.Count == 0 || closure.Any(source => ReachesUnseen(source, seen, compilation)))
        {
            return [];
        }

        HashSet<string> behind = [.. GroupsBehind(closure, compilation)];
        return missing.Where(group => !behind.Contains(group)).Select(group => Describe(model.Symbol, group));
    }

    private static Problem Describe(INamedTypeSymbol model, string group)
    {
        AttributeData? attribute = model.GetAttributes().FirstOrDefault(candidate =>
            LimitParser.IsClipAttribute(candidate) && MemberSymbols.NamedArgument<string>(candidate, "Group", null) == group);
        return new Problem(
            RuleIds.ContradictingLimits,
            true,
            model,
            attribute,
            $"the limit of '{model.Name}' for the group '{group}' covers nothing, because no gradient of '{model.Name}' or of what it "
                + $"holds is in that group; correct the name, or mark a gradient [Gradient(Group = \"{group}\")]");
    }

    private static IEnumerable<string> GroupsOf(GradientSourceDeclaration declaration) =>
        declaration.Members.Select(member => member.Group).Concat(declaration.Torch?.Members.Select(member => member.Group) ?? [])
            .OfType<string>();

    /// <summary>Whether hand-written code or code of another assembly visits gradients. These may be in any group.</summary>
    private static bool ReachesUnseen(ParsedGradientSource source, HashSet<INamedTypeSymbol> seen, Compilation compilation)
    {
        if (source.Declaration.Traversal is not (TraversalKind.Sealed or TraversalKind.Root or TraversalKind.AbstractRoot
            or TraversalKind.Derived or TraversalKind.Registered))
        {
            return true;
        }

        for (INamedTypeSymbol? ancestor = source.Symbol.BaseType; ancestor is { SpecialType: SpecialType.None };
            ancestor = ancestor.BaseType)
        {
            if (!IsHere(ancestor, compilation) && Annotations.ImplementsTraversal(ancestor))
            {
                return true;
            }
        }

        return source.Held.Any(
            held => !IsHere(held.Source, compilation) || (held.Source.TypeKind != TypeKind.Interface && !seen.Contains(held.Source)));
    }

    /// <summary>
    /// The groups of classes whose objects a member may hold: classes that derive from a held type or implement it, and modules.
    /// </summary>
    private static IEnumerable<string> GroupsBehind(IReadOnlyList<ParsedGradientSource> closure, Compilation compilation)
    {
        var held = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        held.UnionWith(closure.SelectMany(source => source.Held).Select(member => member.Source));
        bool isTorch = closure.Any(source => source.Declaration.Torch is not null);
        return from type in TypesOf(compilation.Assembly)
               where isTorch ? Torch.TorchModules.IsModule(type) : Ancestors(type).Any(held.Contains)
               from member in type.GetMembers()
               from attribute in MemberSymbols.Attributes(member)
               where WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Gradient)
                   || WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Parameter)
               let @group = MemberSymbols.NamedArgument<string>(attribute, "Group", null)
               where @group is not null
               select @group;
    }

    private static IEnumerable<INamedTypeSymbol> Ancestors(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            yield return current.OriginalDefinition;
        }

        foreach (INamedTypeSymbol implemented in type.AllInterfaces)
        {
            yield return implemented.OriginalDefinition;
        }
    }

    private static IEnumerable<INamedTypeSymbol> TypesOf(IAssemblySymbol assembly)
    {
        var pending = new Stack<INamespaceOrTypeSymbol>([assembly.GlobalNamespace]);
        while (pending.Count > 0)
        {
            INamespaceOrTypeSymbol current = pending.Pop();
            if (current is INamedTypeSymbol type)
            {
                yield return type;
            }

            foreach (INamespaceOrTypeSymbol inner in current.GetMembers().OfType<INamespaceOrTypeSymbol>())
            {
                pending.Push(inner);
            }
        }
    }

    private static bool IsHere(INamedTypeSymbol type, Compilation compilation) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly);
}
