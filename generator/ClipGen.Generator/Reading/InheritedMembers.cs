using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// The gradient sources that a type inherits and that no base class visits: those that only the type's own type arguments make sources
/// (<c>class Net : Wrapper&lt;Layer&gt;</c>), and those of a base class in another assembly that is no source.
/// </summary>
internal static class InheritedMembers
{
    /// <summary>The inherited members that the type's own code must visit and can access.</summary>
    public static IEnumerable<(ISymbol Member, GradientForm Form)> Of(
        INamedTypeSymbol type, Compilation compilation, Func<ITypeSymbol, GradientForm?> parse, Func<ITypeSymbol, bool> isGradientSource) =>
        Find(type, parse, isGradientSource).Where(inherited => CanReach(inherited.Member, type, compilation));

    /// <summary>The inherited members that hold sources, that no base class visits, and that the type's code cannot access.</summary>
    public static IEnumerable<ISymbol> Hidden(
        INamedTypeSymbol type, Compilation compilation, Func<ITypeSymbol, GradientForm?> parse, Func<ITypeSymbol, bool> isGradientSource) =>
        Find(type, parse, isGradientSource).Select(inherited => inherited.Member).Where(member => !CanReach(member, type, compilation));

    /// <summary>
    /// The collection that a type is through its base class in another assembly (<c>class Sequential : List&lt;Layer&gt;</c>), if its items
    /// are sources that no base class visits. The items of a collection that is implemented in this compilation are held by that type's
    /// members.
    /// </summary>
    public static (INamedTypeSymbol Base, CollectionForm Form)? FindItems(
        INamedTypeSymbol type, Func<ITypeSymbol, GradientForm?> parse, Func<ITypeSymbol, bool> isGradientSource)
    {
        foreach ((INamedTypeSymbol ancestor, INamedTypeSymbol? seenByParent) in Ancestors(type, isGradientSource))
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
        INamedTypeSymbol type, Func<ITypeSymbol, GradientForm?> parse, Func<ITypeSymbol, bool> isGradientSource)
    {
        foreach ((INamedTypeSymbol ancestor, INamedTypeSymbol? seenByParent) in Ancestors(type, isGradientSource))
        {
            // Members that are sources for any type arguments make the base class itself a source.
            bool handsOver = !IsForeign(ancestor, type) && SymbolEqualityComparer.Default.Equals(ancestor, ancestor.OriginalDefinition);
            foreach (ISymbol member in handsOver ? [] : MemberSymbols.Held(ancestor))
            {
                if (parse(MemberSymbols.TypeOf(member)) is { } form && !IsHandedOver(member, seenByParent, parse))
                {
                    yield return (member, form);
                }
            }
        }
    }

    /// <summary>
    /// The base classes, each paired with the same class as seen by a direct base class that is a source. That one visits the members that
    /// are sources there.
    /// </summary>
    private static IEnumerable<(INamedTypeSymbol Ancestor, INamedTypeSymbol? SeenByParent)> Ancestors(
        INamedTypeSymbol type, Func<ITypeSymbol, bool> isGradientSource)
    {
        if (type.BaseType is not { SpecialType: SpecialType.None } parent)
        {
            yield break;
        }

        INamedTypeSymbol? seenByParent = isGradientSource(parent) ? parent.OriginalDefinition : null;
        for (INamedTypeSymbol? ancestor = parent; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
        {
            yield return (ancestor, seenByParent);
            seenByParent = seenByParent?.BaseType;
        }
    }

    private static bool IsHandedOver(ISymbol member, INamedTypeSymbol? seenByParent, Func<ITypeSymbol, GradientForm?> parse) =>
        seenByParent?.GetMembers(member.Name).FirstOrDefault(
            candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, member.OriginalDefinition)) is { } seen
        && parse(MemberSymbols.TypeOf(seen)) is not null;

    private static bool IsForeign(INamedTypeSymbol ancestor, INamedTypeSymbol type) =>
        !SymbolEqualityComparer.Default.Equals(ancestor.ContainingAssembly, type.ContainingAssembly);

    /// <summary>
    /// Whether the type's code can name the member: it is accessible there, and no member of a more derived type hides it.
    /// </summary>
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
