using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>Reads the members of a type that may hold gradients.</summary>
internal static class MemberSymbols
{
    /// <summary>Whether an attribute on the member declares a gradient, of the member or of a parameter.</summary>
    public static bool MarksGradient(ISymbol member)
    {
        if (member is INamedTypeSymbol)
        {
            return false;
        }

        foreach (AttributeData attribute in member.GetAttributes())
        {
            if (WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Gradient)
                || LimitParser.IsClipAttribute(attribute)
                || (WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.Parameter)
                    && GradientName(attribute) is not null))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether an attribute on the member makes its type a gradient source: it declares a gradient, or marks gradient sources that the
    /// member holds.
    /// </summary>
    public static bool MakesGradientSource(ISymbol member) =>
        member is not INamedTypeSymbol
        && (MarksGradient(member) || WellKnownNames.FindAttribute(member, WellKnownNames.Replicated) is not null);

    /// <summary>
    /// The members in declaration order. The parts of a type in several files are ordered by the paths of the files, not by the order in
    /// which the compiler received them.
    /// </summary>
    public static IEnumerable<ISymbol> InFileOrder(INamedTypeSymbol type)
    {
        ImmutableArray<ISymbol> members = type.GetMembers();
        return type.DeclaringSyntaxReferences.Length <= 1
            ? members
            : members.OrderBy(member => member.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath ?? "",
                StringComparer.Ordinal);
    }

    /// <summary>The members that are searched for held sources: instance fields and auto-properties that are not left out.</summary>
    public static IEnumerable<ISymbol> Held(INamedTypeSymbol type) =>
        type.GetMembers().Where(member => CanHold(member) && !IsIgnored(member));

    public static bool CanHold(ISymbol member) => member switch
    {
        { IsStatic: true } => false,
        IFieldSymbol field => !field.IsImplicitlyDeclared && field.CanBeReferencedByName,
        IPropertySymbol property => BackingField(property) is not null && property.GetMethod is not null && property.CanBeReferencedByName,
        _ => false,
    };

    /// <summary>Whether objects store the member's value, even if it cannot be accessed by name.</summary>
    public static bool CanKeep(ISymbol member) => member switch
    {
        { IsStatic: true } => false,
        IFieldSymbol field => !field.IsImplicitlyDeclared,
        IPropertySymbol property => BackingField(property) is not null,
        _ => false,
    };

    /// <summary>Whether every process holds the member's gradients.</summary>
    public static bool IsReplicated(ISymbol member) => Has(member, WellKnownNames.Replicated);

    public static bool IsIgnored(ISymbol member) => Has(member, WellKnownNames.ClipIgnore);

    /// <summary>Whether one of <see cref="Attributes"/> has the name.</summary>
    public static bool Has(ISymbol member, string attribute) =>
        Attributes(member).Any(each => WellKnownNames.IsClipGenType(each.AttributeClass, attribute));

    /// <summary>The member's attributes. For an auto-property also those of its field, so that <c>[field: Gradient]</c> counts.</summary>
    public static ImmutableArray<AttributeData> Attributes(ISymbol member) =>
        member is IPropertySymbol property && BackingField(property) is { } field
            ? property.GetAttributes().AddRange(field.GetAttributes())
            : member.GetAttributes();

    public static ITypeSymbol TypeOf(ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        IMethodSymbol method => method.ReturnType,
        IParameterSymbol parameter => parameter.Type,
        IEventSymbol @event => @event.Type,
        _ => throw new ArgumentException("The symbol has no type.", nameof(member)),
    };

    /// <summary>
    /// Whether this generator added the member to this compilation. Analyzers see such members and the generator does not, but both must
    /// decide equally about a declaration.
    /// </summary>
    public static bool IsGenerated(ISymbol member, IAssemblySymbol compiled) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, compiled)
        && member.GetAttributes().Any(attribute =>
            attribute is { AttributeClass.Name: "GeneratedCodeAttribute", ConstructorArguments: [{ Value: WellKnownNames.Namespace }, _] });

    /// <summary>The name in <c>[Parameter(Gradient = …)]</c>, or null.</summary>
    public static string? GradientName(AttributeData attribute)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == "Gradient")
            {
                return argument.Value.Value as string;
            }
        }

        return null;
    }

    public static T? NamedArgument<T>(AttributeData attribute, string name, T? otherwise)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name && argument.Value.Value is T value)
            {
                return value;
            }
        }

        return otherwise;
    }

    /// <summary>
    /// The field of an auto-property, also of one that uses <c>field</c> or is partial. It is found by the name that the compiler gives it,
    /// because the associated symbol of a partial property's field can be either half.
    /// </summary>
    private static IFieldSymbol? BackingField(IPropertySymbol property) =>
        property.ContainingType.GetMembers($"<{property.Name}>k__BackingField").OfType<IFieldSymbol>().FirstOrDefault(
            field => field.AssociatedSymbol is IPropertySymbol);
}
