using ClipGen.Analyzers.Declarations.Code;
using ClipGen.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>The members and variables whose objects a value contains, by name.</summary>
internal static class GivenParts
{
    /// <summary>The number of parts of an expression that are read. Longer expressions are generated code.</summary>
    private const int MaximalParts = 4096;

    // Methods and types that create a collection from their arguments.
    private static readonly HashSet<string> Collecting =
        ["Create", "CreateRange", "Of", "Concat", "Append", "Prepend", "Union", "Zip", "CreateSpan", "AsRef", "GetReference"];

    private static readonly string[] Copying = ["To", "Clone", "Copy", "Deep"];

    /// <summary>The names of the objects in a value.</summary>
    /// <param name="value">The expression.</param>
    /// <param name="isWhole">Whether the parts of the value count, or only the value itself.</param>
    /// <param name="isBuffer">Whether the value is one buffer of numbers. A call with another buffer as an argument then creates a new
    /// one.</param>
    public static IEnumerable<string> Of(ExpressionSyntax value, bool isWhole, bool isBuffer)
    {
        var pending = new Stack<ExpressionSyntax>();
        pending.Push(value);
        for (int i = 0; i < MaximalParts && pending.Count > 0; i++)
        {
            ExpressionSyntax current = pending.Pop();
            switch (current)
            {
                case IdentifierNameSyntax identifier:
                    yield return identifier.Identifier.ValueText;
                    break;
                case MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax } access:
                    yield return access.Name.Identifier.ValueText;
                    break;
                case MemberAccessExpressionSyntax access when isWhole && !SizeWords.Contains(access.Name.Identifier.ValueText):
                    pending.Push(access.Expression);
                    break;
                case InvocationExpressionSyntax invocation when OwnMethod(invocation) is { } method:
                    yield return method;
                    break;
                default:
                    if (isWhole)
                    {
                        Parts(current, isBuffer).ForEach(pending.Push);
                    }

                    foreach (ExpressionSyntax same in Around(current))
                    {
                        pending.Push(same);
                    }

                    break;
            }
        }
    }

    /// <summary>The expressions that are the value itself, without the syntax around them.</summary>
    public static IEnumerable<ExpressionSyntax> Same(ExpressionSyntax value)
    {
        var pending = new Stack<ExpressionSyntax>();
        pending.Push(value);
        for (int i = 0; i < MaximalParts && pending.Count > 0; i++)
        {
            ExpressionSyntax current = pending.Pop();
            ExpressionSyntax[] around = [.. Around(current)];
            if (around.Length == 0)
            {
                yield return current;
            }

            foreach (ExpressionSyntax same in around)
            {
                pending.Push(same);
            }
        }
    }

    /// <summary>The name of the method of the same object that an expression calls, or null.</summary>
    public static string? OwnMethod(ExpressionSyntax expression) => expression switch
    {
        InvocationExpressionSyntax { Expression: SimpleNameSyntax name } when name.Identifier.ValueText != "nameof" =>
            name.Identifier.ValueText,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
            when access.Expression is ThisExpressionSyntax or BaseExpressionSyntax => access.Name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>
    /// The name that a value is read from, through members, elements and calls that return a part; null if the value is created.
    /// </summary>
    public static string? Root(ExpressionSyntax value)
    {
        ExpressionSyntax? only = Same(value).FirstOrDefault();
        for (ExpressionSyntax? current = only; current is not null;)
        {
            if (current is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called }
                && IsCopying(called.Name.Identifier.ValueText))
            {
                return null;
            }

            current = current switch
            {
                InvocationExpressionSyntax invocation => (invocation.Expression as MemberAccessExpressionSyntax)?.Expression,
                MemberAccessExpressionSyntax access when SizeWords.Contains(access.Name.Identifier.ValueText) => null,
                MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax } access => access.Name,
                MemberAccessExpressionSyntax access => access.Expression,
                ElementAccessExpressionSyntax element => element.Expression,
                ParenthesizedExpressionSyntax parenthesized => parenthesized.Expression,
                CastExpressionSyntax cast => cast.Expression,
                PostfixUnaryExpressionSyntax postfix => postfix.Operand,
                _ => current,
            };
            if (current is IdentifierNameSyntax identifier)
            {
                return identifier.Identifier.ValueText;
            }

            if (current is not (
                InvocationExpressionSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax
                or ParenthesizedExpressionSyntax or CastExpressionSyntax or PostfixUnaryExpressionSyntax))
            {
                return null;
            }
        }

        return null;
    }

    public static bool IsBuffer(GradientForm? form) => form is BufferForm { Kind: BufferKind.Array or BufferKind.MultiDimensional };

    public static bool IsCollection(ITypeSymbol type) =>
        type is IArrayTypeSymbol or INamedTypeSymbol { IsTupleType: true }
        || type.AllInterfaces.Any(implemented => implemented.SpecialType == SpecialType.System_Collections_IEnumerable);

    private static IEnumerable<ExpressionSyntax> Around(ExpressionSyntax value) => value switch
    {
        ParenthesizedExpressionSyntax parenthesized => [parenthesized.Expression],
        CastExpressionSyntax cast => [cast.Expression],
        PostfixUnaryExpressionSyntax postfix when postfix.IsKind(SyntaxKind.SuppressNullableWarningExpression) => [postfix.Operand],
        AwaitExpressionSyntax awaited => [awaited.Expression],
        RefExpressionSyntax reference => [reference.Expression],
        ConditionalExpressionSyntax conditional => [conditional.WhenTrue, conditional.WhenFalse],
        BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.CoalesceExpression) => [binary.Left, binary.Right],
        BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.AsExpression) => [binary.Left],
        SwitchExpressionSyntax choice => choice.Arms.Select(arm => arm.Expression),
        AssignmentExpressionSyntax assignment => [assignment.Left, assignment.Right],
        _ => [],
    };

    /// <summary>The parts of a value.</summary>
    private static List<ExpressionSyntax> Parts(ExpressionSyntax value, bool isBuffer) => value switch
    {
        ConditionalAccessExpressionSyntax conditional => [conditional.Expression],
        ElementAccessExpressionSyntax element when !isBuffer => [element.Expression],
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } invocation =>
            OfCall(access, invocation.ArgumentList, isBuffer),
        BaseObjectCreationExpressionSyntax creation when !isBuffer =>
            [.. Arguments(creation.ArgumentList), .. Elements(creation.Initializer)],
        ArrayCreationExpressionSyntax array when !isBuffer => [.. Elements(array.Initializer)],
        ImplicitArrayCreationExpressionSyntax array when !isBuffer => [.. Elements(array.Initializer)],
        InitializerExpressionSyntax initializer when !isBuffer => [.. Elements(initializer)],
        TupleExpressionSyntax tuple => [.. tuple.Arguments.Select(argument => argument.Expression)],
        CollectionExpressionSyntax collection when !isBuffer =>
            [.. collection.Elements
                .Select(element => (element as ExpressionElementSyntax)?.Expression ?? ((SpreadElementSyntax)element).Expression)],
        WithExpressionSyntax with => [with.Expression, .. Elements(with.Initializer)],
        _ => [],
    };

    private static List<ExpressionSyntax> OfCall(MemberAccessExpressionSyntax access, ArgumentListSyntax arguments, bool isBuffer)
    {
        string method = access.Name.Identifier.ValueText;
        if (SizeWords.Contains(method) || (isBuffer && IsCopying(method)))
        {
            return [];
        }

        if (method is "Select" or "SelectMany" or "ConvertAll")
        {
            // Called as an extension, or with the list as the first argument. The parameter of a lambda stands for the list.
            List<ExpressionSyntax> parts =
                [.. Arguments(arguments).Select(part => (part as LambdaExpressionSyntax)?.ExpressionBody ?? part)];
            bool hasLambda = arguments.Arguments.Any(argument => argument.Expression is LambdaExpressionSyntax);
            return hasLambda ? parts : [access.Expression, .. parts];
        }

        return Collecting.Contains(method) ? [access.Expression, .. Arguments(arguments)] : [access.Expression];
    }

    private static IEnumerable<ExpressionSyntax> Arguments(ArgumentListSyntax? arguments) =>
        (arguments?.Arguments ?? default).Select(argument => argument.Expression);

    /// <summary>The elements of an initializer; for an object initializer, the assigned values.</summary>
    private static IEnumerable<ExpressionSyntax> Elements(InitializerExpressionSyntax? initializer) =>
        (initializer?.Expressions ?? default)
            .Select(element => element is AssignmentExpressionSyntax assignment ? assignment.Right : element);

    private static bool IsCopying(string method) => Copying.Any(beginning => method.StartsWith(beginning, StringComparison.Ordinal));
}
