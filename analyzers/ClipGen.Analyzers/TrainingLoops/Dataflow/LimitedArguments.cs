using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// Finds gradients that a body passes to a method which limits them, whatever the names of the method and its parameters:
/// <c>Tame(dW, 5)</c>, <c>dW = Tame(dW)</c>.
/// </summary>
internal sealed class LimitedArguments(SourceBodies bodies, CalledMethods called)
{
    // By depth, because calls are followed to a limit.
    private readonly ConcurrentDictionary<IMethodSymbol, Limits>[] _known =
    [
        .. Enumerable.Range(0, AnalysisLimits.BufferCallDepth)
            .Select(_ => new ConcurrentDictionary<IMethodSymbol, Limits>(SymbolEqualityComparer.Default)),
    ];

    /// <summary>The calls and assignments of a body that limit gradients in this way.</summary>
    /// <param name="facts">The body.</param>
    /// <param name="flow">The writes of the body.</param>
    /// <param name="isDeclared">Whether attributes say what a member is, so that its use need not be interpreted.</param>
    public IEnumerable<SyntaxNode> In(BodyFacts facts, BufferFlow flow, Func<ISymbol, bool> isDeclared)
    {
        foreach (IInvocationOperation call in facts.Root.DescendantsAndSelf().OfType<IInvocationOperation>())
        {
            if (call.TargetMethod.DeclaringSyntaxReferences.IsEmpty)
                continue;
            foreach (IArgumentOperation argument in call.Arguments)
            {
                if (argument.Parameter is not { } parameter)
                    continue;
                if (FirstGradientIn(argument.Value, flow, isDeclared) is not { } gradient)
                    continue;
                if (IsLimited(call, parameter.Ordinal, facts, depth: 0))
                    yield return call.Syntax;
                else if (AssignmentOf(call) is { } assignment && IsSame(assignment.Target, gradient) && ReturnsLimited(call, facts))
                    yield return assignment.Syntax;
            }
        }
    }

    private static BufferAccess? FirstGradientIn(IOperation value, BufferFlow flow, Func<ISymbol, bool> isDeclared)
    {
        foreach (BufferAccess access in AccessesIn(value))
        {
            if (flow.IsGradient(access) && !isDeclared(access.Symbol))
                return access;
        }

        return null;
    }

    private static IEnumerable<BufferAccess> AccessesIn(IOperation value) =>
        BufferWrite.BuffersIn(value.WithoutConversions()).Select(buffer => BufferAccess.Of(buffer)).OfType<BufferAccess>();

    private static bool IsSame(IOperation target, BufferAccess gradient) =>
        BufferAccess.Of(target) is { } access && access.Path.SequenceEqual(gradient.Path, SymbolEqualityComparer.Default);

    private static ISimpleAssignmentOperation? AssignmentOf(IInvocationOperation call)
    {
        IOperation value = call;
        while (value.Parent is IConversionOperation conversion)
            value = conversion;
        return value.Parent as ISimpleAssignmentOperation;
    }

    private bool IsLimited(IInvocationOperation call, int parameter, BodyFacts facts, int depth) =>
        CandidatesOf(call).Select(method => LimitsOf(method, depth)).Any(limits => limits.Parameters.Contains(parameter)
            || limits.Scalings.Any(scaling => scaling.Parameter == parameter && IsBound(call, scaling, facts)));

