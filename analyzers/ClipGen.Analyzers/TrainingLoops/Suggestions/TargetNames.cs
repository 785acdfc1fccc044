using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ClipGen.Analyzers.TrainingLoops.Suggestions;

/// <summary>Writes targets as expressions at one place in the source, as far as they are accessible there.</summary>
/// <param name="model">The semantic model of the file.</param>
/// <param name="place">The place.</param>
internal sealed class TargetNames(SemanticModel model, SyntaxNode place)
{
    /// <summary>Stands for the receiver of a step that is only made if the receiver is not null.</summary>
    public const string ReceiverPlaceholder = "{receiver}";

    /// <summary>Maximum length of a function, in characters, whose declarations are read. Every step in it needs them.</summary>
    private const int LongestFunction = 2_000;

    private readonly int _position = place.SpanStart;

    /// <summary>The target that is not null where the clip is written, although it can be null elsewhere.</summary>
    public Target? Receiver { get; init; }

    /// <summary>The collection of a <c>foreach</c> variable.</summary>
    public Func<ILocalSymbol, Target?>? CollectionOf { get; init; }

    /// <summary>The target as an expression that is never null, or <see langword="null"/> if there is none.</summary>
    public string? NameOf(Target target) =>
        IsCollection(target.Type) ? null : Write(target, isNullAllowed: false, isSequenceAllowed: false);

    /// <summary>The same, with <c>?.</c> for members that can be null.</summary>
    public string? NullableNameOf(Target target) =>
        IsCollection(target.Type) ? null : Write(target, isNullAllowed: true, isSequenceAllowed: false);

    /// <summary>The same, with <c>Select</c> for collections: <c>layers.Select(layer => layer.WeightGradients)</c>.</summary>
    public string? SequenceOf(Target target) => Write(target, isNullAllowed: true, isSequenceAllowed: true);

    /// <summary>The part of a target that is accessible at the place; <see langword="null"/> if there is none.</summary>
    public string? VisibleNameOf(Target target)
    {
        if (target.Root is ITypeSymbol type)
            return type.Name;
        if (target.Root is not { } root || !IsVisible(root))
            return null;
        ISymbol[] visible = [.. target.Path.TakeWhile(symbol => symbol is not IMethodSymbol && IsAccessible(symbol))];
        return visible.Length == 0 ? null : string.Join(".", visible.Select(symbol => symbol.Name));
    }

    public static bool IsDeclaredBefore(ILocalSymbol local, int position) =>
        local.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration && declaration.Span.End < position;

    public static bool IsCollection(ITypeSymbol? type) => ItemOf(type) is not null;

    private static ITypeSymbol? ItemOf(ITypeSymbol? type)
    {
        if (type is IArrayTypeSymbol array)
            return array.ElementType;
        if (type is not INamedTypeSymbol { IsGenericType: true } named
            || named.AllInterfaces.Any(implemented => implemented.Name == "IDisposable"))
        {
            return null;
        }

        return named.AllInterfaces.Append(named)
            .FirstOrDefault(implemented => implemented is { Name: "IEnumerable", TypeArguments.Length: 1 })?.TypeArguments[0];
    }

    private string? Write(Target target, bool isNullAllowed, bool isSequenceAllowed)
    {
        if (Receiver is { } receiver && receiver.IsPrefixOf(target))
            return WriteRest(ReceiverPlaceholder, target, receiver.Path.Length, isNullAllowed, isSequenceAllowed);
        if (target.Path.IsEmpty)
            return model.GetEnclosingSymbol(_position) is { IsStatic: false } ? "this" : null;
        ISymbol root = target.Path[0];
        if (isSequenceAllowed && root is ILocalSymbol { IsForEach: true } item)
        {
            if (CollectionOf?.Invoke(item) is not { } collection)
                return null;
            Target whole = collection;
            foreach (ISymbol member in target.Path.Skip(1))
                whole = whole.Append(member);
            return Write(whole, isNullAllowed, isSequenceAllowed);
        }

        if (root is IMethodSymbol || !IsReadable(root))
            return null;
        string? start = IsInScope(root) ? NameOf(root) : StaticNameOf(root);
        return start is null ? null : WriteRest(start, target, 1, isNullAllowed, isSequenceAllowed);
    }

