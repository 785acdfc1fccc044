using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>Inserts clip statements before a step in any kind of syntax, and removes misplaced ones.</summary>
internal static class ClipStatements
{
    /// <summary>The statement that contains the node, or the node of an expression body.</summary>
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
                case AccessorDeclarationSyntax { ExpressionBody: not null } or MemberDeclarationSyntax and not GlobalStatementSyntax:
                    return ExpressionBodies.ArrowOf(current) is not null ? current : null;
            }
        }

        return null;
    }

    /// <summary>Inserts statements before each anchor.</summary>
    /// <param name="root">The file.</param>
    /// <param name="insertions">Anchors (see <see cref="AnchorOf"/>) and the statements to put before them.</param>
    /// <param name="returnsValue">Whether an expression body at an anchor yields a value.</param>
    /// <param name="text">The file's text, whose line ends are used.</param>
    public static SyntaxNode Insert(
        SyntaxNode root, IReadOnlyList<KeyValuePair<SyntaxNode, StatementSyntax>> insertions, Func<SyntaxNode, bool> returnsValue,
        SourceText text)
    {
        SyntaxTrivia lineEnd = LineEndOf(text);
        SyntaxNode tracked = root.TrackNodes(insertions.Select(insertion => insertion.Key).Distinct());
        foreach (IGrouping<SyntaxNode, StatementSyntax> insertion in insertions.GroupBy(pair => pair.Key, pair => pair.Value))
        {
            if (tracked.GetCurrentNode(insertion.Key) is { } anchor)
                tracked = InsertBefore(tracked, anchor, [.. insertion], returnsValue(insertion.Key), lineEnd);
        }

        return tracked;
    }

    /// <summary>Puts statements before an anchor of the tree.</summary>
    public static SyntaxNode InsertBefore(
        SyntaxNode root, SyntaxNode anchor, IReadOnlyList<StatementSyntax> statements, bool returnsValue, SyntaxTrivia lineEnd)
    {
        if (ExpressionBodies.ExpressionOf(anchor) is { } expression)
        {
            ExpressionSyntax plain = expression.WithoutTrivia();
            StatementSyntax last = returnsValue ? ReturnOf(plain) : SyntaxFactory.ExpressionStatement(plain);
            return ReplaceExpressionBody(root, anchor, [.. statements, last], lineEnd);
        }

        if (anchor is not StatementSyntax statement)
            return root;
        if (!IsInList(statement))
            return ReplaceEmbedded(root, statement, [.. statements, statement], lineEnd);
        SyntaxAnnotation mark = new();
        root = root.ReplaceNode(statement, statement.WithAdditionalAnnotations(mark));
        foreach (StatementSyntax each in statements)
        {
            var marked = (StatementSyntax)root.GetAnnotatedNodes(mark).Single();
            StatementSyntax aligned = IsFirstOnLine(marked) ? Aligned(each, marked, lineEnd) : Inline(each);
            root = InsertInList(root, marked, aligned, isAfter: false);
            marked = (StatementSyntax)root.GetAnnotatedNodes(mark).Single();
            // The blank lines above the anchor are now above the inserted statements.
            if (BlankLinesOf(marked).Any())
            {
                root = root.ReplaceNode(marked,
                    marked.WithLeadingTrivia(marked.GetLeadingTrivia().SkipWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia))));
            }
        }

        return root;
    }

    /// <summary>Inserts statements after a statement of the tree.</summary>
    public static SyntaxNode InsertAfter(
        SyntaxNode root, StatementSyntax anchor, IReadOnlyList<StatementSyntax> statements, SyntaxTrivia lineEnd)
    {
        if (!IsInList(anchor))
            return ReplaceEmbedded(root, anchor, [anchor, .. statements], lineEnd);
        bool isLine = anchor.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia);
        SyntaxTrivia indentation = SyntaxFactory.Whitespace(IndentationOf(anchor));
        foreach (StatementSyntax each in statements.Reverse())
        {
            StatementSyntax added = isLine
                ? each.WithLeadingTrivia(indentation).WithTrailingTrivia(lineEnd)
                : each.WithoutTrivia().WithTrailingTrivia(SyntaxFactory.Space);
            root = root.TrackNodes(anchor);
            root = InsertInList(root, root.GetCurrentNode(anchor)!, added, isAfter: true);
            anchor = root.GetCurrentNode(anchor)!;
        }

        return root;
    }

    /// <summary>Replaces a statement by others.</summary>
    public static SyntaxNode Replace(
        SyntaxNode root, StatementSyntax anchor, IReadOnlyList<StatementSyntax> statements, SyntaxTrivia lineEnd)
    {
        if (!IsInList(anchor))
            return ReplaceEmbedded(root, anchor, statements, lineEnd);
        bool isLine = IsFirstOnLine(anchor);
        SyntaxTrivia indentation = SyntaxFactory.Whitespace(IndentationOf(anchor));
        StatementSyntax last = statements[statements.Count - 1].WithTrailingTrivia(anchor.GetTrailingTrivia());
        last = last.WithLeadingTrivia(
            statements.Count == 1 ? anchor.GetLeadingTrivia() : isLine ? SyntaxFactory.TriviaList(indentation) : default);
        root = root.TrackNodes(anchor);
        for (int i = 0; i < statements.Count - 1; i++)
        {
            StatementSyntax added = statements[i].WithLeadingTrivia(
                i == 0 ? anchor.GetLeadingTrivia() : isLine ? SyntaxFactory.TriviaList(indentation) : default);
            root = InsertInList(root, root.GetCurrentNode(anchor)!, added.WithTrailingTrivia(isLine ? lineEnd : SyntaxFactory.Space),
                isAfter: false);
        }

        return root.ReplaceNode(root.GetCurrentNode(anchor)!, last);
    }

    /// <summary>Replaces the expression body of a function by a block.</summary>
    public static SyntaxNode ReplaceExpressionBody(
        SyntaxNode root, SyntaxNode anchor, IReadOnlyList<StatementSyntax> statements, SyntaxTrivia lineEnd)
    {
        BlockSyntax block = IsOnOneLineWithOthers(anchor)
            ? InlineBlock(statements).WithLeadingTrivia(SyntaxFactory.Space)
            : Lines(statements, isOnNewLine: false, IndentationOf(anchor), lineEnd);
        return root.ReplaceNode(anchor, ExpressionBodies.WithBlock(anchor, block));
    }

    /// <summary><c>if (condition) { … }</c>, on separate lines if the anchor is on its own line.</summary>
    public static StatementSyntax IfOf(string condition, IReadOnlyList<StatementSyntax> statements, SyntaxNode anchor, SyntaxTrivia lineEnd)
    {
        string indentation = IndentationOf(anchor);
        // An embedded statement becomes a block, in which the condition is one level deeper.
        if (anchor is StatementSyntax statement ? !IsInList(statement) : ExpressionBodies.ExpressionOf(anchor) is not null)
        {
            indentation = (anchor is StatementSyntax embedded and not LocalFunctionStatementSyntax
                ? IndentationOf(embedded.Parent!)
                : indentation) + "    ";
        }
        BlockSyntax block = IsOnOneLineWithOthers(anchor)
            ? InlineBlock(statements).WithLeadingTrivia(SyntaxFactory.Space)
            : Lines(statements, isOnNewLine: false, indentation, lineEnd);
        return SyntaxFactory.IfStatement(SyntaxFactory.ParseExpression(condition), block)
            .WithIfKeyword(SyntaxFactory.Token(SyntaxKind.IfKeyword).WithTrailingTrivia(SyntaxFactory.Space));
    }

    public static StatementSyntax ReturnOf(ExpressionSyntax expression) =>
        SyntaxFactory.ReturnStatement(expression.WithLeadingTrivia(SyntaxFactory.Space));

    /// <summary>The statement to move with a misplaced clip: the conditions and loops around it that contain nothing else.</summary>
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
            if (parent is IfStatementSyntax { Else: null, Parent: not ElseClauseSyntax } or CommonForEachStatementSyntax
                or ForStatementSyntax)
            {
                whole = (StatementSyntax)parent;
            }
            else
            {
                return whole;
            }
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

    private static bool IsInList(StatementSyntax statement) =>
        statement.Parent is BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax;

    private static SyntaxNode InsertInList(SyntaxNode root, StatementSyntax anchor, StatementSyntax added, bool isAfter)
    {
        var global = anchor.Parent as GlobalStatementSyntax;
        SyntaxNode place = global ?? (SyntaxNode)anchor;
        SyntaxNode node = global is null ? added : SyntaxFactory.GlobalStatement(added);
        return isAfter ? root.InsertNodesAfter(place, [node]) : root.InsertNodesBefore(place, [node]);
    }

    /// <summary>Replaces the embedded statement of a condition or loop by a block.</summary>
    private static SyntaxNode ReplaceEmbedded(
        SyntaxNode root, StatementSyntax embedded, IReadOnlyList<StatementSyntax> statements, SyntaxTrivia lineEnd)
    {
        SyntaxTriviaList after = embedded.GetTrailingTrivia();
        SyntaxToken before = embedded.GetFirstToken().GetPreviousToken();
        bool isOnNewLine = before.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia);
        if (!isOnNewLine && IsOnOneLineWithOthers(embedded))
            return root.ReplaceNode(embedded, InlineBlock(statements).WithTrailingTrivia(after));
        BlockSyntax block = Lines(statements, isOnNewLine: true, IndentationOf(embedded.Parent!), lineEnd).WithTrailingTrivia(after);
        if (isOnNewLine)
            return root.ReplaceNode(embedded, block);
        // if (ready) optimizer.step();
        return root.ReplaceSyntax([embedded], (_, _) => block, [before], (_, token) => token.WithTrailingTrivia(lineEnd), [],
            (trivia, _) => trivia);
    }

    /// <summary>Whether other code precedes the statement or member of the node on its line: <c>{ Backward(); Step(); }</c>.</summary>
    private static bool IsOnOneLineWithOthers(SyntaxNode node)
    {
        SyntaxNode outer = node;
        while (outer.Parent is not (null or BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax or TypeDeclarationSyntax
            or CompilationUnitSyntax))
        {
            outer = outer.Parent;
        }
        return !IsFirstOnLine(outer);
    }

    private static bool IsFirstOnLine(SyntaxNode node)
    {
        SyntaxToken first = node.GetFirstToken();
        return first.GetPreviousToken() is var previous
            && (previous.IsKind(SyntaxKind.None) || first.LeadingTrivia.Any(SyntaxKind.EndOfLineTrivia)
                || previous.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia));
    }

    private static StatementSyntax Inline(StatementSyntax statement) => statement.WithoutTrivia().WithTrailingTrivia(SyntaxFactory.Space);

    private static BlockSyntax InlineBlock(IReadOnlyList<StatementSyntax> statements) => SyntaxFactory.Block(
        SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(SyntaxFactory.Space),
        SyntaxFactory.List(statements.Select(Inline)),
        SyntaxFactory.Token(SyntaxKind.CloseBraceToken));

    /// <summary>
    /// A block with a line per statement. The formatter is not used, because it does not indent a lambda's block by its statement.
    /// </summary>
    private static BlockSyntax Lines(IReadOnlyList<StatementSyntax> statements, bool isOnNewLine, string indentation, SyntaxTrivia lineEnd)
    {
        SyntaxTrivia outer = SyntaxFactory.Whitespace(indentation);
        SyntaxTrivia inner = SyntaxFactory.Whitespace(indentation + "    ");
        SyntaxTriviaList start = isOnNewLine ? SyntaxFactory.TriviaList(outer) : SyntaxFactory.TriviaList(lineEnd, outer);
        return SyntaxFactory.Block(
            SyntaxFactory.Token(start, SyntaxKind.OpenBraceToken, SyntaxFactory.TriviaList(lineEnd)),
            SyntaxFactory.List(statements.Select(Line)),
            SyntaxFactory.Token(SyntaxFactory.TriviaList(outer), SyntaxKind.CloseBraceToken, SyntaxFactory.TriviaList()));

        StatementSyntax Line(StatementSyntax statement) =>
            statement.WithoutTrivia().WithLeadingTrivia(CommentsOf(statement, inner, lineEnd).Append(inner)).WithTrailingTrivia(lineEnd);
    }

    /// <summary>The indentation of the node's first line.</summary>
    private static string IndentationOf(SyntaxNode node)
    {
        SyntaxToken token = node.GetFirstToken();
        while (!token.LeadingTrivia.Any(SyntaxKind.EndOfLineTrivia) && token.GetPreviousToken() is var previous
            && !previous.IsKind(SyntaxKind.None)
            && !previous.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia))
        {
            token = previous;
        }

        return LineStartOf(token.LeadingTrivia).ToString();
    }

    /// <summary>The indentation of the last line, without the space before a comment in it.</summary>
    private static SyntaxTrivia LineStartOf(SyntaxTriviaList trivia) =>
        trivia.LastOrDefault(each =>
            each.IsKind(SyntaxKind.WhitespaceTrivia)
                && (trivia.IndexOf(each) is 0 || trivia[trivia.IndexOf(each) - 1].IsKind(SyntaxKind.EndOfLineTrivia)));

    /// <summary>
    /// The statement on its own line, with the indentation of the statement that it precedes, below the blank lines above that statement.
    /// </summary>
    private static StatementSyntax Aligned(StatementSyntax statement, StatementSyntax before, SyntaxTrivia lineEnd)
    {
        SyntaxTrivia indentation = LineStartOf(before.GetLeadingTrivia());
        StatementSyntax plain = statement.WithoutTrivia();
        // A moved condition or loop keeps its lines, which are indented for the old place.
        if (statement is not ExpressionStatementSyntax and not LocalDeclarationStatementSyntax)
            plain = plain.WithAdditionalAnnotations(Formatter.Annotation);
        return plain
            .WithLeadingTrivia(BlankLinesOf(before).Concat(CommentsOf(statement, indentation, lineEnd)).Append(indentation)
                .Where(trivia => !trivia.IsKind(SyntaxKind.None)))
            .WithTrailingTrivia(TrailingCommentOf(statement).Append(lineEnd));
    }

    /// <summary>The trivia before a statement, with the comments of a statement that becomes a part of it.</summary>
    public static IEnumerable<SyntaxTrivia> WithCommentsOf(SyntaxNode merged, StatementSyntax statement, SyntaxTrivia lineEnd)
    {
        SyntaxTriviaList leading = statement.GetLeadingTrivia();
        SyntaxTrivia indentation = LineStartOf(leading);
        if (!IsFirstOnLine(statement))
            return leading;
        IEnumerable<SyntaxTrivia> comments = merged.GetLeadingTrivia().Concat(merged.GetTrailingTrivia()).Where(IsComment)
            .SelectMany(comment => new[] { indentation, comment, lineEnd });
        return BlankLinesOf(statement).Concat(comments)
            .Concat(leading.SkipWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)))
            .Where(trivia => !trivia.IsKind(SyntaxKind.None));
    }

    /// <summary>The comments above a statement, which move with it.</summary>
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

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;

    private static IEnumerable<SyntaxTrivia> BlankLinesOf(SyntaxNode node) =>
        node.GetLeadingTrivia().TakeWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
}
