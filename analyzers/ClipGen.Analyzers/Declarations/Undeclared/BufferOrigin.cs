using ClipGen.Analyzers.Declarations.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>Where the memory of a member comes from, as far as the source of its type says.</summary>
internal enum BufferOrigin
{
    /// <summary>Nothing in the type assigns it.</summary>
    Unknown,

    /// <summary>The type creates it.</summary>
    Created,

    /// <summary>It is somebody else's, handed in: a pair of weights and gradients for an optimizer, a view.</summary>
    HandedIn,

    /// <summary>It is made of other gradients of the type: a list of all of them.</summary>
    MadeOfOthers,
}

/// <summary>Finds a <see cref="BufferOrigin"/>.</summary>
/// <param name="code">The code of the type, or null where it is not in source.</param>
/// <param name="gradients">The names of the gradients of the type, declared or not.</param>
internal sealed class BufferOriginReader(TypeBodies? code, ICollection<string> gradients)
{
    public BufferOrigin Of(ISymbol member)
    {
        BufferOrigin origin = member is IPropertySymbol { SetMethod.IsInitOnly: true } or IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }
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

    /// <summary>Whether the code of a type that holds values of this one puts memory of its own into the member: <c>new Pair { Grad = _dW }</c>.</summary>
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
                // Not deeper than the source: the left side of a chain of these is no chain.
                return binary.Left is BinaryExpressionSyntax ? BufferOrigin.Created : OfValue(binary.Left, member);
            case MemberAccessExpressionSyntax:
                return BufferOrigin.HandedIn;
            default:
                return MentionsOthers(value, member) ? BufferOrigin.MadeOfOthers : BufferOrigin.Created;
        }
    }

    /// <summary>Whether another gradient itself, of this type or of a layer, is part of the value; its length or an element of it is not.</summary>
    private bool MentionsOthers(ExpressionSyntax value, string member) =>
        value.DescendantNodesAndSelf(node => node is not ArrayRankSpecifierSyntax).OfType<IdentifierNameSyntax>().Any(identifier =>
            identifier.Identifier.ValueText is var name
            && name != member
            && (identifier.Parent is MemberAccessExpressionSyntax access && access.Name == identifier
                ? !IsRead(access) && (gradients.Contains(name) || IsGradientOfLayer(name))
                : !IsRead(identifier) && gradients.Contains(name)));

    /// <summary>Whether only something of the value is asked for: its length, one element.</summary>
    private static bool IsRead(ExpressionSyntax expression) =>
        expression.Parent is (MemberAccessExpressionSyntax or ElementAccessExpressionSyntax or InvocationExpressionSyntax);

    private static bool IsGradientOfLayer(string name) =>
        GradientName.Parse(name) is { } gradient && (gradient.IsSpelledOut || gradient.IsOfParameter);
}
