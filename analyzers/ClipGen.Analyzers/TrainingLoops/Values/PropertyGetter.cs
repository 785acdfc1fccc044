using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>What the getter of a property returns, as its source says.</summary>
internal static class PropertyGetter
{
    /// <summary>
    /// The name of the field that a property returns: <c>_delta</c> for <c>Change { get { return _delta; } }</c>; <see langword="null"/> if
    /// it returns something else.
    /// </summary>
    public static string? FieldNameOf(IPropertySymbol property) =>
        property.DeclaringSyntaxReferences is [{ } reference] && reference.GetSyntax() is BasePropertyDeclarationSyntax declaration
            ? OwnName(ValueOf(declaration))
            : null;

    /// <summary>
    /// The name in <c>_delta</c> or <c>this._delta</c>, which can be that of a member; <see langword="null"/> for other expressions.
    /// </summary>
    public static string? OwnName(ExpressionSyntax? value) => value switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: { } name } => name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The expression that a getter returns; <see langword="null"/> if it has no source, or other statements.</summary>
    public static ExpressionSyntax? ValueOf(BasePropertyDeclarationSyntax declaration) =>
        (declaration as PropertyDeclarationSyntax)?.ExpressionBody?.Expression ?? GetterOf(declaration) switch
        {
            { ExpressionBody.Expression: { } value } => value,
            { Body.Statements: [ReturnStatementSyntax { Expression: { } value }] } => value,
            _ => null,
        };

    /// <summary>Whether the compiler implements the getter.</summary>
    public static bool IsAutomatic(BasePropertyDeclarationSyntax declaration) =>
        GetterOf(declaration) is { Body: null, ExpressionBody: null };

    private static AccessorDeclarationSyntax? GetterOf(BasePropertyDeclarationSyntax declaration) =>
        declaration.AccessorList?.Accessors.FirstOrDefault(each => each.IsKind(SyntaxKind.GetAccessorDeclaration));
}
