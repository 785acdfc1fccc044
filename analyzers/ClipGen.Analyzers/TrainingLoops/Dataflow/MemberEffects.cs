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
    private readonly ConcurrentDictionary<SyntaxNode, MethodEffects> _bodies = new();
    private readonly ConcurrentDictionary<IMethodSymbol, MethodEffects> _methods = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, IReadOnlyList<ISymbol>> _returned = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the step applies members that the backward pass writes.</summary>
    public bool AppliesWhatIsWritten(TrainingEvent step, TrainingEvent backward) => AppliedOf(step, backward).Any();

    /// <summary>The members that the backward pass writes and the step applies.</summary>
    public IEnumerable<ISymbol> AppliedOf(TrainingEvent step, TrainingEvent backward)
    {
        IReadOnlyCollection<ISymbol> written =
            backward.Gradients ?? (IReadOnlyCollection<ISymbol>)[.. In(backward, Of(backward.Method).Written)];
        return written.Count == 0 ? [] : AppliedBy(step).Where(applied => written.Any(member => IsSame(member, applied)));
    }

    /// <summary>
    /// Whether two members are one: a field backs the property of the same name, or that which returns it, or a member implements a member
    /// of an interface.
    /// </summary>
    public static bool IsSame(ISymbol one, ISymbol other) =>
        SymbolEqualityComparer.Default.Equals(one, other) || IsBehind(one, other) || IsBehind(other, one);

    /// <summary>The variables and members that hold what the step applies.</summary>
    public IReadOnlyCollection<ISymbol> AppliedBy(TrainingEvent step)
    {
        IReadOnlyCollection<ISymbol> applied = step.Gradients is { } gradients ? gradients
            : [.. step.Applied, .. In(step, Of(step.Method).Applied)];
        ISymbol[] returned = [.. applied.SelectMany(ReturnedBy)];
        return returned.Length == 0 ? applied : [.. applied, .. returned];
    }

    /// <summary>What a called method writes or applies, as the caller names it.</summary>
    private static IEnumerable<ISymbol> In(TrainingEvent call, HashSet<ISymbol> effects) => effects
        .Where(symbol => symbol is not IParameterSymbol)
        .Concat(call.Passed.Where(passed => effects.Contains(passed.Parameter)).Select(passed => passed.Buffer));

    /// <summary>
    /// The members that a method or property returns, or whose product: <c>Output</c> and <c>Delta</c> for
    /// <c>Gradient => Output * Delta</c>.
    /// </summary>
    private IReadOnlyList<ISymbol> ReturnedBy(ISymbol symbol) =>
        (symbol is IPropertySymbol property ? property.GetMethod : symbol as IMethodSymbol)
            is { DeclaringSyntaxReferences.IsEmpty: false } read
            ? _returned.GetOrAdd(read, FindReturned)
            : [];

    private IReadOnlyList<ISymbol> FindReturned(IMethodSymbol read) => bodies.FactsOf(read) is not { } facts ? [] :
    [
        .. facts.Root.DescendantsAndSelf()
            .OfType<IReturnOperation>()
            .SelectMany(FactorsOf)
            .Select(factor => BufferAccess.Of(factor)?.Symbol)
            .Where(factor => factor is IFieldSymbol or IPropertySymbol)
            .OfType<ISymbol>(),
    ];

    private static IEnumerable<IOperation> FactorsOf(IReturnOperation returned) => returned.ReturnedValue is not { } value ? [] :
        value.DescendantsAndSelf()
            .OfType<IBinaryOperation>()
            .Where(product => product.OperatorKind == BinaryOperatorKind.Multiply)
            .SelectMany(product => new[] { product.LeftOperand, product.RightOperand })
            .Prepend(value);

    private static bool IsBehind(ISymbol member, ISymbol property) =>
        property is IPropertySymbol { ContainingType: { } declaring } read
        && member is IFieldSymbol or IPropertySymbol
        && (string.Equals(member.Name.TrimStart('_'), property.Name, StringComparison.OrdinalIgnoreCase)
            ? member.ContainingType.IsOrDerivesFrom(declaring)
            : member is IFieldSymbol && SymbolEqualityComparer.Default.Equals(member.ContainingType, declaring)
                && PropertyGetter.FieldNameOf(read) == member.Name);

    private MethodEffects Of(IMethodSymbol? method) =>
        method is null ? MethodEffects.None : _methods.GetOrAdd(method.OriginalDefinition, Find);

    private MethodEffects Find(IMethodSymbol start)
    {
        var union = new MethodEffects();
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { start };
        var pending = new Queue<IMethodSymbol>(seen);
        while (pending.Count > 0 && seen.Count <= AnalysisLimits.MethodsOfEffects)
        {
            IMethodSymbol method = pending.Dequeue();
            foreach (IMethodSymbol candidate in called.RunBy(method).Take(AnalysisLimits.OverridesOfCall))
            {
                if (BodyOf(candidate) is not { } body)
                    continue;
                MethodEffects effects = _bodies.GetOrAdd(body.Syntax, _ => Read(body, candidate));
                union.Written.UnionWith(effects.Written);
                union.Applied.UnionWith(effects.Applied);
                union.Passed.AddRange(effects.Passed);
                union.Passed.AddRange(candidate.Parameters.Zip(method.Parameters, (own, declared) => new PassedBuffer(own, declared)));
                foreach (IMethodSymbol inner in effects.Called.Where(seen.Add))
                    pending.Enqueue(inner);
            }
        }

        AddPassed(union);
        return union;
    }

    /// <summary>Adds the buffers that reach a written or applied parameter: <c>Sum(errors, state.BiasErrors)</c>.</summary>
    private static void AddPassed(MethodEffects union)
    {
        for (int depth = 0; depth < AnalysisLimits.BufferCallDepth; depth++)
        {
            int known = union.Written.Count + union.Applied.Count;
            foreach ((IParameterSymbol parameter, ISymbol buffer) in union.Passed)
            {
                if (union.Written.Contains(parameter))
                    union.Written.Add(buffer);
                if (union.Applied.Contains(parameter))
                    union.Applied.Add(buffer);
            }

            if (union.Written.Count + union.Applied.Count == known)
                return;
        }
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

    private MethodEffects Read(IOperation body, IMethodSymbol method)
    {
        BufferFlow flow = BufferFlow.Of(body);
        work.Add(flow.Writes.Count);
        return MethodEffects.Of(body, flow, method);
    }
}
