using System.Collections.Concurrent;
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
    public bool AppliesWhatIsWritten(TrainingEvent step, TrainingEvent backward)
    {
        IReadOnlyCollection<ISymbol> written = backward.Gradients ?? (IReadOnlyCollection<ISymbol>)Of(backward.Method).Written;
        return written.Count > 0 && AppliedBy(step).Any(written.Contains);
    }

    /// <summary>The members that hold what the step applies.</summary>
    public IReadOnlyCollection<ISymbol> AppliedBy(TrainingEvent step) =>
        step.Gradients ?? (IReadOnlyCollection<ISymbol>)Of(step.Method).Applied;

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
                if (BodyOf(candidate) is not { } facts)
                    continue;
                Effects own = _bodies.GetOrAdd(facts.Root.Syntax, _ => Read(facts));
                union.Written.UnionWith(own.Written);
                union.Applied.UnionWith(own.Applied);
                foreach (IMethodSymbol inner in own.Called.Where(seen.Add))
                    pending.Enqueue(inner);
            }
        }

        return union;
    }

    private BodyFacts? BodyOf(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences
            .Where(reference => reference.Span.Length <= AnalysisLimits.BodyLength)
            .Select(reference => bodies.FactsOf(reference.GetSyntax()))
            .FirstOrDefault(facts => facts is not null);

    private Effects Read(BodyFacts facts)
    {
        var effects = new Effects();
        BufferFlow flow = BufferFlow.Of(facts);
        work.Add(flow.Writes.Count);
        foreach (BufferWrite write in flow.Writes)
        {
            ISymbol target = write.Target.Symbol;
            if (target is not (IFieldSymbol or IPropertySymbol))
                continue;
            if (write.NewValue is not { ConstantValue.HasValue: true })
                effects.Written.Add(target);
            if (write.MovesParameters)
            {
                effects.Applied.UnionWith(
                    flow.MembersAppliedBy(write).Where(member => !SymbolEqualityComparer.Default.Equals(member, target)));
            }
        }

        foreach (IOperation operation in facts.Root.DescendantsAndSelf())
        {
            if (operation is IInvocationOperation { TargetMethod: var method }
                && method.MethodKind is MethodKind.Ordinary or MethodKind.ReducedExtension)
            {
                effects.Called.Add((method.ReducedFrom ?? method).OriginalDefinition);
            }
        }

        return effects;
    }

    private sealed class Effects
    {
        public static readonly Effects None = new();

        public HashSet<ISymbol> Written { get; } = new(SymbolEqualityComparer.Default);

        public HashSet<ISymbol> Applied { get; } = new(SymbolEqualityComparer.Default);

        public HashSet<IMethodSymbol> Called { get; } = new(SymbolEqualityComparer.Default);
    }
}
