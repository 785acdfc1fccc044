using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>Puts clip statements before a step, whatever the step stands in, and takes misplaced ones away.</summary>
internal static class ClipStatements
{
    /// <summary>The statement that holds the node, or the node of an expression body.</summary>
    public static SyntaxNode? AnchorOf(SyntaxNode node)
    {
        for (SyntaxNode? current = node; current is not null; current = current.Parent)
        {
            switch (current)
            {
                case LocalFunctionStatementSyntax { Body: null } when node != current:
                    return current;
                case StatementSyntax and not BlockSyntax:
                    return current;
                case LambdaExpressionSyntax { ExpressionBody: not null }:
                    return current;
                case MethodDeclarationSyntax { ExpressionBody: not null } or AccessorDeclarationSyntax { ExpressionBody: not null }
                    or ConstructorDeclarationSyntax { ExpressionBody: not null }:
                    return current;
                case MemberDeclarationSyntax and not GlobalStatementSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Replaces nodes so that every anchor runs its statements first.</summary>
    /// <param name="root">The file.</param>
    /// <param name="insertions">Anchors (see <see cref="AnchorOf"/>) and the statements to put before them.</param>
    /// <param name="returnsValue">Whether an expression body at an anchor yields a value.</param>
    /// <param name="text">The file's text, whose line ends are used.</param>
    public static SyntaxNode Insert(
        SyntaxNode root, IReadOnlyList<KeyValuePair<SyntaxNode, StatementSyntax>> insertions, Func<SyntaxNode, bool> returnsValue, SourceText text)
    {
        SyntaxTrivia lineEnd = LineEndOf(text);
        SyntaxNode tracked = root.TrackNodes(insertions.Select(insertion => insertion.Key).Distinct());
        foreach (IGrouping<SyntaxNode, StatementSyntax> insertion in insertions.GroupBy(pair => pair.Key, pair => pair.Value))
        {
            bool returns = returnsValue(insertion.Key);
            foreach (StatementSyntax statement in insertion)
            {
                if (tracked.GetCurrentNode(insertion.Key) is not { } anchor)
                    continue;
                tracked = InsertOne(tracked, anchor, statement, returns, lineEnd);
                // The blank lines above the anchor now stand above what was put before it.
                if (anchor is StatementSyntax and not LocalFunctionStatementSyntax && BlankLinesOf(anchor).Any() && tracked.GetCurrentNode(insertion.Key) is { } moved)
                    tracked = tracked.ReplaceNode(moved, moved.WithLeadingTrivia(moved.GetLeadingTrivia().SkipWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia))));
            }
        }

        return tracked;
    }

    /// <summary>The whole statement to move with a misplaced clip: the conditions and loops around it in which nothing else stands.</summary>
    public static StatementSyntax? WholeOf(SyntaxNode clip)
    {
        StatementSyntax? whole = clip.FirstAncestorOrSelf<StatementSyntax>(statement => statement is not BlockSyntax);
        while (whole is not null)
        {
            SyntaxNode? parent = whole.Parent;
            if (parent is BlockSyntax { Statements.Count: 1 } block)
                parent = block.Parent;
            else if (parent is BlockSyntax)
                return whole;
            if (parent is IfStatementSyntax { Else: null, Parent: not ElseClauseSyntax } or CommonForEachStatementSyntax or ForStatementSyntax)
                whole = (StatementSyntax)parent;
            else
                return whole;
        }

        return whole;
    }

    public static SyntaxTrivia LineEndOf(SourceText text)
    {
        if (text.Lines.Count < 2)
            return SyntaxFactory.EndOfLine("\n");
        TextLine first = text.Lines[0];
        return SyntaxFactory.EndOfLine(text.ToString(TextSpan.FromBounds(first.End, first.EndIncludingLineBreak)));
    }

    public static TextSpan? SpanIn(Diagnostic diagnostic, string start, string length) =>
        diagnostic.Properties.TryGetValue(start, out string? from) && diagnostic.Properties.TryGetValue(length, out string? count)
        && int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out int first)
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int size)
            ? new TextSpan(first, size)
            : null;

    private static SyntaxNode InsertOne(SyntaxNode root, SyntaxNode anchor, StatementSyntax statement, bool returnsValue, SyntaxTrivia lineEnd)
    {
        switch (anchor)
        {
            case LocalFunctionStatementSyntax { ExpressionBody: { } arrow } function:
                return root.ReplaceNode(anchor, function.WithExpressionBody(null).WithSemicolonToken(default).WithParameterList(function.ParameterList.WithTrailingTrivia())
                    .WithBody(BlockOf(statement, arrow.Expression, returnsValue, IndentationOf(anchor), lineEnd)).WithTrailingTrivia(anchor.GetTrailingTrivia()));
            case StatementSyntax inList when inList.Parent is BlockSyntax or SwitchSectionSyntax:
                return root.InsertNodesBefore(anchor, [Aligned(statement, inList, lineEnd)]);
            case StatementSyntax { Parent: GlobalStatementSyntax global } topLevel:
                return root.InsertNodesBefore(global, [SyntaxFactory.GlobalStatement(Aligned(statement, topLevel, lineEnd))]);
            case StatementSyntax embedded:
                BlockSyntax block = Lines(statement, embedded, isOnNewLine: true, IndentationOf(embedded.Parent!), lineEnd).WithTrailingTrivia(embedded.GetTrailingTrivia());
                SyntaxToken before = embedded.GetFirstToken().GetPreviousToken();
                if (before.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia))
                    return root.ReplaceNode(anchor, block);
                // if (ready) optimizer.step();
                return root.ReplaceSyntax([anchor], (_, _) => block, [before], (_, token) => token.WithTrailingTrivia(lineEnd), [], (trivia, _) => trivia);
            case LambdaExpressionSyntax { ExpressionBody: { } expression } lambda:
                return root.ReplaceNode(anchor, lambda.WithArrowToken(lambda.ArrowToken.WithTrailingTrivia()).WithBody(BlockOf(statement, expression, returnsValue, IndentationOf(anchor), lineEnd)));
            case MethodDeclarationSyntax { ExpressionBody: { } arrow } method:
                return root.ReplaceNode(anchor, method.WithExpressionBody(null).WithSemicolonToken(default).WithParameterList(method.ParameterList.WithTrailingTrivia())
                    .WithBody(BlockOf(statement, arrow.Expression, returnsValue, IndentationOf(anchor), lineEnd)).WithTrailingTrivia(anchor.GetTrailingTrivia()));
            default:
                return root;
        }
    }

    private static BlockSyntax BlockOf(StatementSyntax first, ExpressionSyntax expression, bool returnsValue, string indentation, SyntaxTrivia lineEnd)
    {
        ExpressionSyntax plain = expression.WithoutTrivia();
        StatementSyntax second = returnsValue
            ? SyntaxFactory.ReturnStatement(plain.WithLeadingTrivia(SyntaxFactory.Space))
            : SyntaxFactory.ExpressionStatement(plain);
        return Lines(first, second, isOnNewLine: false, indentation, lineEnd);
    }

    /// <summary>A block with a line for each statement. Not left to the formatter, which does not indent a lambda's block by its statement.</summary>
    private static BlockSyntax Lines(StatementSyntax first, StatementSyntax second, bool isOnNewLine, string indentation, SyntaxTrivia lineEnd)
    {
        SyntaxTrivia outer = SyntaxFactory.Whitespace(indentation);
        SyntaxTrivia inner = SyntaxFactory.Whitespace(indentation + "    ");
        SyntaxTriviaList start = isOnNewLine ? SyntaxFactory.TriviaList(outer) : SyntaxFactory.TriviaList(lineEnd, outer);
        return SyntaxFactory.Block(
            SyntaxFactory.Token(start, SyntaxKind.OpenBraceToken, SyntaxFactory.TriviaList(lineEnd)),
            SyntaxFactory.List([Line(first), Line(second)]),
            SyntaxFactory.Token(SyntaxFactory.TriviaList(outer), SyntaxKind.CloseBraceToken, SyntaxFactory.TriviaList()));

        StatementSyntax Line(StatementSyntax statement) =>
            statement.WithoutTrivia().WithLeadingTrivia(CommentsOf(statement, inner, lineEnd).Append(inner)).WithTrailingTrivia(lineEnd);
    }

    /// <summary>The white space that the node's first line begins with.</summary>
    private static string IndentationOf(SyntaxNode node)
    {
        SyntaxToken token = node.GetFirstToken();
        while (!token.LeadingTrivia.Any(SyntaxKind.EndOfLineTrivia) && token.GetPreviousToken() is var previous && !previous.IsKind(SyntaxKind.None)
            && !previous.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia))
        {
            token = previous;
        }

        return LineStartOf(token.LeadingTrivia).ToString();
    }

    /// <summary>The white space at the beginning of the last line, not that behind a comment in it.</summary>
    private static SyntaxTrivia LineStartOf(SyntaxTriviaList trivia) =>
        trivia.LastOrDefault(each => each.IsKind(SyntaxKind.WhitespaceTrivia) && (trivia.IndexOf(each) is 0 || trivia[trivia.IndexOf(each) - 1].IsKind(SyntaxKind.EndOfLineTrivia)));

    /// <summary>The statement on a line of its own, as deep as the one that it comes before, below the blank lines above that one.</summary>
    private static StatementSyntax Aligned(StatementSyntax statement, StatementSyntax before, SyntaxTrivia lineEnd)
    {
        SyntaxTrivia indentation = LineStartOf(before.GetLeadingTrivia());
        StatementSyntax plain = statement.WithoutTrivia();
        // A condition or loop that is moved keeps its lines, which were indented for another place.
        if (statement is not ExpressionStatementSyntax and not LocalDeclarationStatementSyntax)
            plain = plain.WithAdditionalAnnotations(Formatter.Annotation);
        return plain
            .WithLeadingTrivia(BlankLinesOf(before).Concat(CommentsOf(statement, indentation, lineEnd)).Append(indentation).Where(trivia => !trivia.IsKind(SyntaxKind.None)))
            .WithTrailingTrivia(TrailingCommentOf(statement).Append(lineEnd));
    }

    /// <summary>The comments above a statement, which go where it goes.</summary>
    private static IEnumerable<SyntaxTrivia> CommentsOf(SyntaxNode statement, SyntaxTrivia indentation, SyntaxTrivia lineEnd)
    {
        foreach (SyntaxTrivia comment in statement.GetLeadingTrivia().Where(IsComment))
        {
            yield return indentation;
            yield return comment;
            yield return lineEnd;
        }
    }

    private static IEnumerable<SyntaxTrivia> TrailingCommentOf(SyntaxNode statement) =>
        statement.GetTrailingTrivia().Where(IsComment).Take(1).SelectMany(comment => new[] { SyntaxFactory.Space, comment });

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;

    private static IEnumerable<SyntaxTrivia> BlankLinesOf(SyntaxNode node) => node.GetLeadingTrivia().TakeWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
}
