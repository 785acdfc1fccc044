using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.TrainingLoops.Suggestions;

/// <summary>The receiver of a step as written: <c>optimizers[i]</c> in <c>optimizers[i].step()</c>.</summary>
/// <param name="Step">The call of the step.</param>
/// <param name="Whole">The expression that begins with the receiver: the call, or the <c>?.</c> expression around it.</param>
/// <param name="Span">The span of the receiver.</param>
/// <param name="IsConditional">Whether the step is only made if the receiver is not null.</param>
/// <param name="IsStable">Whether the receiver can be evaluated twice, without side effects and with the same result.</param>
internal sealed record StepReceiver(
    InvocationExpressionSyntax Step, ExpressionSyntax Whole, TextSpan Span, bool IsConditional, bool IsStable)
{
    public string Text => Whole.SyntaxTree.GetText().ToString(Span);

    /// <returns><see langword="null"/> if the step is no call, or a call without a receiver.</returns>
    public static StepReceiver? Of(SyntaxNode step, SemanticModel model)
    {
        if (step is not InvocationExpressionSyntax call)
            return null;
        ConditionalAccessExpressionSyntax? around = call.Ancestors()
            .TakeWhile(node => node is ConditionalAccessExpressionSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax
                or ElementAccessExpressionSyntax)
            .OfType<ConditionalAccessExpressionSyntax>()
            .LastOrDefault(access => access.WhenNotNull.Span.Contains(call.Span));
        bool isConditional = around is not null;
        ExpressionSyntax whole = around ?? (ExpressionSyntax)call;
        int? end = call.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Expression.Span.End,
            MemberBindingExpressionSyntax
                when call.Ancestors().OfType<ConditionalAccessExpressionSyntax>().FirstOrDefault() is { } access =>
                access.Expression.Span.End,
            _ => null,
        };
        if (end is not { } last || call.Expression is MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax })
            return null;
        var span = TextSpan.FromBounds(whole.SpanStart, last);
        bool isStable = whole.DescendantNodesAndSelf(node => node.Span.IntersectsWith(span))
            .Where(node => span.Contains(node.Span))
            .All(node => IsStablePart(node, model));
        return new StepReceiver(call, whole, span, isConditional, isStable);
    }

    /// <summary>Whether the property returns the same object each time, as far as its source shows.</summary>
    public static bool IsStableProperty(IPropertySymbol property)
    {
        foreach (SyntaxReference reference in property.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax() is not BasePropertyDeclarationSyntax declaration)
                continue;
            if (!PropertyGetter.IsAutomatic(declaration) && !IsRead(PropertyGetter.ValueOf(declaration)))
                return false;
        }

        return true;
    }

    // _optimizer, this._optimizer, _trainer.Optimizer, and _optimizer ??= Create().
    private static bool IsRead(ExpressionSyntax? value) => value switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => IsRead(access.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure => IsRead(sure.Operand),
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression } lazy => IsRead(lazy.Left),
        _ => false,
    };

    private static bool IsStablePart(SyntaxNode node, SemanticModel model) => node switch
    {
        SimpleNameSyntax name => model.GetSymbolInfo(name).Symbol is not IPropertySymbol property || IsStableProperty(property),
        PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax =>
            node.Kind() is SyntaxKind.SuppressNullableWarningExpression or SyntaxKind.IndexExpression or SyntaxKind.UnaryMinusExpression,
        MemberAccessExpressionSyntax or MemberBindingExpressionSyntax or ConditionalAccessExpressionSyntax or ElementAccessExpressionSyntax
            or ElementBindingExpressionSyntax or BracketedArgumentListSyntax or ArgumentSyntax or LiteralExpressionSyntax
            or ThisExpressionSyntax or ParenthesizedExpressionSyntax or BinaryExpressionSyntax or CastExpressionSyntax
            or TypeSyntax => true,
        _ => false,
    };
}
