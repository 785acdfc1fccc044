using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>Reads one body: its variables, what it writes, what it returns and which methods of its object it calls.</summary>
/// <param name="body">The body.</param>
/// <param name="writes">Receives the writes.</param>
internal sealed class CodeReader(CodeBody body, List<MemberWrite> writes)
{
    private static readonly HashSet<string> Inserting =
    [
        "Add", "AddRange", "AddFirst", "AddLast", "Insert", "InsertRange", "Push", "PushRange", "Enqueue", "EnqueueRange", "TryAdd",
        "TryEnqueue", "Append",
    ];

    private static readonly HashSet<string> Filling =
        ["CopyFrom", "SetFrom", "Fill", "Assign", "SetValues", "SetData", "SetValue", "Overwrite"];

    public void Read(SyntaxNode root)
    {
        foreach (SyntaxNode node in root.DescendantNodesAndSelf(IsOfThisCode))
        {
            ReadNode(node);
        }
    }

    /// <summary>Adds a parameter of the body, of a lambda or of a local function.</summary>
    public static void Declare(ParameterSyntax parameter, CodeBody body)
    {
        string name = parameter.Identifier.ValueText;
        body.Arguments.Add(name);
        if (!IsScalar(parameter.Type))
        {
            body.Derived.Add(name);
        }
    }

    private static bool IsOfThisCode(SyntaxNode node) => node is not (BaseTypeDeclarationSyntax or AttributeListSyntax);

    private void ReadNode(SyntaxNode node)
    {
        switch (node)
        {
            case ParameterSyntax parameter when parameter.Parent?.Parent != body.Node:
                DeclareInner(parameter);
                break;
            case VariableDeclaratorSyntax variable:
                DeclareLocal(variable.Identifier.ValueText, variable.Initializer?.Value);
                break;
            case ForEachStatementSyntax each:
                DeclareLocal(each.Identifier.ValueText, each.Expression);
                break;
            case ForEachVariableStatementSyntax each:
                foreach (SyntaxNode variable in each.Variable.DescendantNodes().Where(child => child is SingleVariableDesignationSyntax))
                {
                    DeclareLocal(((SingleVariableDesignationSyntax)variable).Identifier.ValueText, each.Expression);
                }

                break;
            case SingleVariableDesignationSyntax designation:
                DeclareLocal(designation.Identifier.ValueText, Source(designation));
                break;
            case AssignmentExpressionSyntax assignment:
                ReadAssignment(assignment);
                break;
            case InvocationExpressionSyntax invocation:
                ReadInvocation(invocation);
                break;
            case ArgumentSyntax argument when argument.RefOrOutKeyword.Kind() is SyntaxKind.OutKeyword or SyntaxKind.RefKeyword:
                Write(argument.Expression, null, WriteKind.Assign, argument);
                break;
            case ReturnStatementSyntax { Expression: { } returned }:
                body.Returned.Add(returned);
                break;
            case YieldStatementSyntax { Expression: { } yielded }:
                body.Returned.Add(yielded);
                break;
            case ArrowExpressionClauseSyntax arrow when arrow.Parent == body.Node:
                body.Returned.Add(arrow.Expression);
                break;
        }
    }

