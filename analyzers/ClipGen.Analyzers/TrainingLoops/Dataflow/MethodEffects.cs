using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>What one method writes and what its updates read, and what it passes to the methods that it calls.</summary>
internal sealed class MethodEffects
{
    public static readonly MethodEffects None = new();

    /// <summary>The members that are written, and the parameters whose elements are.</summary>
    public HashSet<ISymbol> Written { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The members and parameters that updates read.</summary>
    public HashSet<ISymbol> Applied { get; } = new(SymbolEqualityComparer.Default);

    public HashSet<IMethodSymbol> Called { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The buffers that calls of a method receive.</summary>
    public List<PassedBuffer> Passed { get; } = [];

    /// <summary>Reads a method without those that it calls.</summary>
    public static MethodEffects Of(IOperation body, BufferFlow flow, IMethodSymbol method)
    {
        var effects = new MethodEffects();
        foreach (BufferWrite write in flow.Writes)
        {
            ISymbol target = write.Target.Symbol;
            if (!IsMember(target, method) && !BufferAccess.IsPassed(target))
                continue;
            if (write.NewValue is not { ConstantValue.HasValue: true })
                effects.Written.Add(target);
            if (write.MovesParameters)
            {
                effects.Applied.UnionWith(
                    flow.AppliedBy(write).Where(applied => !SymbolEqualityComparer.Default.Equals(applied, target)));
            }
        }

        foreach (IOperation operation in body.DescendantsAndSelf())
        {
            if (operation is not IInvocationOperation { TargetMethod: var inner } call
                || inner.MethodKind is not (MethodKind.Ordinary or MethodKind.ReducedExtension or MethodKind.LocalFunction))
            {
                continue;
            }

            effects.Called.Add((inner.ReducedFrom ?? inner).OriginalDefinition);
            if (!inner.DeclaringSyntaxReferences.IsEmpty)
                effects.Passed.AddRange(PassedBuffer.Of(call, flow));
        }

        return effects;
    }

    // The variables around a local function are members to it. A method that returns a member stands for it.
    private static bool IsMember(ISymbol symbol, IMethodSymbol method) => symbol is IFieldSymbol or IPropertySymbol or IMethodSymbol
        || (symbol is ILocalSymbol && method.MethodKind == MethodKind.LocalFunction
            && !SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, method));
}
