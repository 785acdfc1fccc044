using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>Members and functions whose body is one expression.</summary>
internal static class ExpressionBodies
{
    /// <summary>The <c>=> expression</c> of a member or local function.</summary>
    public static ArrowExpressionClauseSyntax? ArrowOf(SyntaxNode node) => node switch
    {
        BaseMethodDeclarationSyntax method => method.ExpressionBody,
        LocalFunctionStatementSyntax function => function.ExpressionBody,
        AccessorDeclarationSyntax accessor => accessor.ExpressionBody,
        PropertyDeclarationSyntax property => property.ExpressionBody,
        IndexerDeclarationSyntax indexer => indexer.ExpressionBody,
        _ => null,
    };

    /// <summary>The expression that is the whole body of a lambda, member or local function.</summary>
    public static ExpressionSyntax? ExpressionOf(SyntaxNode node) =>
        node is LambdaExpressionSyntax lambda ? lambda.ExpressionBody : ArrowOf(node)?.Expression;

    /// <summary>Whether the body of the function yields a value.</summary>
    public static bool ReturnsValue(SyntaxNode node, SemanticModel model, CancellationToken cancellation)
    {
        IMethodSymbol? method = node switch
        {
            LambdaExpressionSyntax => model.GetSymbolInfo(node, cancellation).Symbol as IMethodSymbol,
            BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax =>
                model.GetDeclaredSymbol(node, cancellation) as IMethodSymbol,
            _ => null,
        };
        if (method is null)
            return node is BasePropertyDeclarationSyntax;
        if (method.ReturnsVoid || method.MethodKind is MethodKind.Constructor or MethodKind.StaticConstructor)
            return false;
        return !method.IsAsync || method.ReturnType is INamedTypeSymbol { IsGenericType: true };
    }

    /// <summary>The function with a block instead of its expression body.</summary>
    public static SyntaxNode WithBlock(SyntaxNode node, BlockSyntax block)
    {
        switch (node)
        {
            case LambdaExpressionSyntax lambda:
                return lambda.WithArrowToken(lambda.ArrowToken.WithTrailingTrivia()).WithBody(block);
            case LocalFunctionStatementSyntax { ConstraintClauses: { Count: > 0 } constraints } function:
                return function.WithExpressionBody(null).WithSemicolonToken(default)
                    .WithConstraintClauses(constraints.Replace(constraints.Last(), constraints.Last().WithTrailingTrivia()))
                    .WithBody(block).WithTrailingTrivia(node.GetTrailingTrivia());
            case LocalFunctionStatementSyntax function:
                return function.WithExpressionBody(null).WithSemicolonToken(default)
                    .WithParameterList(function.ParameterList.WithTrailingTrivia())
                    .WithBody(block).WithTrailingTrivia(node.GetTrailingTrivia());
            case ConstructorDeclarationSyntax { Initializer: { } initializer } constructor:
                return constructor.WithExpressionBody(null).WithSemicolonToken(default).WithInitializer(initializer.WithTrailingTrivia())
                    .WithBody(block).WithTrailingTrivia(node.GetTrailingTrivia());
            case MethodDeclarationSyntax { ConstraintClauses: { Count: > 0 } constraints } method:
                return method.WithExpressionBody(null).WithSemicolonToken(default)
                    .WithConstraintClauses(constraints.Replace(constraints.Last(), constraints.Last().WithTrailingTrivia()))
                    .WithBody(block).WithTrailingTrivia(node.GetTrailingTrivia());
            case BaseMethodDeclarationSyntax method:
                return method.WithExpressionBody(null).WithSemicolonToken(default)
                    .WithParameterList(method.ParameterList.WithTrailingTrivia())
                    .WithBody(block).WithTrailingTrivia(node.GetTrailingTrivia());
            case AccessorDeclarationSyntax accessor:
                return accessor.WithExpressionBody(null).WithSemicolonToken(default).WithKeyword(accessor.Keyword.WithTrailingTrivia())
                    .WithBody(block).WithTrailingTrivia(node.GetTrailingTrivia());
            case PropertyDeclarationSyntax property:
                return property.WithExpressionBody(null).WithSemicolonToken(default)
                    .WithIdentifier(property.Identifier.WithTrailingTrivia(SyntaxFactory.Space))
                    .WithAccessorList(Getter(block)).WithTrailingTrivia(node.GetTrailingTrivia());
            case IndexerDeclarationSyntax indexer:
                return indexer.WithExpressionBody(null).WithSemicolonToken(default)
                    .WithParameterList(indexer.ParameterList.WithTrailingTrivia(SyntaxFactory.Space))
                    .WithAccessorList(Getter(block)).WithTrailingTrivia(node.GetTrailingTrivia());
            default:
                return node;
        }
    }

    private static AccessorListSyntax Getter(BlockSyntax block) => SyntaxFactory.AccessorList(
        SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(SyntaxFactory.Space),
        SyntaxFactory.SingletonList(
            SyntaxFactory.AccessorDeclaration(SyntaxKind.GetAccessorDeclaration, block.WithTrailingTrivia(SyntaxFactory.Space))),
        SyntaxFactory.Token(SyntaxKind.CloseBraceToken));
}
