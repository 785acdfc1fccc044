using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>Decides from syntax alone which bodies are too large to be analyzed.</summary>
internal static class BodyLimits
{
    /// <summary>
    /// Whether a body is within <see cref="AnalysisLimits.BodyLength"/> and <see cref="AnalysisLimits.NestedStatements"/>. To build the
    /// control-flow graph of nested <c>try</c> and <c>switch</c> statements, the compiler takes time that grows with the cube of the depth.
    /// </summary>
    public static bool Allow(SyntaxNode body)
    {
        if (body.Span.Length > AnalysisLimits.BodyLength)
            return false;
        var pending = new Stack<(SyntaxNode Node, int Depth)>();
        pending.Push((body, 0));
        while (pending.Count > 0)
        {
            (SyntaxNode node, int depth) = pending.Pop();
            if (depth > AnalysisLimits.NestedStatements)
                return false;
            foreach (SyntaxNodeOrToken part in node.ChildNodesAndTokens())
            {
                if (part.AsNode() is { } child)
                    pending.Push((child, Nests(child) ? depth + 1 : depth));
            }
        }

        return true;
    }

    /// <summary>
    /// Whether the content of the node is one level deeper than the node. The branches of <c>else if</c> are on the same level.
    /// </summary>
    private static bool Nests(SyntaxNode node) => node switch
    {
        BlockSyntax or IfStatementSyntax { Parent: ElseClauseSyntax } => false,
        StatementSyntax or SwitchExpressionSyntax => true,
        _ => false,
    };
}
