using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>The local variables as parts of pairs, and the writes into them, which <see cref="BodyFacts"/> does not have.</summary>
internal sealed class BodyWrites
{
    private const int DepthLimit = 4;

    private readonly Dictionary<ILocalSymbol, List<Part>> _parts = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ILocalSymbol, List<IOperation>> _writes = new(SymbolEqualityComparer.Default);

    private readonly Dictionary<SyntaxNode, IInvocationOperation> _takers = [];

    public BodyWrites(BodyFacts facts)
    {
        foreach (IOperation operation in facts.Root.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IDeconstructionAssignmentOperation deconstruction:
                    ReadPattern(deconstruction.Target, deconstruction.Value, deconstruction.Value.Type, "", 0);
                    break;
                case IForEachLoopOperation loop:
                    ReadPattern(loop.LoopControlVariable, loop.Collection, BufferTypes.ItemOf(loop.Collection), "", 0);
                    break;
                case IAssignmentOperation assignment when BufferTypes.CollectionOf(assignment.Target) is { } collection:
                    AddWrite(collection, assignment.Value);
                    break;
                case ICompoundAssignmentOperation { Target: ILocalReferenceOperation } compound:
                    AddWrite(compound.Target, compound.Value);
                    break;
                case IAnonymousFunctionOperation { Parent.Parent: IArgumentOperation { Parent: IInvocationOperation taker } } lambda:
                    _takers[lambda.Syntax] = taker;
                    break;
                case IInvocationOperation { Arguments.Length: > 1 } invocation:
                    AddArguments(invocation);
                    break;
            }
        }
    }

    /// <summary>A local variable as a part of another value.</summary>
    /// <param name="Source">The pair, or the sequence of pairs.</param>
    /// <param name="Path">The names of the parts, separated by dots; empty for the whole.</param>
    internal readonly record struct Part(IOperation Source, string Path);

    /// <summary>The pairs that the variable is a part of, or the sequence that it is an item of.</summary>
    public IReadOnlyList<Part> PartsOf(ILocalSymbol local) => _parts.TryGetValue(local, out List<Part>? parts) ? parts : [];

    /// <summary>The call that a lambda is an argument of.</summary>
    public IInvocationOperation? TakerOf(SyntaxNode lambda) => _takers.TryGetValue(lambda, out IInvocationOperation? taker) ? taker : null;

    /// <summary>The writes into elements of the variable, and what is added to it.</summary>
    public IReadOnlyList<IOperation> WritesTo(ILocalSymbol local) => _writes.TryGetValue(local, out List<IOperation>? writes) ? writes : [];

    private void AddWrite(IOperation? target, IOperation value)
    {
        if (target is not ILocalReferenceOperation local)
            return;
        if (!_writes.TryGetValue(local.Local, out List<IOperation>? writes))
            _writes[local.Local] = writes = [];
        if (writes.Count < AnalysisLimits.ValuesOfLocal)
            writes.Add(value);
    }

    /// <summary>A method that receives a buffer and other values may compute the buffer from them.</summary>
    private void AddArguments(IInvocationOperation invocation)
    {
        foreach (IArgumentOperation argument in invocation.Arguments)
        {
            if (argument.Value.WithoutConversions() is not ILocalReferenceOperation { Type: var type } local || !BufferTypes.IsBuffer(type))
                continue;
            foreach (IArgumentOperation other in invocation.Arguments)
            {
                if (other != argument && other.ArgumentKind != ArgumentKind.DefaultValue)
                    AddWrite(local, other.Value);
            }
        }
    }

    private void ReadPattern(IOperation target, IOperation source, ITypeSymbol? type, string path, int depth)
    {
        switch (target)
        {
            case IDeclarationExpressionOperation declaration:
                ReadPattern(declaration.Expression, source, type, path, depth);
                break;
            case ITupleOperation tuple when depth < DepthLimit:
                IReadOnlyList<string> names = BufferTypes.PartsOf(type, tuple.Elements.Length);
                for (int i = 0; i < tuple.Elements.Length; i++)
                {
                    string part = path.Length == 0 ? names[i] : $"{path}.{names[i]}";
                    ReadPattern(tuple.Elements[i], source, BufferTypes.PartTypeOf(type, i), part, depth + 1);
                }

                break;
            case IVariableDeclaratorOperation declarator:
                AddPart(declarator.Symbol, source, path);
                break;
            case ILocalReferenceOperation local:
                AddPart(local.Local, source, path);
                break;
        }
    }

    private void AddPart(ILocalSymbol local, IOperation source, string path)
    {
        if (!_parts.TryGetValue(local, out List<Part>? parts))
            _parts[local] = parts = [];
        parts.Add(new Part(source, path));
    }
}