    /// <summary>Whether the factor that a caller passes bounds.</summary>
    private static bool IsBound(IInvocationOperation call, Scaling scaling, BodyFacts facts) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == scaling.Factor)?.Value is { } factor
        && GradientScale.Bounds(factor, scaling.Divides, call.Syntax, facts);

    private bool ReturnsLimited(IInvocationOperation call, BodyFacts facts) =>
        CandidatesOf(call).Select(method => LimitsOf(method, depth: 0))
            .Any(limits => limits.IsAny || limits.Scalings.Any(scaling => IsBound(call, scaling, facts)));

    private IEnumerable<IMethodSymbol> CandidatesOf(IInvocationOperation call) =>
        called.RunBy((call.TargetMethod.ReducedFrom ?? call.TargetMethod).OriginalDefinition)
            .Select(method => method.PartialImplementationPart ?? method)
            .Take(AnalysisLimits.OverridesOfCall);

    private Limits LimitsOf(IMethodSymbol method, int depth) =>
        depth < _known.Length ? _known[depth].GetOrAdd(method, _ => Find(method, depth)) : Limits.None;

    private Limits Find(IMethodSymbol method, int depth)
    {
        if (bodies.FactsOf(method) is not { } facts)
            return Limits.None;
        BufferFlow flow = BufferFlow.Of(facts);
        Dictionary<ISymbol, IParameterSymbol> passed = PassedThrough(method, flow);
        var parameters = ImmutableHashSet.CreateBuilder<int>();
        var scalings = ImmutableArray.CreateBuilder<Scaling>();
        bool isAny = false;
        foreach (BufferWrite write in flow.Writes)
        {
            if (!BufferLimits.Limits(write, flow, facts) && !(write.Kind is null && flow.ReadsNorm(write)))
                continue;
            int? position = ParameterOf(write.Target) is { } target && (write.Target.IsStored || target.RefKind == RefKind.Ref)
                ? target.Ordinal
                : null;
            if (write.Factor?.WithoutConversions() is IParameterReferenceOperation { Parameter: var factor } && !flow.ReadsNorm(write))
            {
                scalings.Add(new Scaling(position, factor.Ordinal, write.Divides));
                continue;
            }

            isAny = true;
            if (position is { } limited)
                parameters.Add(limited);
        }

        foreach (IOperation part in facts.Root.DescendantsAndSelf())
        {
            if (part is not IInvocationOperation call)
                continue;
            isAny |= BufferWrite.IsLimit(call);
            if (call.TargetMethod.DeclaringSyntaxReferences.IsEmpty)
                continue;
            foreach (IArgumentOperation argument in call.Arguments)
            {
                IParameterSymbol[] given = [.. AccessesIn(argument.Value).Select(ParameterOf).OfType<IParameterSymbol>()];
                if (argument.Parameter is { } inner && given.Length > 0 && IsLimited(call, inner.Ordinal, facts, depth + 1))
                    parameters.UnionWith(given.Select(parameter => parameter.Ordinal));
            }
        }

        return new Limits(parameters.ToImmutable(), scalings.ToImmutable(), isAny);

        IParameterSymbol? ParameterOf(BufferAccess access) =>
            access.Path.Where(passed.ContainsKey).Select(symbol => passed[symbol]).FirstOrDefault();
    }

    /// <summary>The parameters of a method, and the variables that stand for their buffers or items.</summary>
    private static Dictionary<ISymbol, IParameterSymbol> PassedThrough(IMethodSymbol method, BufferFlow flow)
    {
        var passed = new Dictionary<ISymbol, IParameterSymbol>(SymbolEqualityComparer.Default);
        foreach (IParameterSymbol parameter in method.Parameters)
            passed[parameter] = parameter;
        int before;
        do
        {
            before = passed.Count;
            foreach (BufferWrite write in flow.Writes)
            {
                if (write.Target is { IsElement: false, IsNumber: false, Path: [ILocalSymbol or IParameterSymbol] path }
                    && !passed.ContainsKey(path[0])
                    && write.ViewedValues().Select(value => BufferAccess.Of(value))
                        .FirstOrDefault(access => access is not null) is { } value
                    && value.Path.FirstOrDefault(passed.ContainsKey) is { } source)
                {
                    passed[path[0]] = passed[source];
                }
            }
        }
        while (passed.Count > before && before < AnalysisLimits.VariablesOfGradient);
        return passed;
    }

    /// <summary>What a method limits.</summary>
    /// <param name="Parameters">The positions of the parameters whose buffers it limits.</param>
    /// <param name="Scalings">The parameters whose buffers it multiplies by a number that the caller passes.</param>
    /// <param name="IsAny">Whether it limits anything.</param>
    private sealed record Limits(ImmutableHashSet<int> Parameters, ImmutableArray<Scaling> Scalings, bool IsAny)
    {
        public static readonly Limits None = new(ImmutableHashSet<int>.Empty, ImmutableArray<Scaling>.Empty, IsAny: false);
    }

    /// <summary>A multiplication of a buffer by a number that the caller passes, so that the caller decides whether it limits.</summary>
    /// <param name="Parameter">The position of the parameter that holds the buffer, if one does.</param>
    /// <param name="Factor">The position of the parameter for the number.</param>
    /// <param name="Divides">Whether the buffer is divided.</param>
    private readonly record struct Scaling(int? Parameter, int Factor, bool Divides);
}
