using ClipGen.Analyzers.Declarations.Undeclared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>Where a value comes from. If a value has several parts, the last of these that applies to a part counts.</summary>
internal enum ValueOrigin
{
    /// <summary>Null, a literal or an empty collection.</summary>
    Nothing,

    /// <summary>A member of the object, or a part of one.</summary>
    Existing,

    /// <summary>A new object that depends at most on sizes.</summary>
    Created,

    /// <summary>The result of a computation on arguments or members.</summary>
    Computed,

    /// <summary>An argument of the method, or a part of one.</summary>
    Argument,
}

/// <summary>Finds the <see cref="ValueOrigin"/> of an expression.</summary>
internal static class ValueOrigins
{
    /// <summary>The number of parts of an expression that are read. Longer expressions are generated code.</summary>
    private const int MaximalParts = 256;

    // Methods that return a value that was passed to the object earlier.
    private static readonly HashSet<string> Passing =
    [
        "First", "FirstOrDefault", "Last", "LastOrDefault", "Single", "ElementAt", "ToArray", "ToList", "Where", "Select", "SelectMany",
        "Concat", "OfType", "Cast", "Reverse", "Skip", "Take", "Distinct", "OrderBy", "Prepend", "Append", "Peek", "Pop", "Dequeue",
        "AsReadOnly", "AsSpan", "AsMemory", "Values", "GetValueOrDefault", "ToImmutableArray",
    ];

    private static readonly HashSet<string> Collections =
    [
        "List", "Dictionary", "HashSet", "Queue", "Stack", "LinkedList", "SortedDictionary", "SortedList", "Collection",
        "ObservableCollection", "ConcurrentBag", "ConcurrentDictionary", "ConcurrentQueue", "ConcurrentStack", "PriorityQueue",
    ];

    /// <summary>The origin of a value.</summary>
    /// <param name="value">The expression.</param>
    /// <param name="body">The body that contains the expression.</param>
    /// <param name="isCollection">Whether <c>new()</c> creates a collection.</param>
    public static ValueOrigin Of(ExpressionSyntax value, CodeBody body, bool isCollection)
    {
        ValueOrigin origin = ValueOrigin.Nothing;
        var pending = new Stack<ExpressionSyntax>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        pending.Push(value);
        for (int i = 0; i < MaximalParts && pending.Count > 0; i++)
        {
            ExpressionSyntax current = pending.Pop();
            ValueOrigin found = Step(current, body, isCollection && current == value, pending, seen);
            origin = found > origin ? found : origin;
        }

        return origin;
    }

