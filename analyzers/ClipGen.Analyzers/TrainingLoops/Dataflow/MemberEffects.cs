using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// The members that a method and its callees write, and those that its updates read. This shows without any names that one method fills
/// what another applies. Each method is read once, and only if a step needs it.
/// </summary>
internal sealed class MemberEffects(SourceBodies bodies, CalledMethods called, WorkCount work)
{
    private readonly ConcurrentDictionary<SyntaxNode, Effects> _bodies = new();
    private readonly ConcurrentDictionary<IMethodSymbol, Effects> _methods = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the step applies members that the backward pass writes.</summary>
    public bool AppliesWhatIsWritten(TrainingEvent step, TrainingEvent backward) => AppliedOf(step, backward).Any();

    /// <summary>The members that the backward pass writes and the step applies.</summary>
    public IEnumerable<ISymbol> AppliedOf(TrainingEvent step, TrainingEvent backward)
    {
        IReadOnlyCollection<ISymbol> written = backward.Gradients ?? (IReadOnlyCollection<ISymbol>)Of(backward.Method).Written;
        return written.Count == 0 ? [] : AppliedBy(step).Where(applied => written.Any(member => IsSame(member, applied)));
    }

    /// <summary>
    /// Whether two members are one: a field backs the property of the same name, or that which returns it, or a member implements a member
    /// of an interface.
    /// </summary>
    public static bool IsSame(ISymbol one, ISymbol other) =>
        SymbolEqualityComparer.Default.Equals(one, other) || IsBehind(one, other) || IsBehind(other, one);

    /// <summary>The variables and members that hold what the step applies.</summary>
    public IReadOnlyCollection<ISymbol> AppliedBy(TrainingEvent step) =>
        step.Gradients is { } gradients ? gradients
        : step.Applied.IsEmpty ? Of(step.Method).Applied
        : step.Applied.Union(Of(step.Method).Applied);

    private static bool IsBehind(ISymbol member, ISymbol property) =>
        property is IPropertySymbol { ContainingType: { } declaring } read
        && member is IFieldSymbol or IPropertySymbol
        && (string.Equals(member.Name.TrimStart('_'), property.Name, StringComparison.OrdinalIgnoreCase)
            ? member.ContainingType.IsOrDerivesFrom(declaring)
            : member is IFieldSymbol && SymbolEqualityComparer.Default.Equals(member.ContainingType, declaring)
                && PropertyGetter.FieldNameOf(read) == member.Name);

    private Effects Of(IMethodSymbol? method) => method is null ? Effects.None : _methods.GetOrAdd(method.OriginalDefinition, Find);

    private Effects Find(IMethodSymbol start)
    {
        var union = new Effects();
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { start };
        var pending = new Queue<IMethodSymbol>(seen);
        while (pending.Count > 0 && seen.Count <= AnalysisLimits.MethodsOfEffects)
        {
            foreach (IMethodSymbol candidate in called.RunBy(pending.Dequeue()).Take(AnalysisLimits.OverridesOfCall))
            {
                if (BodyOf(candidate) is not { } body)
                    continue;
                Effects own = _bodies.GetOrAdd(body.Syntax, _ => Read(body, candidate));
                union.Written.UnionWith(own.Written);
                union.Applied.UnionWith(own.Applied);
                foreach (IMethodSymbol inner in own.Called.Where(seen.Add))
                    pending.Enqueue(inner);
            }
        }

        return union;
    }

    /// <summary>The body of a method; of a local function, the part of the body around it.</summary>
    private IOperation? BodyOf(IMethodSymbol method)
    {
        IOperation? root = bodies.FactsOf(method)?.Root;
        return method.MethodKind == MethodKind.LocalFunction
            ? root?.DescendantsAndSelf().FirstOrDefault(part =>
                part is ILocalFunctionOperation function && SymbolEqualityComparer.Default.Equals(function.Symbol, method))
            : root;
    }

    private Effects Read(IOperation body, IMethodSymbol method)
    {
        var effects = new Effects();
        BufferFlow flow = BufferFlow.Of(body);
        work.Add(flow.Writes.Count);
        foreach (BufferWrite write in flow.Writes)
        {
            ISymbol target = write.Target.Symbol;
            if (!IsMember(target))
                continue;
            if (write.NewValue is not { ConstantValue.HasValue: true })
                effects.Written.Add(target);
            if (write.MovesParameters)
            {
                effects.Applied.UnionWith(
                    flow.MembersAppliedBy(write).Where(member => !SymbolEqualityComparer.Default.Equals(member, target)));
            }
        }

        foreach (IOperation operation in body.DescendantsAndSelf())
        {
            if (operation is IInvocationOperation { TargetMethod: var inner }
                && inner.MethodKind is MethodKind.Ordinary or MethodKind.ReducedExtension or MethodKind.LocalFunction)
            {
                effects.Called.Add((inner.ReducedFrom ?? inner).OriginalDefinition);
            }
        }

        return effects;

        // The variables around a local function are members to it. A method that returns a member stands for it.
        bool IsMember(ISymbol symbol) => symbol is IFieldSymbol or IPropertySymbol or IMethodSymbol
            || (symbol is ILocalSymbol && method.MethodKind == MethodKind.LocalFunction
                && !SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, method));
    }

    private sealed class Effects
    {
        public static readonly Effects None = new();

        public HashSet<ISymbol> Written { get; } = new(SymbolEqualityComparer.Default);

        public HashSet<ISymbol> Applied { get; } = new(SymbolEqualityComparer.Default);

        public HashSet<IMethodSymbol> Called { get; } = new(SymbolEqualityComparer.Default);
    }
}
