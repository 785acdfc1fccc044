using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>An expression that refers to stored numbers: a variable or member, or an element of it.</summary>
internal readonly struct BufferAccess
{
    private BufferAccess(IReadOnlyList<ISymbol> path, bool isElement, ITypeSymbol? type)
    {
        Path = path;
        IsElement = isElement;
        Type = type;
    }

    /// <summary>
    /// The variable or member, followed by those that lead to it: <c>Weights</c>, <c>layer</c> for <c>layer.Weights[i]</c>.
    /// </summary>
    public IReadOnlyList<ISymbol> Path { get; }

    public ISymbol Symbol => Path[0];

    public bool IsElement { get; }

    /// <summary>The type of the accessed value; for an element, the element's type.</summary>
    public ITypeSymbol? Type { get; }

    /// <summary>Whether the value outlives the expression: it is a member, an element, or a whole matrix.</summary>
    public bool IsStored => IsElement || Symbol is IFieldSymbol or IPropertySymbol or IMethodSymbol || !IsScalar(Type);

    /// <summary>Whether one number is accessed, not a whole buffer.</summary>
    public bool IsNumber => IsScalar(Type);

    public static BufferAccess Of(ILocalSymbol local) => new([local], false, local.Type);

    public static BufferAccess Of(IParameterSymbol parameter) => new([parameter], false, parameter.Type);

    /// <summary>Whether a symbol is a parameter that holds a buffer, so that a method can read and write what its caller passes.</summary>
    public static bool IsPassed(ISymbol symbol) => symbol is IParameterSymbol parameter && !Of(parameter).IsNumber;

    /// <summary>Whether an expression is the variable or member, or an element of it.</summary>
    public static bool IsOf(IOperation? expression, ISymbol symbol) =>
        Of(expression) is { } access && SymbolEqualityComparer.Default.Equals(access.Symbol, symbol);

    /// <summary>The local number that an expression names, if it names one.</summary>
    public static ILocalSymbol? LocalNumber(IOperation? expression) =>
        Of(expression) is { IsNumber: true, IsElement: false, Path: [ILocalSymbol number] } ? number : null;

    /// <summary>What a call stores into by <c>SetError(i, value)</c>; <see langword="null"/> for other calls.</summary>
    public static BufferAccess? StoredBy(IInvocationOperation call) => BufferAccessors.ReaderFor(call) is { } reader
        ? new BufferAccess([reader, .. Of(call.Instance)?.Path ?? []], isElement: call.Arguments.Length > 1, TypeOf(reader))
        : null;

    /// <summary>An item of a collection; <see langword="null"/> if the collection has no name.</summary>
    public static BufferAccess? ItemOf(IOperation collection, ITypeSymbol? type) =>
        Of(collection) is { } access ? new BufferAccess(access.Path, isElement: true, type) : null;

    /// <summary>
    /// The target of a write in a called method, as the caller names it: <c>Weights</c> of the object that the caller passes. A method that
    /// writes elements writes the whole buffer.
    /// </summary>
    /// <param name="passed">What the caller passes.</param>
    /// <param name="members">The members that lead from there to the target, the last first.</param>
    /// <param name="target">The target in the method.</param>
    public static BufferAccess? Inside(IOperation? passed, IReadOnlyList<ISymbol> members, BufferAccess target)
    {
        ITypeSymbol? type = !target.IsElement ? target.Type : members.Count == 0 ? passed?.Type : TypeOf(members[0]);
        if (Of(passed) is { } access)
            return new BufferAccess([.. members, .. access.Path], members.Count == 0 && access.IsElement, type);
        return passed is IInstanceReferenceOperation && members.Count > 0 ? new BufferAccess(members, isElement: false, type) : null;
    }

    /// <summary>The type of a field or property, or of what a method returns; <see langword="null"/> for other symbols.</summary>
    public static ITypeSymbol? TypeOf(ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        IMethodSymbol method => method.ReturnType,
        _ => null,
    };

    /// <summary>Reads an expression; <see langword="null"/> if it names no variable.</summary>
    public static BufferAccess? Of(IOperation? expression)
    {
        // Most expressions name nothing.
        List<ISymbol>? path = null;
        bool isElement = false;
        for (IOperation? current = expression; ;)
        {
            current = (current.WithoutPlaceholder() ?? current)?.WithoutConversions();
            switch (current)
            {
                case IArrayElementReferenceOperation element:
                    isElement |= path is null;
                    current = element.ArrayReference;
                    continue;
                // The indexer of the object itself has no other name.
                case IPropertyReferenceOperation { Arguments.Length: > 0, Instance: IInstanceReferenceOperation } own:
                    isElement |= path is null;
                    (path ??= []).Add(own.Property.OriginalDefinition);
                    break;
                case IPropertyReferenceOperation { Arguments.Length: > 0 } indexer:
                    isElement |= path is null;
                    current = indexer.Instance;
                    continue;
                // The compiler has no operation for an element of a pointer.
                case { Kind: OperationKind.None, Syntax: ElementAccessExpressionSyntax }:
                    isElement |= path is null;
                    current = current.ChildOperations.FirstOrDefault();
                    continue;
                case IImplicitIndexerReferenceOperation indexer:
                    isElement |= path is null;
                    current = indexer.Instance;
                    continue;
                case IFieldReferenceOperation or IPropertyReferenceOperation:
                    var member = (IMemberReferenceOperation)current;
                    (path ??= []).Add(member.Member.OriginalDefinition);
                    current = member.Instance;
                    continue;
                case IParenthesizedOperation parenthesized:
                    current = parenthesized.Operand;
                    continue;
                case IInvocationOperation { TargetMethod.Name: "First" or "Last" } item when ItemsOf(item) is { } items:
                    isElement |= path is null;
                    current = items;
                    continue;
                case IInvocationOperation { TargetMethod.Name: "AsSpan", Arguments: [var viewed, ..] }:
                    current = viewed.Value;
                    continue;
                case IInvocationOperation call when BufferAccessors.IsRead(call):
                    isElement |= path is null && call.Arguments.Length > 0;
                    (path ??= []).Add(BufferAccessors.StoredBehind(call.TargetMethod));
                    current = call.Instance;
                    continue;
                case ILocalReferenceOperation local:
                    (path ??= []).Add(local.Local);
                    break;
                case IParameterReferenceOperation parameter:
                    (path ??= []).Add(parameter.Parameter.OriginalDefinition);
                    break;
            }

            return path is not null ? new BufferAccess(path, isElement, expression!.Type) : null;
        }
    }

    /// <summary>The list of <c>list.Last()</c>; <see langword="null"/> for other calls.</summary>
    private static IOperation? ItemsOf(IInvocationOperation call) =>
        call is { TargetMethod: { IsExtensionMethod: true, ContainingType.Name: "Enumerable" }, Arguments: [var items] }
            ? items.Value
            : null;

    /// <summary>Whether the type can hold numbers for computation, and not counts, texts or functions.</summary>
    public static bool HoldsNumbers(ITypeSymbol? type)
    {
        while (type is IArrayTypeSymbol array)
            type = array.ElementType;
        return type switch
        {
            null => false,
            { SpecialType: SpecialType.None } => type.TypeKind is not (TypeKind.Enum or TypeKind.Delegate) && !IsOtherOfFramework(type),
            _ => type.SpecialType is SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal,
        };
    }

    /// <summary>
    /// Whether the framework declares the type, and it is neither a number nor a collection of numbers: a writer, a clock, an expression
    /// tree.
    /// </summary>
    private static bool IsOtherOfFramework(ITypeSymbol type)
    {
        if (!type.DeclaringSyntaxReferences.IsEmpty)
            return false;
        INamespaceSymbol? space = type.ContainingNamespace;
        bool isNumeric = false;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            isNumeric |= space.Name == "Numerics";
            space = space.ContainingNamespace;
        }

        if (isNumeric || space is not { IsGlobalNamespace: false, Name: "System" } || type.Name == "Half")
            return false;
        return type is not INamedTypeSymbol { TypeArguments: { Length: > 0 } arguments }
            || (type.IsTupleType ? !arguments.Any(HoldsNumbers) : !HoldsNumbers(arguments[arguments.Length - 1]));
    }

    /// <summary>Whether the type is that of one number, or of one that may be missing.</summary>
    public static bool IsScalar(ITypeSymbol? type) =>
        (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var number] }
            ? number
            : type) is { SpecialType: SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal }
            or { TypeKind: TypeKind.TypeParameter }
            or { Name: "Half", ContainingNamespace.Name: "System" };
}