    private static ValueOrigin Step(
        ExpressionSyntax value, CodeBody body, bool isCollection, Stack<ExpressionSyntax> pending, HashSet<string> seen)
    {
        switch (value)
        {
            case LiteralExpressionSyntax or DefaultExpressionSyntax or TypeOfExpressionSyntax or AnonymousFunctionExpressionSyntax
                or ThrowExpressionSyntax:
                return ValueOrigin.Nothing;
            case ThisExpressionSyntax or BaseExpressionSyntax or GenericNameSyntax or PredefinedTypeSyntax:
                return ValueOrigin.Existing;
            case IdentifierNameSyntax identifier:
                return OfName(identifier.Identifier.ValueText, body, pending, seen);
            case MemberAccessExpressionSyntax access:
                pending.Push(access.Expression);
                return ValueOrigin.Nothing;
            case ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax invocation } conditional:
                pending.Push(conditional.Expression);
                return invocation.Expression is MemberBindingExpressionSyntax binding && Passing.Contains(binding.Name.Identifier.ValueText)
                    ? ValueOrigin.Nothing
                    : ValueOrigin.Computed;
            case ConditionalAccessExpressionSyntax conditional:
                pending.Push(conditional.Expression);
                return ValueOrigin.Nothing;
            case ElementAccessExpressionSyntax element:
                pending.Push(element.Expression);
                return ValueOrigin.Nothing;
            case InvocationExpressionSyntax invocation:
                return OfCall(invocation, body, pending);
            case BaseObjectCreationExpressionSyntax creation:
                return OfCreation(creation, body, isCollection, pending);
            case ArrayCreationExpressionSyntax array:
                // An array of numbers is a new value. An array of objects is still empty.
                Push(array.Initializer, pending);
                return array.Type.ElementType is PredefinedTypeSyntax ? ValueOrigin.Created : ValueOrigin.Nothing;
            case ImplicitArrayCreationExpressionSyntax array:
                Push(array.Initializer, pending);
                return ValueOrigin.Nothing;
            case InitializerExpressionSyntax initializer:
                Push(initializer, pending);
                return ValueOrigin.Nothing;
            default:
                return Unwrap(value, pending) ? ValueOrigin.Nothing : ValueOrigin.Computed;
        }
    }

    /// <summary>Removes the syntax around the values.</summary>
    private static bool Unwrap(ExpressionSyntax value, Stack<ExpressionSyntax> pending)
    {
        IEnumerable<ExpressionSyntax?> parts = value switch
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
            AssignmentExpressionSyntax assignment => [assignment.Right],
            TupleExpressionSyntax tuple => tuple.Arguments.Select(argument => argument.Expression),
            CollectionExpressionSyntax collection => collection.Elements.Select(
                element => (element as ExpressionElementSyntax)?.Expression ?? (element as SpreadElementSyntax)?.Expression),
            _ => [null],
        };
        foreach (ExpressionSyntax? part in parts)
        {
            if (part is null)
            {
                return false;
            }

            pending.Push(part);
        }

        return true;
    }

    private static ValueOrigin OfName(string name, CodeBody body, Stack<ExpressionSyntax> pending, HashSet<string> seen)
    {
        if (body.Locals.TryGetValue(name, out List<ExpressionSyntax>? values))
        {
            if (seen.Add(name))
            {
                values.ForEach(pending.Push);
                return values.Count == 0 ? ValueOrigin.Computed : ValueOrigin.Nothing;
            }

            return ValueOrigin.Nothing;
        }

        return body.Arguments.Contains(name) && !body.IsConstructor ? ValueOrigin.Argument : ValueOrigin.Existing;
    }

    private static ValueOrigin OfCall(InvocationExpressionSyntax invocation, CodeBody body, Stack<ExpressionSyntax> pending)
    {
        if (invocation.Expression is MemberAccessExpressionSyntax access)
        {
            string method = access.Name.Identifier.ValueText;
            if (method is "Select" or "SelectMany" && Selected(invocation) is { } selected)
            {
                pending.Push(selected);
                return ValueOrigin.Nothing;
            }

            if (Passing.Contains(method) || method.StartsWith("Get", StringComparison.Ordinal) || ParameterName.IsParameter(method))
            {
                pending.Push(access.Expression);
                Push(invocation.ArgumentList, pending);
                return ValueOrigin.Nothing;
            }

            // A name with a capital letter before a static method is a type or a property. The method's result is computed from the
            // property's value.
            if (MemberPath.Of(access.Expression) is { Names: [var first, ..] } path
                && (path.IsOfThis || body.Declares(first) || !char.IsUpper(first[0])))
            {
                return ValueOrigin.Computed;
            }
        }

        return CodeReader.Mentions(invocation.ArgumentList, body.Derived) ? ValueOrigin.Computed : ValueOrigin.Created;
    }

    private static ExpressionSyntax? Selected(InvocationExpressionSyntax invocation) =>
        (invocation.ArgumentList.Arguments.FirstOrDefault()?.Expression as LambdaExpressionSyntax)?.ExpressionBody;

    private static ValueOrigin OfCreation(
        BaseObjectCreationExpressionSyntax creation, CodeBody body, bool isCollection, Stack<ExpressionSyntax> pending)
    {
        string? name = (creation as ObjectCreationExpressionSyntax)?.Type switch
        {
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
            _ => null,
        };
        if (name is null ? isCollection : Collections.Contains(name))
        {
            Push(creation.Initializer, pending);
            Push(creation.ArgumentList, pending);
            return ValueOrigin.Nothing;
        }

        return CodeReader.Mentions(creation, body.Derived) ? ValueOrigin.Computed : ValueOrigin.Created;
    }

    private static void Push(InitializerExpressionSyntax? initializer, Stack<ExpressionSyntax> pending)
    {
        foreach (ExpressionSyntax element in initializer?.Expressions ?? default)
        {
            pending.Push(element);
        }
    }

    /// <summary>Only collections among the arguments of a collection matter: a capacity is no content.</summary>
    private static void Push(ArgumentListSyntax? arguments, Stack<ExpressionSyntax> pending)
    {
        foreach (ArgumentSyntax argument in arguments?.Arguments ?? default)
        {
            if (argument.Expression is not (AnonymousFunctionExpressionSyntax or LiteralExpressionSyntax or BinaryExpressionSyntax)
                && MemberPath.Of(argument.Expression) is not { Names: [.., "Length" or "Count"] })
            {
                pending.Push(argument.Expression);
            }
        }
    }
}
