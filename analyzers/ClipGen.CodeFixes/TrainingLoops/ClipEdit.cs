using ClipGen.Analyzers.TrainingLoops.Suggestions;
using ClipGen.CodeFixes.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.CodeFixes.TrainingLoops;

/// <summary>One clip that the fix of CLIP101 inserts, and the change of the code around it.</summary>
internal sealed class ClipEdit
{
    private readonly ClipEditKind _kind;
    private readonly string[] _calls;
    private readonly StepReceiver? _receiver;
    private readonly string _variable;
    private readonly bool _returnsValue;

    private ClipEdit(ClipEditKind kind, SyntaxNode anchor, string[] calls, StepReceiver? receiver, string variable, bool returnsValue)
    {
        _kind = kind;
        Anchor = anchor;
        _calls = calls;
        _receiver = receiver;
        _variable = variable;
        _returnsValue = returnsValue;
    }

    /// <summary>The statement, or the function with an expression body, that changes.</summary>
    public SyntaxNode Anchor { get; }

    /// <summary>The nodes that must be found again after other edits of the tree.</summary>
    public IEnumerable<SyntaxNode> Nodes => _kind == ClipEditKind.KeepReceiver ? [Anchor, ReceiverNode] : [Anchor];

    /// <summary>Identifies the edit.</summary>
    public (SyntaxNode, string) Key => (Anchor, string.Join("\n", _calls));

    private SyntaxNode ReceiverNode => ((MemberAccessExpressionSyntax)_receiver!.Step.Expression).Expression;

    /// <summary>Plans the edit of a diagnostic.</summary>
    /// <returns><see langword="null"/> if the code around the step does not allow a clip.</returns>
    public static ClipEdit? Of(
        SyntaxNode root, SemanticModel model, Diagnostic diagnostic, string limit, ISet<string> taken, CancellationToken cancellation)
    {
        if (ClipStatements.SpanIn(diagnostic, ClipSuggestions.StepStart, ClipSuggestions.StepLength) is not { } span
            || !root.FullSpan.Contains(span))
        {
            return null;
        }

        SyntaxNode place = root.FindNode(span, getInnermostNodeForTie: true);
        if (diagnostic.Properties.ContainsKey(ClipSuggestions.InOne))
        {
            return place is InvocationExpressionSyntax
                ? new ClipEdit(ClipEditKind.InStep, place, [], null, "", returnsValue: false)
                : null;
        }

        if (!diagnostic.Properties.TryGetValue(ClipSuggestions.Call, out string? call) || call is null)
            return null;
        bool isAfter = diagnostic.Properties.ContainsKey(ClipSuggestions.IsAfter);
        SyntaxNode? anchor = isAfter && place is BlockSyntax ? place : ClipStatements.AnchorOf(place);
        if (anchor is null)
            return null;
        string[] calls =
        [
            .. call.Replace(ClipSuggestions.LimitPlaceholder, limit).Split('\n')
                .Select(each => ClipNames.Qualify(each, model, anchor.SpanStart)),
        ];
        bool returnsValue = ExpressionBodies.ExpressionOf(anchor) is not null && ExpressionBodies.ReturnsValue(anchor, model, cancellation);
        if (isAfter)
            return After(anchor, place, calls, returnsValue, model, taken);
        if (!RunsBeforeOnce(place, anchor))
            return null;
        if (!call.Contains(TargetNames.ReceiverPlaceholder))
            return new ClipEdit(ClipEditKind.Before, anchor, calls, null, "", returnsValue);
        if (StepReceiver.Of(place, model) is not { } receiver)
            return null;
        ExpressionSyntax? whole = ExpressionBodies.ExpressionOf(anchor) ?? (anchor as ExpressionStatementSyntax)?.Expression;
        if (receiver.IsConditional)
        {
            if (whole != receiver.Whole || returnsValue)
                return null;
            string name = IsPlain(receiver) ? receiver.Text : ClipNames.VariableFor(receiver, model, taken);
            return new ClipEdit(ClipEditKind.WhereNotNull, anchor, Named(calls, name), receiver, name, returnsValue);
        }

        // A receiver that is stored in a variable is evaluated before the expressions to its left.
        if (!IsFirst(receiver.Step, whole ?? ValueOf(anchor)))
            return null;
        string variable = ClipNames.VariableFor(receiver, model, taken);
        return new ClipEdit(ClipEditKind.KeepReceiver, anchor, Named(calls, variable), receiver, variable, returnsValue);
    }

