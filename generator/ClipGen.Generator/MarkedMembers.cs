using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator;

/// <summary>
/// Decides from syntax alone whether a marked member is not the first marked one of its type. Only the first stands for the type. Deciding
/// that from symbols would bind the attributes of every gradient after each keystroke, while syntax is only reanalyzed where it changed.
/// </summary>
internal static class MarkedMembers
{
    /// <summary>
    /// Whether an earlier member in the same declaration of the type has <paramref name="attribute"/>, written with the same name. Within
    /// one declaration the same name means the same attribute. If the result is false, symbols decide.
    /// </summary>
    public static bool StandsBehindAnother(SyntaxNode node, string attribute)
    {
        if (node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { Parent: TypeDeclarationSyntax type } member
            || member is BaseTypeDeclarationSyntax)
        {
            return false;
        }

        // All names, not any: another namespace may have an attribute of this name, and only one of the two marks a gradient.
        List<string> names = [.. MarkingNames(member, attribute)];
        return names.Count > 0
            && type.Members
                .TakeWhile(earlier => earlier != member)
                .Any(earlier => earlier is not BaseTypeDeclarationSyntax && names.All(MarkingNames(earlier, attribute).Contains));
    }

    /// <summary>
    /// The attributes of this name that mark a gradient, as written. Attributes with a target mark another symbol than the member.
    /// </summary>
    private static IEnumerable<string> MarkingNames(MemberDeclarationSyntax member, string attribute) =>
        member.AttributeLists
            .Where(list => list.Target is null)
            .SelectMany(list => list.Attributes)
            .Where(written => IsNamed(written.Name, attribute) && (attribute != WellKnownNames.Parameter || NamesGradient(written)))
            .Select(written => written.Name.ToString());

    /// <summary>A parameter marks a gradient only if it names one.</summary>
    private static bool NamesGradient(AttributeSyntax attribute) =>
        attribute.ArgumentList?.Arguments.Any(argument =>
            argument.NameEquals?.Name.Identifier.ValueText == "Gradient"
            && (argument.Expression is InvocationExpressionSyntax || argument.Expression.IsKind(SyntaxKind.StringLiteralExpression)))
            == true;

    private static bool IsNamed(NameSyntax written, string attribute)
    {
        SimpleNameSyntax? simple = written switch
        {
            QualifiedNameSyntax qualified => qualified.Right,
            AliasQualifiedNameSyntax qualified => qualified.Name,
            _ => written as SimpleNameSyntax,
        };
        string name = simple?.Identifier.ValueText ?? "";
        return name == attribute || name + "Attribute" == attribute;
    }
}
