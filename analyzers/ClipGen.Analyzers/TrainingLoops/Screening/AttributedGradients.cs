using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>Reads from syntax alone which members the attributes in a file declare as gradients.</summary>
internal static class AttributedGradients
{
    public static IEnumerable<string> In(SyntaxNode root) => root.DescendantNodes().OfType<AttributeSyntax>().SelectMany(Of);

    private static IEnumerable<string> Of(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString();
        if (IsNamed(name, "Parameter"))
            return (attribute.ArgumentList?.Arguments ?? default).Where(NamesGradient).Select(LastName).OfType<string>();
        return IsNamed(name, "Gradient") ? Declared(attribute) : [];
    }

    private static bool IsNamed(string attribute, string name) =>
        attribute.EndsWith(name, StringComparison.Ordinal) || attribute.EndsWith(name + "Attribute", StringComparison.Ordinal);

    private static bool NamesGradient(AttributeArgumentSyntax argument) => argument.NameEquals?.Name.Identifier.ValueText == "Gradient";

    /// <summary><c>_dW</c>, for <c>nameof(_dW)</c> as for <c>"_dW"</c>.</summary>
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
