using System.Globalization;
using ClipGen.Generator.Model;
using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Checks;

/// <summary>
/// Writes the property that returns the elements of a gradient in a container of numbers, such as a matrix of Math.NET. Weights and
/// gradients have the same type, so a declaration of the type cannot distinguish them.
/// </summary>
internal static class ElementProperty
{
    // The preferred method first: matrices of Math.NET are stored by columns, and return null from AsArray.
    private static readonly string[] Accessors =
        ["AsSpan", "Span", "AsMemory", "Memory", "AsColumnMajorArray", "Values", "Data", "Elements", "Items", "Buffer", "Array",
        "Entries", "Storage", "Raw"];

    /// <summary>
    /// <c>[Gradient] private float[] DWElements => _dW.AsColumnMajorArray();</c>, or null if the type of the member returns no elements
    /// without a copy.
    /// </summary>
    public static string? For(ISymbol member, GradientFormParser forms, Compilation compilation, SyntaxTree tree)
    {
        ITypeSymbol type = MemberSymbols.TypeOf(member);
        ITypeSymbol? item = ItemOf(type);
        if ((item ?? type) is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface } values
            || AccessorOf(values, member, forms, compilation) is not { } accessor)
        {
            return null;
        }

        string attribute = TypeNameText.OfAttribute(WellKnownNames.Gradient, tree, compilation);
        string elements = MemberSymbols.TypeOf(accessor).WithNullableAnnotation(NullableAnnotation.None)
            .ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)
            .Replace("global::", "");
        string held = MemberExpression.Of(member);
        if (item is null)
        {
            string read = Read(held, member, type, accessor);
            string nullable = read.Contains("?.") && type.NullableAnnotation == NullableAnnotation.Annotated ? "?" : "";
            return $"[{attribute}] private {elements}{nullable} {NameFor(member)} => {read};";
        }

        return $"[{attribute}] private System.Collections.Generic.IEnumerable<{elements}> {NameFor(member)} => "
            + $"System.Linq.Enumerable.Select({held}, item => {Read("item", member, item, accessor)});";
    }

    /// <summary>The element type of a list, or null.</summary>
    private static ITypeSymbol? ItemOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => array.ElementType,
        INamedTypeSymbol named when UnknownFormAdvice.IsOfFramework(named) => named.AllInterfaces.Append(named)
            .Where(implemented => implemented.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)
            .Select(implemented => implemented.TypeArguments[0])
            .FirstOrDefault(),
        _ => null,
    };

    /// <summary>The member that returns the elements of a container without a copy, as far as its name says.</summary>
    public static ISymbol? AccessorOf(INamedTypeSymbol values, ISymbol holder, GradientFormParser forms, Compilation compilation)
    {
        ISymbol? best = null;
        int bestRank = int.MaxValue;
        foreach (ISymbol candidate in GradientSourceAttributeText.Members(values))
        {
            int rank = Rank(candidate.Name);
            bool isReadable = candidate is IFieldSymbol
                or IPropertySymbol { IsIndexer: false, GetMethod: not null }
                or IMethodSymbol { Parameters.IsEmpty: true, IsGenericMethod: false, ReturnsVoid: false, MethodKind: MethodKind.Ordinary };
            if (rank < bestRank
                && isReadable
                && !candidate.IsStatic
                && candidate.CanBeReferencedByName
                && compilation.IsSymbolAccessibleWithin(candidate, holder.ContainingType)
                && forms.ParseGradient(MemberSymbols.TypeOf(candidate)) is BufferForm)
            {
                best = candidate;
                bestRank = rank;
            }
        }

        return best;
    }

    private static int Rank(string name)
    {
        int known = Array.FindIndex(Accessors, accessor => accessor.Equals(name.TrimStart('_'), StringComparison.OrdinalIgnoreCase));
        return known >= 0 ? known : name.StartsWith("As", StringComparison.Ordinal) ? Accessors.Length : int.MaxValue;
    }

    private static string Read(string held, ISymbol member, ITypeSymbol heldType, ISymbol accessor)
    {
        string access = MemberExpression.Of(accessor);
        if (MemberSymbols.TypeOf(accessor) is not IArrayTypeSymbol array)
        {
            return $"{held}.{access}";
        }

        // A method that may return null does so if the values are stored in another way. Without the exception, such a gradient would be
        // missing from the norm.
        bool mayBeNull = array.NullableAnnotation == NullableAnnotation.Annotated
            || (accessor is IMethodSymbol && array.NullableAnnotation == NullableAnnotation.None);
        return mayBeNull
            ? $"{held}.{access} ?? throw new System.InvalidOperationException(\"{member.Name} does not store its elements in one array.\")"
            : heldType.IsReferenceType && heldType.NullableAnnotation != NullableAnnotation.NotAnnotated ? $"{held}?.{access}"
                : $"{held}.{access}";
    }

    private static string NameFor(ISymbol member)
    {
        string plain = member.Name.TrimStart('_');
        plain = plain.StartsWith("m_", StringComparison.Ordinal) ? plain.Substring(2) : plain;
        string name = plain.Length == 0 ? "Elements"
            : char.ToUpperInvariant(plain[0]).ToString(CultureInfo.InvariantCulture) + plain.Substring(1) + "Elements";
        int number = 1;
        string free = name;
        while (!member.ContainingType.GetMembers(free).IsEmpty)
        {
            number++;
            free = name + number.ToString(CultureInfo.InvariantCulture);
        }

        return free;
    }
}
