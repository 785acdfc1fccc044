using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>Reads from syntax alone what ClipGen's attributes in a file declare.</summary>
internal static class AttributedGradients
{
    private const string Suffix = "Attribute";

    private static readonly HashSet<string> Declarations =
    [
        .. WellKnownNames.ClipAttributes.Select(WithoutSuffix),
        "ClipIgnore", "Gradient", "Parameter", "BackwardPass", "GradientClipping", "GradientReset", "OptimizerStep",
    ];

    /// <summary>The members that are declared as gradients.</summary>
    public static IEnumerable<string> In(SyntaxNode root) => root.DescendantNodes().OfType<AttributeSyntax>().SelectMany(Of);

    /// <summary>Whether the node is an attribute of ClipGen.</summary>
    public static bool IsDeclaration(SyntaxNode node) => node is AttributeSyntax attribute && Declarations.Contains(NameOf(attribute));

    /// <summary>Whether the method is marked as one that clips.</summary>
    public static bool IsMarkedClip(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => NameOf(attribute) == "GradientClipping");

    private static string NameOf(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString();
        return WithoutSuffix(name.Substring(name.LastIndexOfAny(['.', ':']) + 1));
    }

    private static string WithoutSuffix(string name) =>
        name.EndsWith(Suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - Suffix.Length) : name;

    private static IEnumerable<string> Of(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString();
        if (IsNamed(name, "Parameter"))
            return (attribute.ArgumentList?.Arguments ?? default).Where(NamesGradient).Select(LastName).OfType<string>();
        return IsNamed(name, "Gradient") ? Declared(attribute) : [];
    }

    private static bool IsNamed(string attribute, string name) =>
        attribute.EndsWith(name, StringComparison.Ordinal) || attribute.EndsWith(name + Suffix, StringComparison.Ordinal);

    private static bool NamesGradient(AttributeArgumentSyntax argument) => argument.NameEquals?.Name.Identifier.ValueText == "Gradient";

    /// <summary><c>_dW</c>, for <c>nameof(_dW)</c> as well as for <c>"_dW"</c>.</summary>
    private static string? LastName(AttributeArgumentSyntax argument) =>
        argument.Expression.DescendantTokens()
            .LastOrDefault(token => token.IsKind(SyntaxKind.IdentifierToken) || token.IsKind(SyntaxKind.StringLiteralToken))
            .ValueText;

    private static IEnumerable<string> Declared(AttributeSyntax attribute) => attribute.Parent?.Parent switch
    {
        FieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.ValueText),
        PropertyDeclarationSyntax property => [property.Identifier.ValueText],
        _ => [],
    };
}
