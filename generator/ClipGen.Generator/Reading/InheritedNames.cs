using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// Gives a member its own path if a base class visits a member of the same name. The path begins with the name of the type, as in
/// <c>Dense::_dW</c>. The member of the base class keeps its name, which it has in all other derived classes.
/// </summary>
/// <remarks>
/// Private members of a base in another assembly cannot be seen here. Where their names are the same, the runtime tells the two apart by a
/// number.
/// </remarks>
internal static class InheritedNames
{
    private const string Separator = "::";

    /// <summary>The candidates from the shortest name to one that only a type of another assembly can share.</summary>
    private static readonly SymbolDisplayFormat[] Qualifiers =
    [
        new SymbolDisplayFormat(),
        new SymbolDisplayFormat(genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters),
        new SymbolDisplayFormat(
            SymbolDisplayGlobalNamespaceStyle.Included,
            SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
            SymbolDisplayGenericsOptions.IncludeTypeParameters),
    ];

    public static void Qualify(INamedTypeSymbol type, List<GradientMember> members, GradientSourceIndex index)
    {
        if (members.Count == 0 || type.BaseType is null)
        {
            return;
        }

        var inherited = new HashSet<string>();
        var referenced = new List<INamedTypeSymbol>();
        foreach (INamedTypeSymbol ancestor in Ancestors(type))
        {
            if (!index.IsInThisCompilation(ancestor))
            {
                referenced.Add(ancestor);
            }
            else if (index.IsGenerated(ancestor))
            {
                GradientSourceDeclaration declaration = index.Read(ancestor, CancellationToken.None).Declaration;
                if (declaration.Traversal != TraversalKind.HandWritten)
                {
                    inherited.UnionWith(declaration.Members.Select(member => member.Name));
                }
            }
        }

        referenced.RemoveAll(ancestor => !Annotations.ImplementsTraversal(ancestor));
        string? qualifier = null;
        for (int i = 0; i < members.Count; i++)
        {
            string name = members[i].Name;
            if (name.Length == 0)
            {
                continue;
            }

            if (inherited.Contains(name) || referenced.Any(ancestor => ancestor.GetMembers(name).Any(member => IsVisited(member, index))))
            {
                qualifier ??= Qualifier(type);
                members[i] = members[i] with { PathName = qualifier + Separator + name };
            }
        }
    }

    private static bool IsVisited(ISymbol member, GradientSourceIndex index) =>
        !MemberSymbols.IsIgnored(member)
        && (MemberSymbols.MarksGradient(member)
            || (MemberSymbols.CanHold(member) && index.Forms.ParseHeldGradientSource(MemberSymbols.TypeOf(member)) is not null));

    /// <summary>The shortest name of the type that no base class has, whether or not that class has a member of the name.</summary>
    private static string Qualifier(INamedTypeSymbol type)
    {
        string name = "";
        foreach (SymbolDisplayFormat format in Qualifiers)
        {
            name = type.ToDisplayString(format);
            if (!Ancestors(type).Any(ancestor => ancestor.OriginalDefinition.ToDisplayString(format) == name))
            {
                break;
            }
        }

        return name;
    }

    private static IEnumerable<INamedTypeSymbol> Ancestors(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            yield return ancestor;
        }
    }
}
