using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>The unmarked members through which objects of a type hold gradient sources.</summary>
internal static class HeldMembers
{
    /// <summary>Every member that holds a source and that the type's own code must visit.</summary>
    /// <param name="type">The type.</param>
    /// <param name="compilation">The compilation that it belongs to.</param>
    /// <param name="parse">Reads the form of an unmarked member, or returns null if it holds no source.</param>
    /// <param name="isGradientSource">Whether a base class visits its own members.</param>
    public static IEnumerable<(ISymbol Member, GradientForm Form)> Of(
        INamedTypeSymbol type, Compilation compilation, Func<ITypeSymbol, GradientForm?> parse, Func<ITypeSymbol, bool> isGradientSource)
    {
        IEnumerable<(ISymbol Member, GradientForm Form)> own =
            from member in MemberSymbols.Held(type)
            let form = parse(MemberSymbols.TypeOf(member))
            where form is not null
            select (member, form);
        return own.Concat(CapturedParameters.Of(type, compilation, parse))
            .Concat(InheritedMembers.Of(type, compilation, parse, isGradientSource));
    }
}
