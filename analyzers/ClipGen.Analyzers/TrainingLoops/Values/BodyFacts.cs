using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>What the local variables of one body, its lambdas and local functions included, are ever set to.</summary>
internal sealed class BodyFacts
{
    private readonly Dictionary<ILocalSymbol, List<IOperation>> _values = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ILocalSymbol> _opaque = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ILocalSymbol, IOperation> _collections = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ILocalSymbol, List<SyntaxNode>> _changes = new(SymbolEqualityComparer.Default);

    public BodyFacts(IOperation root)
    {
        Root = root;
        foreach (IOperation operation in root.DescendantsAndSelf())
            Read(operation);
    }

    public IOperation Root { get; }

    /// <summary>Every value that the local is set to; empty when it is not known.</summary>
    public IReadOnlyList<IOperation> ValuesOf(ILocalSymbol local) =>
        !_opaque.Contains(local) && _values.TryGetValue(local, out List<IOperation>? values) ? values : [];

    /// <summary>The collection whose items a foreach variable runs over.</summary>
    public IOperation? CollectionOf(ILocalSymbol local) => _collections.TryGetValue(local, out IOperation? collection) ? collection : null;

    /// <summary>Another name for the same thing: the value of a local that is set once, to a variable or a member.</summary>
    public IOperation? AliasOf(ILocalSymbol local)
    {
        IReadOnlyList<IOperation> values = ValuesOf(local);
        if (values.Count != 1)
            return null;
        IOperation value = values[0];
        while (value is IConversionOperation conversion)
            value = conversion.Operand;
        return value is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation or IInstanceReferenceOperation
            or IArrayElementReferenceOperation ? value : null;
    }

    public Target? TargetOf(IOperation? operation) => Target.From(operation, AliasOf);

    /// <summary>Whether the local gets a new value inside the node: it is a loop's variable, is assigned, or counted up.</summary>
    public bool ChangesWithin(ILocalSymbol local, SyntaxNode node) =>
        _changes.TryGetValue(local, out List<SyntaxNode>? changes) && changes.Any(change => node.Span.Contains(change.Span) && node.SyntaxTree == change.SyntaxTree);

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

    private static IOperation? PatternInput(IOperation pattern) => pattern.Parent is IIsPatternOperation test ? test.Value : null;

    private void Add(ILocalSymbol local, IOperation value, SyntaxNode syntax)
    {
        if (!_values.TryGetValue(local, out List<IOperation>? values))
            _values[local] = values = [];
        values.Add(value);
        Change(local, syntax);
    }

    private void Hide(ILocalSymbol local, SyntaxNode syntax)
    {
        _opaque.Add(local);
        Change(local, syntax);
    }

    private void Change(ILocalSymbol local, SyntaxNode syntax)
    {
        if (!_changes.TryGetValue(local, out List<SyntaxNode>? changes))
            _changes[local] = changes = [];
        changes.Add(syntax);
    }
}
