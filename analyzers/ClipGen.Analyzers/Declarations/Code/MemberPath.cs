using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>The names in an expression: <c>this._cache[t].Data[i]</c> has <c>_cache</c> and <c>Data</c>.</summary>
/// <param name="Names">The names, starting with the outermost object. Empty if the expression does not begin with a name.</param>
/// <param name="IsOfThis">Whether the expression begins with <c>this.</c> or <c>base.</c>.</param>
/// <param name="IsElement">Whether an index follows the last name.</param>
/// <param name="IsResult">Whether a method in the expression may create a new object: <c>_h.Row(i)</c>.</param>
internal readonly record struct MemberPath(IReadOnlyList<string> Names, bool IsOfThis, bool IsElement, bool IsResult)
{
    public static MemberPath Of(ExpressionSyntax expression)
    {
        var names = new List<string>();
        bool isElement = false;
        bool isOfThis = false;
        bool isResult = false;
        for (ExpressionSyntax? current = expression; current is not null;)
        {
            switch (current)
            {
                case ElementAccessExpressionSyntax element:
                    isElement |= names.Count == 0;
                    current = element.Expression;
                    break;
                case MemberAccessExpressionSyntax access:
                    names.Add(access.Name.Identifier.ValueText);
                    isOfThis = access.Expression is ThisExpressionSyntax or BaseExpressionSyntax;
                    current = isOfThis ? null : access.Expression;
                    break;
                case MemberBindingExpressionSyntax binding:
                    names.Add(binding.Name.Identifier.ValueText);
                    current = Receiver(binding);
                    break;
                case ConditionalAccessExpressionSyntax conditional:
                    // The names after the question mark are collected first, like those after a dot.
                    isResult |= conditional.WhenNotNull is InvocationExpressionSyntax;
                    current = conditional.WhenNotNull is InvocationExpressionSyntax or ElementBindingExpressionSyntax
                        ? conditional.Expression : conditional.WhenNotNull;
                    break;
                case ElementBindingExpressionSyntax binding:
                    isElement |= names.Count == 0;
                    current = Receiver(binding);
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called }:
                    isResult = true;
                    current = called.Expression is ThisExpressionSyntax or BaseExpressionSyntax ? null : called.Expression;
                    break;
                case ParenthesizedExpressionSyntax parenthesized:
                    current = parenthesized.Expression;
                    break;
                case CastExpressionSyntax cast:
                    current = cast.Expression;
                    break;
                case PostfixUnaryExpressionSyntax postfix when postfix.IsKind(SyntaxKind.SuppressNullableWarningExpression):
                    current = postfix.Operand;
                    break;
                case IdentifierNameSyntax identifier:
                    names.Add(identifier.Identifier.ValueText);
                    current = null;
                    break;
                default:
                    return new MemberPath([], false, false, false);
            }
        }

        // A name can be missing while code is being typed.
        if (names.Contains(""))
        {
            return new MemberPath([], false, false, false);
        }

        names.Reverse();
        return new MemberPath(names, isOfThis, isElement, isResult);
    }

    /// <summary>The expression before the question mark of a conditional access.</summary>
    private static ExpressionSyntax? Receiver(ExpressionSyntax binding)
    {
        SyntaxNode inner = binding;
        for (SyntaxNode? current = binding.Parent; current is not null; inner = current, current = current.Parent)
        {
            if (current is ConditionalAccessExpressionSyntax conditional && conditional.WhenNotNull == inner)
            {
                return conditional.Expression;
            }
        }

        return null;
    }
}
