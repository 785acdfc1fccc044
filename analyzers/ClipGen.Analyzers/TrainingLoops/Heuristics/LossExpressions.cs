using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.TrainingLoops.Heuristics;

/// <summary>
/// The expressions that a loss is computed from, in the body that calls its backward pass. A value that is clamped there, such as the ratio
/// of PPO or a probability, is no gradient.
/// </summary>
internal static class LossExpressions
{
    /// <summary>Whether a place is in such an expression.</summary>
    /// <param name="place">The place.</param>
    /// <param name="backward">The call of the backward pass.</param>
    /// <param name="body">The body that contains both.</param>
    public static bool Contain(TextSpan place, SyntaxNode backward, SyntaxNode body)
    {
        if (!body.Span.Contains(place)
            || place.End > backward.SpanStart
            || body.FindNode(place).FirstAncestorOrSelf<StatementSyntax>() is not { } statement
            || WrittenBy(statement, place) is not { } first)
        {
            return false;
        }

        var reached = new HashSet<string>();
        var pending = new Queue<string>([first]);
        var loss = new HashSet<string>(NamesIn(backward));
        StatementSyntax[] between =
        [
            .. body.DescendantNodes()
                .OfType<StatementSyntax>()
                .Where(other => other.SpanStart >= statement.SpanStart && other.SpanStart < backward.SpanStart),
        ];
        while (pending.Count > 0 && reached.Count <= AnalysisLimits.VariablesOfGradient)
        {
            string name = pending.Dequeue();
            if (!reached.Add(name))
                continue;
            if (loss.Contains(name))
                return true;
            foreach (StatementSyntax reader in between)
            {
                foreach ((string target, ExpressionSyntax value) in WritesOf(reader))
                {
                    if (NamesIn(value).Contains(name))
                        pending.Enqueue(target);
                }
            }
        }

        return false;
    }

    private static string? WrittenBy(StatementSyntax statement, TextSpan place) =>
        WritesOf(statement).Where(write => WholeOf(write.Value).Span.Contains(place)).Select(write => write.Target).FirstOrDefault();

    /// <summary>The declaration or assignment of a value, with the name of the written variable.</summary>
    private static SyntaxNode WholeOf(ExpressionSyntax value) =>
        value.Parent is EqualsValueClauseSyntax { Parent: { } declarator } ? declarator : value.Parent!;

    private static IEnumerable<(string Target, ExpressionSyntax Value)> WritesOf(StatementSyntax statement)
    {
        switch (statement)
        {
            case LocalDeclarationStatementSyntax declaration:
                foreach (VariableDeclaratorSyntax variable in declaration.Declaration.Variables)
                {
                    if (variable.Initializer is { } initializer)
                        yield return (variable.Identifier.ValueText, initializer.Value);
                }

                break;
            case ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } assignment }:
                yield return (target.Identifier.ValueText, assignment.Right);
                break;
        }
    }

    private static IEnumerable<string> NamesIn(SyntaxNode expression) =>
        expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => name.Identifier.ValueText);
}
