using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>Names of members that return a size.</summary>
internal static class SizeWords
{
    private static readonly HashSet<string> Names =
    [
        "Length", "LongLength", "Count", "Rank", "Rows", "Columns", "Cols", "RowCount", "ColumnCount", "Size", "Shape", "Width", "Height",
        "Dim", "Dimension", "GetLength", "GetUpperBound",
    ];

    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>Whether the code reads only the size of the named object: <c>xs[0].Length</c>.</summary>
    public static bool AsksForSize(IdentifierNameSyntax identifier)
    {
        ExpressionSyntax current = identifier;
        while (true)
        {
            switch (current.Parent)
            {
                case ElementAccessExpressionSyntax element when element.Expression == current:
                    current = element;
                    break;
                case MemberAccessExpressionSyntax access when access.Expression == current:
                    if (Names.Contains(access.Name.Identifier.ValueText))
                    {
                        return true;
                    }

                    current = access;
                    break;
                default:
                    return false;
            }
        }
    }
}
