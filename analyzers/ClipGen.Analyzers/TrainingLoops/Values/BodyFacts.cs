using ClipGen.Analyzers.Semantics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>The values of the local variables of one body, its lambdas and local functions included.</summary>
internal sealed class BodyFacts
{
    private readonly Dictionary<ILocalSymbol, List<IOperation>> _values = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ILocalSymbol> _opaque = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ILocalSymbol, IOperation> _collections = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ILocalSymbol, List<TextSpan>> _changes = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ILocalSymbol, List<IInvocationOperation>> _calls = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ILocalSymbol, List<IOperation>> _items = new(SymbolEqualityComparer.Default);

    public BodyFacts(IOperation root)
    {
        Root = root;
        foreach (IOperation operation in root.DescendantsAndSelf())
            Read(operation);
        foreach (List<TextSpan> changes in _changes.Values)
            changes.Sort();
    }

    public IOperation Root { get; }

    /// <summary>Every value that the local is set to. Empty if unknown, or if there are too many to follow.</summary>
    public IReadOnlyList<IOperation> ValuesOf(ILocalSymbol local) =>
        !_opaque.Contains(local) && _values.TryGetValue(local, out List<IOperation>? values) && values.Count <= AnalysisLimits.ValuesOfLocal
            ? values
            : [];

    /// <summary>The collection of a foreach variable.</summary>
    public IOperation? CollectionOf(ILocalSymbol local) => _collections.TryGetValue(local, out IOperation? collection) ? collection : null;

    /// <summary>The calls whose receiver is the local.</summary>
    public IReadOnlyList<IInvocationOperation> CallsOn(ILocalSymbol local) =>
        _calls.TryGetValue(local, out List<IInvocationOperation>? calls) ? calls : [];

    /// <summary>The values that elements of the collection in the local are set to.</summary>
    public IReadOnlyList<IOperation> ItemsOf(ILocalSymbol local) => _items.TryGetValue(local, out List<IOperation>? items) ? items : [];

    /// <summary>The variable or member that the local refers to, because it is set only once, to that.</summary>
    public IOperation? AliasOf(ILocalSymbol local)
    {
        IReadOnlyList<IOperation> values = ValuesOf(local);
        if (values.Count != 1)
            return null;
        IOperation value = values[0].WithoutConversions();
        return value is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation or IInstanceReferenceOperation
            or IArrayElementReferenceOperation ? value : null;
    }

    public Target? TargetOf(IOperation? operation) => Target.From(operation, AliasOf);

    /// <summary>Whether the node gives the local a new value: the local is a loop variable, assigned, or incremented.</summary>
    public bool ChangesWithin(ILocalSymbol local, SyntaxNode node)
    {
        if (!_changes.TryGetValue(local, out List<TextSpan>? changes) || node.SyntaxTree != Root.Syntax.SyntaxTree)
            return false;
        // Sorted by start, so the values inside the node are consecutive.
        int first = changes.BinarySearch(new TextSpan(node.SpanStart, 0));
        for (int i = first < 0 ? ~first : first; i < changes.Count && changes[i].Start < node.Span.End; i++)
        {
            if (node.Span.Contains(changes[i]))
                return true;
        }

        return false;
    }

    private void Read(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation declarator:
                IOperation? initial = (declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer)?.Value;
                if (initial is not null)
                    Add(declarator.Symbol, initial, declarator.Syntax);
                break;
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation local } assignment:
                Add(local.Local, assignment.Value, assignment.Syntax);
                break;
            case ISimpleAssignmentOperation { Target: var target } assignment when ItemHolder(target) is { } local:
                Append(_items, local, assignment.Value);
                break;
            case IInvocationOperation { Instance: { } receiver } invocation
                when receiver.WithoutPlaceholder()?.WithoutConversions() is ILocalReferenceOperation local:
                Append(_calls, local.Local, invocation);
                break;
            case ICompoundAssignmentOperation { Target: ILocalReferenceOperation { Type.SpecialType: SpecialType.None } local } compound:
                Add(local.Local, compound, compound.Syntax);
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                foreach (IOperation part in deconstruction.Target.DescendantsAndSelf())
                {
                    if (part is ILocalReferenceOperation target)
                        Hide(target.Local, deconstruction.Syntax);
                }

                break;
            case ICompoundAssignmentOperation { Target: ILocalReferenceOperation local } compound:
                Change(local.Local, compound.Syntax);
                break;
            case IIncrementOrDecrementOperation { Target: ILocalReferenceOperation local } increment:
                Change(local.Local, increment.Syntax);
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument:
                foreach (IOperation part in argument.Value.DescendantsAndSelf())
                {
                    if (part is ILocalReferenceOperation passed)
                        Hide(passed.Local, argument.Syntax);
                }

                break;
            case IForEachLoopOperation loop:
                foreach (ILocalSymbol local in loop.Locals)
                {
                    _collections[local] = loop.Collection;
                    Change(local, loop.Syntax);
                }

                break;
            case IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol local } pattern:
                if (PatternInput(pattern) is { } input)
                    Add(local, input, pattern.Syntax);
                else
                    Hide(local, pattern.Syntax);
                break;
            case IRecursivePatternOperation { DeclaredSymbol: ILocalSymbol local } pattern:
                if (PatternInput(pattern) is { } value)
                    Add(local, value, pattern.Syntax);
                else
                    Hide(local, pattern.Syntax);
                break;
        }
    }

    /// <summary>The value that a pattern is matched with, unless the pattern is part of another one.</summary>
    private static IOperation? PatternInput(IOperation pattern) => pattern.Parent is IIsPatternOperation test ? test.Value : null;

    /// <summary>The local that holds the collection whose element the operation is.</summary>
    private static ILocalSymbol? ItemHolder(IOperation target) => target switch
    {
        IArrayElementReferenceOperation { ArrayReference: ILocalReferenceOperation local } => local.Local,
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: ILocalReferenceOperation local } => local.Local,
        _ => null,
    };

    private void Add(ILocalSymbol local, IOperation value, SyntaxNode syntax)
    {
        Append(_values, local, value);
        Change(local, syntax);
    }

    private static void Append<T>(Dictionary<ILocalSymbol, List<T>> lists, ILocalSymbol local, T item)
    {
        if (!lists.TryGetValue(local, out List<T>? list))
            lists[local] = list = [];
        list.Add(item);
    }

    private void Hide(ILocalSymbol local, SyntaxNode syntax)
    {
        _opaque.Add(local);
        Change(local, syntax);
    }

    private void Change(ILocalSymbol local, SyntaxNode syntax)
    {
        Append(_changes, local, syntax.Span);
    }
}
