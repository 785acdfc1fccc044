using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Reads structs marked <c>[InlineArray(n)]</c>, whose one field stands for n elements.</summary>
internal static class InlineArrays
{
    public static bool IsInlineArray(ITypeSymbol type) => LengthOf(type) is not null;

    /// <summary>The number of elements, or null for any other type.</summary>
    public static int? LengthOf(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Struct })
        {
            foreach (AttributeData attribute in type.GetAttributes())
            {
                if (attribute is { AttributeClass.Name: "InlineArrayAttribute", ConstructorArguments: [{ Value: int length }] }
                    && attribute.AttributeClass.ContainingNamespace.ToDisplayString() == "System.Runtime.CompilerServices")
                {
                    return length;
                }
            }
        }

        return null;
    }

    public static ITypeSymbol? ElementOf(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => !field.IsStatic)?.Type;
}
