using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Writes the attribute that declares the gradients of a type of another assembly. The text in a message compiles where it is inserted.
/// </summary>
internal static class GradientSourceAttributeText
{
    /// <summary><c>assembly: GradientSource(typeof(Matrix), nameof(Matrix.Grad))</c>, as written at the top of a file.</summary>
    public static string Of(INamedTypeSymbol type, IEnumerable<string> gradients, SyntaxTree tree, Compilation compilation)
    {
        type = type.OriginalDefinition;
        string name = TypeNameText.Of(type, tree, compilation);

        // Before C# 14, nameof accepts no open generic type.
        bool isOpen = name.Contains("<");
        IEnumerable<string> names = gradients.Select(gradient => isOpen ? $"\"{gradient}\"" : $"nameof({name}.{Escape(gradient)})");
        string attribute = TypeNameText.OfAttribute(WellKnownNames.GradientSource, tree, compilation);
        return $"assembly: {attribute}(typeof({name}), {string.Join(", ", names)})";
    }

    /// <summary>
    /// The members of a type of another assembly that are gradients by name and that this assembly can access. A member of that type is
    /// marked as a gradient, so the names are evidence enough.
    /// </summary>
    public static IReadOnlyList<string> GradientsOf(INamedTypeSymbol type, GradientFormParser forms, Compilation compilation) =>
        [
            .. Members(type).Where(member => member is IFieldSymbol or IPropertySymbol { IsIndexer: false, GetMethod: not null }
                    && !member.IsStatic
                    && member.Name.IndexOf("grad", StringComparison.OrdinalIgnoreCase) >= 0
                    && compilation.IsSymbolAccessibleWithin(member, compilation.Assembly)
                    && forms.ParseGradient(MemberSymbols.TypeOf(member)) is not null)
                .Select(member => member.Name)
                .Distinct(),
        ];

    /// <summary>The members of a type and of its base classes.</summary>
    public static IEnumerable<ISymbol> Members(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            foreach (ISymbol member in current.GetMembers())
            {
                yield return member;
            }
        }
    }

    private static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None ? "@" + name : name;
}