    /// <summary>
    /// Takes the parameter of a lambda for the items of the collection that the called method runs over: <c>_layers.ForEach(layer =>
    /// …)</c>.
    /// </summary>
    private void DeclareInner(ParameterSyntax parameter)
    {
        SyntaxNode? lambda = parameter.Parent is AnonymousFunctionExpressionSyntax ? parameter.Parent : parameter.Parent?.Parent;
        if (lambda is AnonymousFunctionExpressionSyntax
            && lambda.Parent?.Parent?.Parent is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access })
        {
            DeclareLocal(parameter.Identifier.ValueText, access.Expression);
        }
        else
        {
            Declare(parameter, body);
        }
    }

    /// <summary>The value that a variable declared in a pattern or a deconstruction is a part of.</summary>
    private static ExpressionSyntax? Source(SingleVariableDesignationSyntax designation)
    {
        for (SyntaxNode? current = designation.Parent; current is not null and not StatementSyntax; current = current.Parent)
        {
            switch (current)
            {
                case IsPatternExpressionSyntax pattern:
                    return pattern.Expression;
                case AssignmentExpressionSyntax assignment:
                    return assignment.Right;
                case SwitchExpressionSyntax choice:
                    return choice.GoverningExpression;
            }
        }

        return null;
    }

    private void DeclareLocal(string name, ExpressionSyntax? value)
    {
        if (!body.Locals.TryGetValue(name, out List<ExpressionSyntax>? values))
        {
            body.Locals.Add(name, values = []);
        }

        if (value is not null)
        {
            values.Add(value);
            if (Mentions(value, body.Derived))
            {
                body.Derived.Add(name);
            }
        }
    }

    private void ReadAssignment(AssignmentExpressionSyntax assignment)
    {
        ExpressionSyntax left = assignment.Left;
        ExpressionSyntax right = assignment.Right;
        if (assignment.Parent is InitializerExpressionSyntax)
        {
            // new Pair { Grad = _dW } writes a member of the new object.
            if (left is IdentifierNameSyntax named)
            {
                writes.Add(new MemberWrite(WriteKind.Assign, ["", named.Identifier.ValueText], IsOwn: false, right, body, assignment));
            }

            return;
        }

        if (left is TupleExpressionSyntax targets)
        {
            var values = right as TupleExpressionSyntax;
            for (int i = 0; i < targets.Arguments.Count; i++)
            {
                ExpressionSyntax value = values?.Arguments.Count == targets.Arguments.Count ? values.Arguments[i].Expression : right;
                Write(targets.Arguments[i].Expression, value, WriteKind.Assign, assignment);
            }

            return;
        }

        WriteKind kind = assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression) ? WriteKind.AssignIfNull : WriteKind.Assign;
        bool isDecrease = assignment.IsKind(SyntaxKind.SubtractAssignmentExpression)
            || (right is BinaryExpressionSyntax binary && binary.IsKind(SyntaxKind.SubtractExpression));
        Write(left, right, kind, assignment, isDecrease);
    }

    private void ReadInvocation(InvocationExpressionSyntax invocation)
    {
        SeparatedSyntaxList<ArgumentSyntax> arguments = invocation.ArgumentList.Arguments;
        ExpressionSyntax? receiver = null;
        string? method = null;
        switch (invocation.Expression)
        {
            case SimpleNameSyntax name:
                method = name.Identifier.ValueText;
                body.Calls.Add(new OwnCall(method, invocation.ArgumentList, invocation));
                break;
            case MemberAccessExpressionSyntax access:
                method = access.Name.Identifier.ValueText;
                receiver = access.Expression;
                if (receiver is ThisExpressionSyntax or BaseExpressionSyntax)
                {
                    body.Calls.Add(new OwnCall(method, invocation.ArgumentList, invocation));
                    receiver = null;
                }

                break;
            case MemberBindingExpressionSyntax binding when invocation.Parent is ConditionalAccessExpressionSyntax conditional:
                method = binding.Name.Identifier.ValueText;
                receiver = conditional.Expression;
                break;
        }

        if (method is null || receiver is null)
        {
            return;
        }

        if (Inserting.Contains(method))
        {
            // The key or the position is the first argument, except for a priority.
            ExpressionSyntax? inserted = (method == "Enqueue" ? arguments.FirstOrDefault() : arguments.LastOrDefault())?.Expression;
            Write(receiver, inserted, WriteKind.Insert, invocation);
        }
        else if (Filling.Contains(method))
        {
            Write(receiver, arguments.FirstOrDefault()?.Expression, WriteKind.Content, invocation);
        }
        else if (Destination(method, receiver, arguments) is { } destination)
        {
            Write(destination, null, WriteKind.Content, invocation);
        }
    }

    /// <summary>The destination arguments of the framework's copy methods.</summary>
    private static ExpressionSyntax? Destination(string method, ExpressionSyntax receiver, SeparatedSyntaxList<ArgumentSyntax> arguments) =>
        (method, (receiver as SimpleNameSyntax)?.Identifier.ValueText, arguments.Count) switch
        {
            ("CopyTo", _, > 0) => arguments[0].Expression,
            ("Copy", "Array", 3) => arguments[1].Expression,
            ("Copy", "Array", 5) or ("BlockCopy", "Buffer", 5) => arguments[2].Expression,
            ("Fill", "Array", > 1) => arguments[0].Expression,
            _ => null,
        };

    private void Write(ExpressionSyntax target, ExpressionSyntax? value, WriteKind kind, SyntaxNode node, bool isDecrease = false)
    {
        MemberPath path = MemberPath.Of(target);
        if (path.Names.Count == 0 || (path.IsResult && kind == WriteKind.Insert))
        {
            return;
        }

        bool isOwn = path.IsOfThis || !body.Declares(path.Names[0]);
        if (!isOwn && path.Names.Count == 1)
        {
            if (value is not null)
            {
                DeclareLocal(path.Names[0], value);
            }

            return;
        }

        if (kind == WriteKind.Assign && path.IsElement)
        {
            kind = WriteKind.Element;
        }

        writes.Add(new MemberWrite(kind, path.Names, isOwn, value, body, node, isDecrease));
    }

    /// <summary>Whether one of the names occurs in the node other than to read a size.</summary>
    public static bool Mentions(SyntaxNode node, HashSet<string> names) =>
        names.Count > 0 && node.DescendantNodesAndSelf().Any(
            child => child is IdentifierNameSyntax identifier && names.Contains(identifier.Identifier.ValueText)
                && !SizeWords.AsksForSize(identifier));

    /// <summary>Sizes and flags configure an object. They are no values of a sample.</summary>
    private static bool IsScalar(TypeSyntax? type) => type switch
    {
        PredefinedTypeSyntax predefined => !predefined.Keyword.IsKind(SyntaxKind.ObjectKeyword),
        ArrayTypeSyntax { ElementType: PredefinedTypeSyntax predefined } =>
            predefined.Keyword.Kind() is SyntaxKind.IntKeyword or SyntaxKind.StringKeyword or SyntaxKind.BoolKeyword,
        NullableTypeSyntax nullable => IsScalar(nullable.ElementType),
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText is "Random" or "Func" or "Action" or "Stream" or "BinaryReader",
        _ => false,
    };
}
