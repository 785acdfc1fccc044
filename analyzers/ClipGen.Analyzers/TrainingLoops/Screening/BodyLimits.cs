using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>Tells from syntax alone which bodies are too large to be analysed.</summary>
internal static class BodyLimits
{
    /// <summary>
    /// Whether a body is within <see cref="AnalysisLimits.BodyLength"/> and <see cref="AnalysisLimits.NestedStatements"/>. The compiler
    /// takes time that grows with the cube of the depth to make the control-flow graph of nested <c>try</c> and <c>switch</c> statements.
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

    /// <summary>Whether what is inside the node is deeper than the node. The branches of <c>else if</c> stand side by side.</summary>
    private static bool Nests(SyntaxNode node) => node switch
    {
        BlockSyntax or IfStatementSyntax { Parent: ElseClauseSyntax } => false,
        StatementSyntax or SwitchExpressionSyntax => true,
        _ => false,
    };
}
