using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// Whether generated code can read a member by its name: the same for a gradient, its parameter, a held source and a part of someone else's
/// type.
/// </summary>
internal static class MemberReadability
{
    /// <summary>What a member demands of everyone who reads it, and generated code cannot pass on to those who call it.</summary>
    private static readonly string[] Demands = ["RequiresUnreferencedCodeAttribute", "RequiresDynamicCodeAttribute",
        "RequiresAssemblyFilesAttribute"];

    /// <summary>Why the member cannot be read, as a sentence goes on after its name, and what to do; null if it can.</summary>
    /// <param name="member">The member.</param>
    /// <param name="within">The type that the code is added to, or the assembly.</param>
    /// <param name="compilation">The compilation.</param>
    public static string? FindObstacle(ISymbol member, ISymbol within, Compilation compilation) =>
        FindObstacleOfKind(member)
        ?? FindObstacleOfAccess(member, within, compilation)
        ?? FindObstacleOfAttributes(member, within);

    /// <summary>Whether naming the member is an error, unless the code that does it is obsolete itself.</summary>
    public static bool IsObsoleteError(ISymbol member) =>
        member.GetAttributes().Any(attribute => IsObsoleteAttribute(attribute) && attribute.ConstructorArguments is [_, { Value: true }])
        || (Overridden(member) is { } overridden && IsObsoleteError(overridden));

    /// <summary>Whether to write the type out is such an error.</summary>
    public static bool NamesObsoleteError(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => NamesObsoleteError(array.ElementType),
        INamedTypeSymbol named => IsObsoleteError(named.OriginalDefinition)
            || named.TypeArguments.Any(NamesObsoleteError)
            || (named.ContainingType is { } outer && NamesObsoleteError(outer)),
        _ => false,
    };

    private static string? FindObstacleOfKind(ISymbol member) => member switch
    {
        { IsStatic: true } => "it is static, and so belongs to no model; make it an instance member",
        IEventSymbol => "it is an event; declare the buffer itself",
        IPropertySymbol { IsIndexer: true } => "it is an indexer; declare the buffer behind it",
        IPropertySymbol { GetMethod: null } => "it cannot be read; give it a getter",
        IPropertySymbol { ExplicitInterfaceImplementations.IsEmpty: false } =>
            "it implements an interface explicitly; declare the buffer behind it",
        IMethodSymbol { MethodKind: not MethodKind.Ordinary } => "it is not an ordinary method; declare the buffer behind it",
        IMethodSymbol method when !method.Parameters.IsEmpty || method.IsVararg =>
            "it takes arguments; declare the buffer, or a method that returns it without arguments",
        IMethodSymbol { IsGenericMethod: true } => "it is generic; declare the buffer, or a method that returns it without type arguments",
        IFieldSymbol or IPropertySymbol or IMethodSymbol => null,
        _ => "it is neither field nor property nor method",
    };

    private static string? FindObstacleOfAccess(ISymbol member, ISymbol within, Compilation compilation) =>
        !compilation.IsSymbolAccessibleWithin(member, within)
            ? $"it is not accessible from {NameOf(within)}; make it accessible there"
            : member is IPropertySymbol { GetMethod: { } getter } && !compilation.IsSymbolAccessibleWithin(getter, within)
                ? $"its getter is not accessible from {NameOf(within)}; make it accessible there"
                : null;

    private static string? FindObstacleOfAttributes(ISymbol member, ISymbol within)
    {
        ISymbol[] read = member is IPropertySymbol { GetMethod: { } getter } ? [member, getter] : [member];
        if (read.Any(IsObsoleteError) && !IsObsolete(within))
        {
            return "using it is an error by its [Obsolete]; let the attribute only warn";
        }

        AttributeData? demand = read.SelectMany(symbol => symbol.GetAttributes())
            .FirstOrDefault(attribute => Demands.Contains(attribute.AttributeClass?.Name));
        return demand is null
            ? null
            : $"[{demand.AttributeClass!.Name.Replace("Attribute", "")}] on it concerns all who call it, and generated code cannot say so; "
                + "declare the buffer behind it";
    }

    private static string NameOf(ISymbol within) => within is IAssemblySymbol ? "this assembly" : $"'{within.Name}'";

    /// <summary>Obsolete code may use what is obsolete.</summary>
    private static bool IsObsolete(ISymbol within)
    {
        for (ISymbol? current = within; current is INamedTypeSymbol; current = current.ContainingType)
        {
            if (current.GetAttributes().Any(IsObsoleteAttribute))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsObsoleteAttribute(AttributeData attribute) =>
        attribute.AttributeClass is
        {
            Name: "ObsoleteAttribute",
            ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true },
        };

    private static ISymbol? Overridden(ISymbol member) => member switch
    {
        IPropertySymbol property => property.OverriddenProperty,
        IMethodSymbol method => method.OverriddenMethod,
        _ => null,
    };
}
