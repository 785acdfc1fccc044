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
/// <param name="type">The type.</param>
/// <param name="gradients">The names of the gradients of the type, declared or not.</param>
/// <param name="cancellation">Cancels the look.</param>
internal sealed class BufferOriginReader(INamedTypeSymbol type, ICollection<string> gradients, CancellationToken cancellation)
{
    public BufferOrigin Of(ISymbol member)
    {
        BufferOrigin origin = member is IPropertySymbol { SetMethod.IsInitOnly: true } or IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }
            ? BufferOrigin.HandedIn
            : BufferOrigin.Unknown;
        foreach (ExpressionSyntax value in Values(member))
        {
            BufferOrigin found = OfValue(value, member.Name);
            if (found == BufferOrigin.MadeOfOthers)
            {
                return found;
            }

            origin = found == BufferOrigin.Unknown || origin == BufferOrigin.Created ? origin : found;
        }

        return origin;
    }

    /// <summary>Whether a type that holds values of this one puts memory of its own into the member: <c>new Pair { Grad = _dW }</c>.</summary>
    public bool IsFilledBy(IEnumerable<INamedTypeSymbol> holders, ISymbol member) =>
        holders.SelectMany(holder => holder.DeclaringSyntaxReferences)
            .SelectMany(reference => reference.GetSyntax(cancellation).DescendantNodes())
            .OfType<AssignmentExpressionSyntax>()
            .Any(assignment => AssignedName(assignment.Left) == member.Name && OfValue(assignment.Right, "") != BufferOrigin.Created);

    private static string? AssignedName(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => null,
    };

    private IEnumerable<ExpressionSyntax> Values(ISymbol member)
    {
        foreach (SyntaxReference reference in member.DeclaringSyntaxReferences)
        {
            ExpressionSyntax? initializer = reference.GetSyntax(cancellation) switch
            {
                VariableDeclaratorSyntax field => field.Initializer?.Value,
                PropertyDeclarationSyntax property => property.Initializer?.Value,
                ParameterSyntax parameter => SyntaxFactory.IdentifierName(parameter.Identifier),
                _ => null,
            };
            if (initializer is not null)
            {
                yield return initializer;
            }
        }

        foreach (SyntaxReference reference in type.DeclaringSyntaxReferences)
        {
            foreach (SyntaxNode node in reference.GetSyntax(cancellation).DescendantNodes())
            {
                if (node is AssignmentExpressionSyntax { Left: var left, Right: var right })
                {
                    foreach (ExpressionSyntax value in AssignedTo(member.Name, left, right))
                    {
                        yield return value;
                    }
                }
                else if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call
                    && access.Name.Identifier.ValueText is "Add" or "AddRange"
                    && Names(access.Expression, member.Name))
                {
                    foreach (ArgumentSyntax argument in call.ArgumentList.Arguments)
                    {
                        yield return argument.Expression;
                    }
                }
            }
        }
    }

    private static IEnumerable<ExpressionSyntax> AssignedTo(string name, ExpressionSyntax left, ExpressionSyntax right)
    {
        if (Names(left, name))
        {
            return [right];
        }

        if (left is not TupleExpressionSyntax targets)
        {
            return [];
        }

        int index = targets.Arguments.IndexOf(target => Names(target.Expression, name));
        return index < 0 ? []
            : right is TupleExpressionSyntax values && values.Arguments.Count == targets.Arguments.Count ? [values.Arguments[index].Expression]
            : [right];
    }

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
                return OfValue(binary.Left, member);
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

    private static bool Names(ExpressionSyntax expression, string name) => expression switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access => access.Name.Identifier.ValueText == name,
        _ => false,
    };
}
