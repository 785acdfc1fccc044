using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>Finds the bodies of a file: methods, constructors, operators, accessors, and top-level statements.</summary>
internal static class FileBodies
{
    /// <summary>The nodes whose operations are the bodies, in file order.</summary>
    /// <param name="root">The root of the file.</param>
    /// <param name="span">The span of the file to search, or <see langword="null"/> for all of it.</param>
    public static IEnumerable<SyntaxNode> In(SyntaxNode root, TextSpan? span)
    {
        IEnumerable<SyntaxNode> nodes = span is { } within
            ? root.DescendantNodesAndSelf(within, HoldsBodies)
            : root.DescendantNodesAndSelf(HoldsBodies);
        return nodes.Where(IsBody);
    }

    private static bool HoldsBodies(SyntaxNode node) =>
        node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax
            or BasePropertyDeclarationSyntax or AccessorListSyntax;

    private static bool IsBody(SyntaxNode node) => node switch
    {
        BaseMethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        AccessorDeclarationSyntax accessor => accessor.Body is not null || accessor.ExpressionBody is not null,
        ArrowExpressionClauseSyntax arrow => arrow.Parent is BasePropertyDeclarationSyntax,
        CompilationUnitSyntax unit => unit.Members.Any(SyntaxKind.GlobalStatement),
        _ => false,
    };
}