    private string? WriteRest(string start, Target target, int next, bool isNullAllowed, bool isSequenceAllowed)
    {
        string text = start;
        ISymbol? owner = next == 0 ? null : target.Path[next - 1];
        bool mayBeNull = start != ReceiverPlaceholder && owner is not null && IsNullable(owner);
        bool isSequence = false;
        foreach (ISymbol member in target.Path.Skip(next))
        {
            bool isCall = isSequenceAllowed && member is IMethodSymbol method && EnumeratesParameters(method);
            if ((member is IMethodSymbol && !isCall) || !IsReadable(member) || (mayBeNull && !isNullAllowed))
                return null;
            ITypeSymbol? type = owner is null ? null : Target.Of(owner).Type;
            bool isOfItem = type is not null && !HasMember(type, member);
            if (isOfItem && !(isSequenceAllowed && ItemOf(type) is { } element && HasMember(element, member) && IsLinqInScope()))
                return null;
            if (isSequence || isOfItem)
            {
                if (mayBeNull)
                    return null;
                string item = NameOfItem();
                string items = isSequence && isOfItem ? $"{text}.SelectMany({item} => {item})" : text;
                text = $"{items}.Select({item} => {item}.{NameOf(member)})";
                isSequence = true;
            }
            else
            {
                text += (mayBeNull ? "?." : ".") + NameOf(member) + (isCall ? "()" : "");
            }

            mayBeNull = IsNullable(member);
            owner = member;
        }

        return mayBeNull && !isNullAllowed ? null : text;
    }

    /// <summary>Whether a call lists the parameters of a network, which changes nothing: <c>net.Parameters()</c>.</summary>
    private bool EnumeratesParameters(IMethodSymbol method) =>
        method.Parameters.IsEmpty
        && method.Name.IndexOf("param", StringComparison.OrdinalIgnoreCase) >= 0
        && ItemOf(method.ReturnType) is not null
        && model.IsAccessible(_position, method);

