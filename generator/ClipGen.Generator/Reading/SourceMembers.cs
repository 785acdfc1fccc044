using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ClipGen.Generator.Reading;

/// <summary>The members of a type, as gradients are looked for in them.</summary>
internal static class SourceMembers
{
    /// <summary>Whether an attribute on the member declares a gradient: its own, or a parameter's.</summary>
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
    /// The members as they are declared. The parts of a type in several files follow each other by the paths of the files, not by the
    /// order in which the compiler was given them.
    /// </summary>
    public static IEnumerable<ISymbol> InFileOrder(INamedTypeSymbol type)
    {
        ImmutableArray<ISymbol> members = type.GetMembers();
        return type.DeclaringSyntaxReferences.Length <= 1
            ? members
            : members.OrderBy(member => member.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath ?? "",
                StringComparer.Ordinal);
    }

    /// <summary>
    /// The members in which held sources are looked for: instance fields and auto-properties that are not left out in writing.
    /// </summary>
    public static IEnumerable<ISymbol> Held(INamedTypeSymbol type) =>
        type.GetMembers().Where(member => CanHold(member) && !IsIgnored(member));

    public static bool CanHold(ISymbol member) => member switch
    {
        { IsStatic: true } => false,
        IFieldSymbol field => !field.IsImplicitlyDeclared && field.CanBeReferencedByName,
        IPropertySymbol property => BackingField(property) is not null && property.GetMethod is not null && property.CanBeReferencedByName,
        _ => false,
    };

    /// <summary>Whether objects keep the member's value, even where its name cannot be used to read it.</summary>
    public static bool CanKeep(ISymbol member) => member switch
    {
        { IsStatic: true } => false,
        IFieldSymbol field => !field.IsImplicitlyDeclared,
        IPropertySymbol property => BackingField(property) is not null,
        _ => false,
    };

    public static bool IsIgnored(ISymbol member) =>
        Attributes(member).Any(attribute => WellKnownNames.IsClipGenType(attribute.AttributeClass, WellKnownNames.ClipIgnore));

    /// <summary>The member's attributes; an auto-property's with those of its field, so that <c>[field: Gradient]</c> counts.</summary>
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
    /// Whether the member was written by this generator into this compilation. Analyzers see such members, the generator does not: what
    /// is decided about a declaration must be the same for both.
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
    /// The field behind an auto-property, also behind one that uses <c>field</c> or is partial. It is looked up by the name that the
    /// compiler gives it: of a partial property, either half may be the field's associated symbol.
    /// </summary>
    private static IFieldSymbol? BackingField(IPropertySymbol property) =>
        property.ContainingType.GetMembers($"<{property.Name}>k__BackingField").OfType<IFieldSymbol>().FirstOrDefault(
            field => field.AssociatedSymbol is IPropertySymbol);
}