    /// <summary>Applies the edit to a tree in which <see cref="Nodes"/> are tracked.</summary>
    public SyntaxNode Apply(SyntaxNode root, SyntaxTrivia lineEnd)
    {
        if (root.GetCurrentNode(Anchor) is not { } anchor)
            return root;
        StatementSyntax[] calls = [.. _calls.Select(StatementOf)];
        switch (_kind)
        {
            case ClipEditKind.InStep:
                return root.ReplaceNode(anchor, ClipAndStepCodeFix.CallFor((InvocationExpressionSyntax)anchor));
            case ClipEditKind.Before:
                return ClipStatements.InsertBefore(root, anchor, calls, _returnsValue, lineEnd);
            case ClipEditKind.KeepReceiver:
                SyntaxNode receiver = root.GetCurrentNode(ReceiverNode)!;
                StatementSyntax kept = StatementOf($"var {_variable} = {receiver.WithoutTrivia()}");
                root = root.ReplaceNode(receiver, SyntaxFactory.IdentifierName(_variable).WithTriviaFrom(receiver));
                return ClipStatements.InsertBefore(root, root.GetCurrentNode(Anchor)!, [kept, .. calls], _returnsValue, lineEnd);
            case ClipEditKind.WhereNotNull:
                string step = _variable + _receiver!.Whole.ToString().Substring(_receiver.Span.Length).TrimStart().TrimStart('?');
                string condition = IsPlain(_receiver) ? $"{_variable} {NotNull()}" : $"{_receiver.Text} is {{ }} {_variable}";
                return Replace(root, anchor, [ClipStatements.IfOf(condition, [.. calls, StatementOf(step)], anchor, lineEnd)], lineEnd);
            case ClipEditKind.AfterStatement:
                return ClipStatements.InsertAfter(root, (StatementSyntax)anchor, calls, lineEnd);
            default:
                ExpressionSyntax value = ExpressionBodies.ExpressionOf(anchor) ?? ((ReturnStatementSyntax)anchor).Expression!;
                value = value.WithoutTrivia();
                return Replace(
                    root,
                    anchor,
                    _variable.Length == 0
                        ? [SyntaxFactory.ExpressionStatement(value), .. calls]
                        : [StatementOf($"var {_variable} = {value}"), .. calls,
                            ClipStatements.ReturnOf(SyntaxFactory.IdentifierName(_variable))],
                    lineEnd);
        }
    }

    private static ClipEdit? After(
        SyntaxNode anchor, SyntaxNode place, string[] calls, bool returnsValue, SemanticModel model, ISet<string> taken)
    {
        bool isReturned = anchor is ReturnStatementSyntax { Expression: { } returned } && returned.Span.Contains(place.Span);
        if (!isReturned && anchor is StatementSyntax and not LocalFunctionStatementSyntax { Body: null })
            return new ClipEdit(ClipEditKind.AfterStatement, anchor, calls, null, "", returnsValue);
        string variable = isReturned || returnsValue ? ClipNames.Unused("loss", anchor, model, taken) : "";
        return new ClipEdit(ClipEditKind.AfterValue, anchor, calls, null, variable, returnsValue);
    }

    private static SyntaxNode Replace(
        SyntaxNode root, SyntaxNode anchor, IReadOnlyList<StatementSyntax> statements, SyntaxTrivia lineEnd) =>
        ExpressionBodies.ExpressionOf(anchor) is not null
            ? ClipStatements.ReplaceExpressionBody(root, anchor, statements, lineEnd)
            : ClipStatements.Replace(root, (StatementSyntax)anchor, statements, lineEnd);

    private static string[] Named(string[] calls, string receiver) =>
        [.. calls.Select(call => call.Replace(TargetNames.ReceiverPlaceholder, receiver))];

    private static StatementSyntax StatementOf(string code) => SyntaxFactory.ParseStatement(code + ";");

    // The compiler then knows that the name is not null.
    private static bool IsPlain(StepReceiver receiver) =>
        receiver is { IsStable: true, Step.Expression: MemberBindingExpressionSyntax }
        && receiver.Text.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '.' or '@');

    private string NotNull() =>
        Anchor.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp9 } ? "is not null" : "!= null";

    /// <summary>Whether code before the anchor runs exactly as often as the step.</summary>
    private static bool RunsBeforeOnce(SyntaxNode step, SyntaxNode anchor)
    {
        SyntaxNode child = step;
        for (SyntaxNode? node = step; node is not null; child = node, node = node.Parent)
        {
            bool isElsewhere = node switch
            {
                WhileStatementSyntax loop => loop.Condition == child,
                DoStatementSyntax loop => loop.Condition == child,
                ForStatementSyntax loop => loop.Condition == child || loop.Incrementors.Contains(child),
                BinaryExpressionSyntax binary => binary.Right == child
                    && binary.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression,
                ConditionalExpressionSyntax conditional => conditional.Condition != child,
                SwitchExpressionArmSyntax or QueryExpressionSyntax or CatchFilterClauseSyntax => true,
                _ => false,
            };
            if (isElsewhere)
                return false;
            if (node == anchor)
                return true;
        }

        return true;
    }

    private static ExpressionSyntax? ValueOf(SyntaxNode anchor) => anchor switch
    {
        LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } => variables[0].Initializer?.Value,
        ReturnStatementSyntax returned => returned.Expression,
        IfStatementSyntax condition => condition.Condition,
        UsingStatementSyntax { Expression: { } expression } => expression,
        _ => null,
    };

    /// <summary>Whether the step is evaluated before the rest of the expression.</summary>
    private static bool IsFirst(InvocationExpressionSyntax step, ExpressionSyntax? whole)
    {
        while (whole is AwaitExpressionSyntax or AssignmentExpressionSyntax { Left: IdentifierNameSyntax })
            whole = whole is AwaitExpressionSyntax awaited ? awaited.Expression : ((AssignmentExpressionSyntax)whole).Right;
        return whole is not null && whole.SpanStart == step.SpanStart && whole.Span.Contains(step.Span);
    }
}

/// <summary>How a clip is inserted.</summary>
internal enum ClipEditKind
{
    /// <summary>In the call that steps, which becomes one that also clips.</summary>
    InStep,

    /// <summary>Before the statement of the step.</summary>
    Before,

    /// <summary>The same, with the stepped object in a variable, because its evaluation has side effects.</summary>
    KeepReceiver,

    /// <summary>With the step, in an if statement that tests whether the stepped object is not null.</summary>
    WhereNotNull,

    /// <summary>After the statement that computes the gradients.</summary>
    AfterStatement,

    /// <summary>After the expression that computes the gradients, whose value is returned.</summary>
    AfterValue,
}
