using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Writes the names of types other than the generated type's own.</summary>
internal static class TypeText
{
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>
    /// The full name from <c>global::</c> on, with type arguments. <c>dynamic</c> is written as <c>object</c>, because a member access on
    /// it would be bound at run time.
    /// </summary>
    public static string Of(ITypeSymbol type) => string.Concat(type.ToDisplayParts(Format).Select(Write));

    private static string Write(SymbolDisplayPart part) => part.Kind switch
    {
        SymbolDisplayPartKind.Keyword when part.ToString() == "dynamic" => "object",
        SymbolDisplayPartKind.Keyword or SymbolDisplayPartKind.Punctuation or SymbolDisplayPartKind.Space
            or SymbolDisplayPartKind.NumericLiteral => part.ToString(),
        _ => Identifier.Escape(part.ToString()),
    };
}
