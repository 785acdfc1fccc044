using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// The sources that a type inherits and that no base hands over: those that only the type's own type arguments make sources
/// (<c>class Net : Wrapper&lt;Layer&gt;</c>), and those of a base in another assembly that is no source.
/// </summary>
internal static class InheritedMembers
{
    /// <summary>The inherited members that the type's own code must visit and can reach.</summary>
    public static IEnumerable<(ISymbol Member, GradientForm Form)> Of(
        INamedTypeSymbol type, Compilation compilation, Func<ITypeSymbol, GradientForm?> parse, Func<ITypeSymbol, bool> isSource) =>
        Find(type, parse, isSource).Where(inherited => CanReach(inherited.Member, type, compilation));

    /// <summary>The inherited members that hold sources, that no base hands over, and that the type's code cannot reach.</summary>
    public static IEnumerable<ISymbol> Hidden(
        INamedTypeSymbol type, Compilation compilation, Func<ITypeSymbol, GradientForm?> parse, Func<ITypeSymbol, bool> isSource) =>
        Find(type, parse, isSource).Select(inherited => inherited.Member).Where(member => !CanReach(member, type, compilation));

    /// <summary>
    /// The collection that a type is by its base in another assembly (<c>class Sequential : List&lt;Layer&gt;</c>), if its items are
    /// sources that no base hands over. The items of a collection that is implemented in this compilation are held by that type's members.
    /// </summary>
    public static (INamedTypeSymbol Base, CollectionForm Form)? FindItems(
        INamedTypeSymbol type, Func<ITypeSymbol, GradientForm?> parse, Func<ITypeSymbol, bool> isSource)
    {
        foreach ((INamedTypeSymbol ancestor, INamedTypeSymbol? seenByParent) in Ancestors(type, isSource))
        {
            if (IsForeign(ancestor, type))
            {
                return parse(ancestor) is CollectionForm form && (seenByParent is null || parse(seenByParent) is null)
                    ? (ancestor, form)
                    : null;
            }
        }

        return null;
    }

    private static IEnumerable<(ISymbol Member, GradientForm Form)> Find(
        INamedTypeSymbol type, Func<ITypeSymbol, GradientForm?> parse, Func<ITypeSymbol, bool> isSource)
    {
        foreach ((INamedTypeSymbol ancestor, INamedTypeSymbol? seenByParent) in Ancestors(type, isSource))
        {
            // Members that are sources whatever the type arguments are make the base itself a source.
            bool handsOver = !IsForeign(ancestor, type) && SymbolEqualityComparer.Default.Equals(ancestor, ancestor.OriginalDefinition);
            foreach (ISymbol member in handsOver ? [] : SourceMembers.Held(ancestor))
            {
                if (parse(SourceMembers.TypeOf(member)) is { } form && !IsHandedOver(member, seenByParent, parse))
                {
                    yield return (member, form);
                }
            }
        }
    }

    /// <summary>
    /// The bases, each with the same base as the type's direct base sees it if that one is a source: what is a source there, it hands over.
    /// </summary>
    private static IEnumerable<(INamedTypeSymbol Ancestor, INamedTypeSymbol? SeenByParent)> Ancestors(
        INamedTypeSymbol type, Func<ITypeSymbol, bool> isSource)
    {
        if (type.BaseType is not { SpecialType: SpecialType.None } parent)
        {
            yield break;
        }

        INamedTypeSymbol? seenByParent = isSource(parent) ? parent.OriginalDefinition : null;
        for (INamedTypeSymbol? ancestor = parent; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
        {
            yield return (ancestor, seenByParent);
            seenByParent = seenByParent?.BaseType;
        }
    }

    private static bool IsHandedOver(ISymbol member, INamedTypeSymbol? seenByParent, Func<ITypeSymbol, GradientForm?> parse) =>
        seenByParent?.GetMembers(member.Name).FirstOrDefault(
            candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, member.OriginalDefinition)) is { } seen
        && parse(SourceMembers.TypeOf(seen)) is not null;

    private static bool IsForeign(INamedTypeSymbol ancestor, INamedTypeSymbol type) =>
        !SymbolEqualityComparer.Default.Equals(ancestor.ContainingAssembly, type.ContainingAssembly);

    /// <summary>Whether the type's code can name the member: it is readable there, and no member of a more derived type hides it.</summary>
    private static bool CanReach(ISymbol member, INamedTypeSymbol type, Compilation compilation)
    {
        for (INamedTypeSymbol? current = type;
            current is not null
                && !SymbolEqualityComparer.Default.Equals(current.OriginalDefinition, member.ContainingType.OriginalDefinition);
            current = current.BaseType)
        {
            if (!current.GetMembers(member.Name).IsEmpty)
            {
                return false;
            }
        }

        return MemberReadability.FindObstacle(member, type, compilation) is null;
    }
}
