using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.Records;

/// <summary>The number that an expression has in the source.</summary>
internal static class WrittenNumber
{
    /// <summary>
    /// The constant value, or the number that the named variable, field, property or parameter is declared with. It can have another value
    /// when the program runs. A record then has another limit, or several, and says nothing about this one.
    /// </summary>
    public static double? Of(IOperation expression)
    {
        if (expression.ConstantNumber() is double constant)
            return constant;
        ISymbol? named = expression.WithoutConversions() switch
        {
            ILocalReferenceOperation local => local.Local,
            IFieldReferenceOperation field => field.Field,
            IPropertyReferenceOperation property => property.Property,
            IParameterReferenceOperation parameter => parameter.Parameter,
            _ => null,
        };
        return named is IParameterSymbol { HasExplicitDefaultValue: true, ExplicitDefaultValue: double or float or int or long } optional
            ? Convert.ToDouble(optional.ExplicitDefaultValue, null)
            : named?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } declaration ? Of(InitialValueOf(declaration)) : null;
    }

    /// <summary>The expression that a declaration gives its variable, field, property or parameter.</summary>
    public static ExpressionSyntax? InitialValueOf(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax variable => variable.Initializer?.Value,
        PropertyDeclarationSyntax property => property.Initializer?.Value ?? property.ExpressionBody?.Expression,
        ParameterSyntax parameter => parameter.Default?.Value,
        _ => null,
    };

    private static double? Of(ExpressionSyntax? expression) =>
        expression?.WithoutParentheses() is LiteralExpressionSyntax { Token.Value: double or float or int or long } literal
            ? Convert.ToDouble(literal.Token.Value, null)
            : null;
}
