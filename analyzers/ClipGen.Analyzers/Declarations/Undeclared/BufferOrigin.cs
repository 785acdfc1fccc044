using ClipGen.Analyzers.Declarations.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>Where the memory of a member comes from, told from the source of its type.</summary>
internal enum BufferOrigin
{
    /// <summary>The type does not assign the member.</summary>
    Unknown,

    /// <summary>The type creates the memory.</summary>
    Created,

    /// <summary>Other code passes the memory in: a pair of weights and gradients for an optimizer, a view.</summary>
    HandedIn,

    /// <summary>The member consists of other gradients of the type: a list of all of them.</summary>
    MadeOfOthers,
}

/// <summary>Finds a <see cref="BufferOrigin"/>.</summary>
/// <param name="code">The code of the type, or null if it has no source.</param>
/// <param name="gradients">The names of the type's gradients, declared or not.</param>
internal sealed class BufferOriginReader(TypeBodies? code, ICollection<string> gradients)
{
    public BufferOrigin Of(ISymbol member)
    {
        BufferOrigin origin =
            member is IPropertySymbol { SetMethod.IsInitOnly: true } or IPropertySymbol { IsRequired: true }
            or IFieldSymbol { IsRequired: true }
            ? BufferOrigin.HandedIn
            : BufferOrigin.Unknown;
        foreach (MemberWrite write in code?.WritesTo(member.Name) ?? [])
        {
            if (write is { Path.Count: 1, Kind: WriteKind.Assign or WriteKind.AssignIfNull or WriteKind.Insert, Value: { } value })
            {
                BufferOrigin found = OfValue(value, member.Name);
                if (found == BufferOrigin.MadeOfOthers)
                {
                    return found;
                }

                origin = found == BufferOrigin.Unknown || origin == BufferOrigin.Created ? origin : found;
            }
        }

        return origin;
    }

    /// <summary>
    /// Whether a type that holds objects of this type writes memory of its own into the member: <c>new Pair { Grad = _dW }</c>.
    /// </summary>
    public bool IsFilledBy(TypeBodies? holder, ISymbol member) =>
        (holder?.WritesToOther(member.Name) ?? []).Any(write =>
            write is { Kind: WriteKind.Assign, Value: { } value }
            && write.Path[write.Path.Count - 1] == member.Name
            && OfValue(value, "") != BufferOrigin.Created);

    private BufferOrigin OfValue(ExpressionSyntax value, string member)
    {
        switch (value)
        {
            case LiteralExpressionSyntax or DefaultExpressionSyntax:
            case PostfixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax }:
                return BufferOrigin.Unknown;
            case IdentifierNameSyntax identifier:
                string name = identifier.Identifier.ValueText;
                return name != member && gradients.Contains(name) ? BufferOrigin.MadeOfOthers : BufferOrigin.HandedIn;
            case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.CoalesceExpression):
                // Not recursive: only the right side of an assignment can be another assignment.
                return binary.Left is BinaryExpressionSyntax ? BufferOrigin.Created : OfValue(binary.Left, member);
            case MemberAccessExpressionSyntax:
                return BufferOrigin.HandedIn;
            default:
                return MentionsOthers(value, member) ? BufferOrigin.MadeOfOthers : BufferOrigin.Created;
        }
    }

    /// <summary>
    /// Whether the value contains another gradient of this type or of a layer. Reading its length or an element does not count.
    /// </summary>
    private bool MentionsOthers(ExpressionSyntax value, string member) =>
        value.DescendantNodesAndSelf(node => node is not ArrayRankSpecifierSyntax).OfType<IdentifierNameSyntax>().Any(identifier =>
            identifier.Identifier.ValueText is var name
            && name != member
            && (identifier.Parent is MemberAccessExpressionSyntax access && access.Name == identifier
                ? !IsRead(access) && (gradients.Contains(name) || IsGradientOfLayer(name))
                : !IsRead(identifier) && gradients.Contains(name)));

    /// <summary>Whether the code reads only the length or one element of the value.</summary>
    private static bool IsRead(ExpressionSyntax expression) =>
        expression.Parent is (MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or InvocationExpressionSyntax);

    private static bool IsGradientOfLayer(string name) =>
        GradientName.Parse(name) is { } gradient && (gradient.IsSpelledOut || gradient.IsOfParameter);
}