    // Every finding calls this. Looking up names would be too slow in a body of thousands of lines.
    private bool IsVisible(ISymbol root) => root switch
    {
        IParameterSymbol => root.ContainingSymbol.DeclaringSyntaxReferences.Any(IsAround),
        ILocalSymbol => root.DeclaringSyntaxReferences.Any(declaration =>
            declaration.GetSyntax().FirstAncestorOrSelf<SyntaxNode>(IsScope) is not { } scope || IsAround(scope)),
        IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false } => IsOwnMember(root),
        _ => true,
    };

    private bool IsOwnMember(ISymbol member)
    {
        for (INamedTypeSymbol? type = model.GetEnclosingSymbol(_position)?.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.IsOrDerivesFrom(member.ContainingType))
                return true;
        }

        return false;
    }

    private bool IsAround(SyntaxReference declaration) =>
        declaration.SyntaxTree == place.SyntaxTree && declaration.Span.Contains(place.Span);

    private bool IsAround(SyntaxNode scope) => scope.SyntaxTree == place.SyntaxTree && scope.Span.Contains(place.Span);

    private static bool IsScope(SyntaxNode node) =>
        node is BlockSyntax or SwitchStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax or UsingStatementSyntax
            or FixedStatementSyntax or CatchClauseSyntax or AnonymousFunctionExpressionSyntax or CompilationUnitSyntax
            or MemberDeclarationSyntax and not GlobalStatementSyntax;

    private bool IsInScope(ISymbol root) =>
        (root is not ILocalSymbol { IsForEach: false } local || IsDeclaredBefore(local, _position))
        && (IsParameterInScope(root)
            || model.LookupSymbols(_position, name: root.Name)
                .Any(found => SymbolEqualityComparer.Default.Equals(found.OriginalDefinition, root.OriginalDefinition)))
        && (root is not (IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false })
            || model.GetEnclosingSymbol(_position) is { IsStatic: false });

    /// <summary>
    /// Whether the place is in the function of a parameter, and no function between declares the parameter's name. Otherwise the compiler
    /// has to look up the name, which takes time for every name in scope.
    /// </summary>
    private bool IsParameterInScope(ISymbol root)
    {
        if (root is not IParameterSymbol { ContainingSymbol: IMethodSymbol { DeclaringSyntaxReferences: [var declaration] } })
            return false;
        if (declaration.SyntaxTree != place.SyntaxTree || !declaration.Span.Contains(place.Span))
            return false;
        for (SyntaxNode? node = place; node is not null && node.Span != declaration.Span; node = node.Parent)
        {
            if (node is TypeDeclarationSyntax or AccessorDeclarationSyntax or BaseMethodDeclarationSyntax)
                return false;
            if (Constructs.IsFunction(node) && (node.Span.Length > LongestFunction || Declares(node, root.Name)))
                return false;
        }

        return true;
    }

    private static bool Declares(SyntaxNode function, string name) =>
        function.DescendantTokens()
            .Any(token => token.ValueText == name && token.Parent is not (IdentifierNameSyntax or GenericNameSyntax));

    private string? StaticNameOf(ISymbol root) =>
        root is IFieldSymbol { IsStatic: true } or IPropertySymbol { IsStatic: true } && IsAccessible(root)
            ? $"{root.ContainingType.ToMinimalDisplayString(model, _position)}.{NameOf(root)}"
            : null;

    private bool IsReadable(ISymbol symbol) =>
        IsAccessible(symbol) && (symbol is not IPropertySymbol property || StepReceiver.IsStableProperty(property));

    private bool IsAccessible(ISymbol symbol) =>
        symbol is not (IFieldSymbol or IPropertySymbol) || IsPublic(symbol) || model.IsAccessible(_position, symbol);

    /// <summary>
    /// Whether all code can access the symbol. To ask the compiler about a place takes longer. Type arguments have their own accessibility.
    /// </summary>
    private static bool IsPublic(ISymbol symbol)
    {
        for (ISymbol? current = symbol; current is not (null or INamespaceSymbol); current = current.ContainingSymbol)
        {
            if (current.DeclaredAccessibility != Accessibility.Public || current is INamedTypeSymbol { IsGenericType: true })
                return false;
        }

        return true;
    }

    private bool IsLinqInScope() =>
        model.LookupSymbols(
                _position,
                model.Compilation.GetSpecialType(SpecialType.System_Collections_IEnumerable),
                "Cast",
                includeReducedExtensionMethods: true)
            .Any(symbol => symbol is IMethodSymbol { ContainingType.Name: "Enumerable" });

    private string NameOfItem() =>
        new[] { "layer", "item", "part" }.FirstOrDefault(name => model.LookupSymbols(_position, name: name).IsEmpty) ?? "each";

    private static bool HasMember(ITypeSymbol type, ISymbol member)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current.OriginalDefinition, member.ContainingType?.OriginalDefinition))
                return true;
        }

        return type.AllInterfaces.Any(implemented => TypeExtensions.IsSameDefinition(implemented, member.ContainingType));
    }

    // The type of a local with var is no evidence: the compiler makes each nullable.
    private static bool IsNullable(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.NullableAnnotation == NullableAnnotation.Annotated
            && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax()
                is { Parent: VariableDeclarationSyntax { Type: NullableTypeSyntax } },
        IParameterSymbol parameter => parameter.NullableAnnotation == NullableAnnotation.Annotated,
        IFieldSymbol field => field.NullableAnnotation == NullableAnnotation.Annotated,
        IPropertySymbol property => property.NullableAnnotation == NullableAnnotation.Annotated,
        _ => false,
    };

    private static string NameOf(ISymbol symbol) =>
        SyntaxFacts.GetKeywordKind(symbol.Name) == SyntaxKind.None ? symbol.Name : "@" + symbol.Name;
}
