using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Findings;

/// <summary>Finds names and locations for diagnostics.</summary>
internal static class SyntaxPlaces
{
    public static bool Contains(SyntaxNode outer, SyntaxNode inner) =>
        outer.SyntaxTree == inner.SyntaxTree && outer.Span.Contains(inner.Span);

    /// <summary>The name of the member or function that contains the node.</summary>
    public static string NameOf(SyntaxNode body)
    {
        for (SyntaxNode? node = body; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case MethodDeclarationSyntax method:
                    return method.Identifier.ValueText;
                case LocalFunctionStatementSyntax function:
                    return function.Identifier.ValueText;
                case ConstructorDeclarationSyntax constructor:
                    return constructor.Identifier.ValueText;
                case PropertyDeclarationSyntax property:
                    return property.Identifier.ValueText;
                case OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax:
                    return "operator";
                case IndexerDeclarationSyntax:
                    return "this[]";
                case DestructorDeclarationSyntax destructor:
                    return "~" + destructor.Identifier.ValueText;
                case EventDeclarationSyntax declaration:
                    return declaration.Identifier.ValueText;
                case VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field:
                    return field.Identifier.ValueText;
                case BaseTypeDeclarationSyntax type:
                    return type.Identifier.ValueText;
            }
        }

        return "Program";
    }

    /// <summary>The location to report at. For <c>x?.step()</c> that is the whole expression.</summary>
    public static Location LocationOf(SyntaxNode node)
    {
        while (node.Parent is ConditionalAccessExpressionSyntax access && access.WhenNotNull == node)
            node = access;
        return node.GetLocation();
    }

    /// <summary>The code of a node on one line.</summary>
    public static string TextOf(SyntaxNode node) =>
        string.Join(" ", node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
