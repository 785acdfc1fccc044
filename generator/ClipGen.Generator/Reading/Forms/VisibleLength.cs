using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Generator.Reading;

/// <summary>The length of a buffer that is created once, with a constant size, in the declaration of its member.</summary>
internal static class VisibleLength
{
    /// <summary>The number of elements, over all dimensions, or null if it is not visible.</summary>
    public static int? Of(ISymbol member, Compilation compilation, CancellationToken cancellation)
    {
        bool isAssignedOnce = member is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null };
        if (!isAssignedOnce || MemberSymbols.TypeOf(member) is not IArrayTypeSymbol)
        {
            return null;
        }

        foreach (SyntaxReference reference in member.DeclaringSyntaxReferences)
        {
            ExpressionSyntax? value = reference.GetSyntax(cancellation) switch
            {
                VariableDeclaratorSyntax field => field.Initializer?.Value,
                PropertyDeclarationSyntax property => property.Initializer?.Value,
                _ => null,
            };
            if (value is ArrayCreationExpressionSyntax creation && compilation.ContainsSyntaxTree(reference.SyntaxTree))
            {
                return OfCreation(creation, compilation, cancellation);
            }
        }

        return null;
    }

    /// <summary>The two lengths, if both are visible and different.</summary>
    public static (int Parameter, int Gradient)? Differ(
        ISymbol parameter, ISymbol gradient, Compilation compilation, CancellationToken cancellation) =>
        Of(parameter, compilation, cancellation) is { } parameterLength
        && Of(gradient, compilation, cancellation) is { } gradientLength
        && parameterLength != gradientLength
        && !IsAssignedInConstructor(parameter, cancellation)
        && !IsAssignedInConstructor(gradient, cancellation)
            ? (parameterLength, gradientLength)
            : null;

    private static int? OfCreation(ArrayCreationExpressionSyntax creation, Compilation compilation, CancellationToken cancellation)
    {
        long length = 1;
        if (creation.Type.RankSpecifiers is not [{ Sizes: var sizes }])
        {
            return null;
        }

        foreach (ExpressionSyntax size in sizes)
        {
            if (size is OmittedArraySizeExpressionSyntax || ConstantOf(size, compilation, cancellation) is not int constant)
            {
                return null;
            }

            length *= Math.Max(constant, 0);
            if (length > int.MaxValue)
            {
                return null;
            }
        }

        return (int)length;
    }

    /// <summary>A literal needs no semantic model, which would cost more than all other work on the member after each keystroke.</summary>
    private static object? ConstantOf(ExpressionSyntax size, Compilation compilation, CancellationToken cancellation) =>
        size is LiteralExpressionSyntax literal
            ? literal.Token.Value
            : compilation.GetSemanticModel(size.SyntaxTree).GetConstantValue(size, cancellation).Value;

    private static bool IsAssignedInConstructor(ISymbol member, CancellationToken cancellation)
    {
        foreach (IMethodSymbol constructor in member.ContainingType.InstanceConstructors)
        {
            foreach (SyntaxReference reference in constructor.DeclaringSyntaxReferences)
            {
                if (reference.GetSyntax(cancellation) is ConstructorDeclarationSyntax declaration
                    && declaration.DescendantNodes().OfType<AssignmentExpressionSyntax>()
                        .Any(assignment => Names(assignment.Left, member.Name)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Names(ExpressionSyntax target, string name) => target switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText == name,
        TupleExpressionSyntax tuple => tuple.Arguments.Any(argument => Names(argument.Expression, name)),
        _ => false,
    };
}
