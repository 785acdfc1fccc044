using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>
/// Decides whether generated code can read a member by its name: a gradient, its parameter, a held source or a part of another assembly's
/// type.
/// </summary>
internal static class MemberReadability
{
    /// <summary>The attributes that a member's readers must have, and that generated code cannot pass on to its callers.</summary>
    private static readonly string[] Demands = ["RequiresUnreferencedCodeAttribute", "RequiresDynamicCodeAttribute",
        "RequiresAssemblyFilesAttribute"];

    /// <summary>
    /// The reason why the member cannot be read, which continues a sentence after its name, with advice; null if it can be read.
    /// </summary>
    /// <param name="member">The member.</param>
    /// <param name="within">The type that the code is added to, or the assembly.</param>
    /// <param name="compilation">The compilation.</param>
    public static string? FindObstacle(ISymbol member, ISymbol within, Compilation compilation) =>
        FindObstacleOfKind(member)
        ?? FindObstacleOfAccess(member, within, compilation)
        ?? FindObstacleOfAttributes(member, within);

    /// <summary>Whether naming the member is an error in code that is not obsolete.</summary>
    public static bool IsObsoleteError(ISymbol member) =>
        member.GetAttributes().Any(attribute => IsObsoleteAttribute(attribute) && attribute.ConstructorArguments is [_, { Value: true }])
        || (Overridden(member) is { } overridden && IsObsoleteError(overridden));

    /// <summary>Whether naming the type is such an error.</summary>
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
            return "using it is an error because of its [Obsolete]; make the attribute a warning";
        }

        AttributeData? demand = read.SelectMany(symbol => symbol.GetAttributes())
            .FirstOrDefault(attribute => Demands.Contains(attribute.AttributeClass?.Name));
        return demand is null
            ? null
            : $"[{demand.AttributeClass!.Name.Replace("Attribute", "")}] on it applies to all callers, and generated code cannot "
                + "pass it on; declare the buffer behind it";
    }

    private static string NameOf(ISymbol within) => within is IAssemblySymbol ? "this assembly" : $"'{within.Name}'";

    /// <summary>Obsolete code may use obsolete members.</summary>
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
