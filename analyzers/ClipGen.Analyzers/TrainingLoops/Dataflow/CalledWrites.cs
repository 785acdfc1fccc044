using System.Collections.Concurrent;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// Finds the writes that a called method makes into its arguments or its receiver, with the names that the caller has for them:
/// <c>Subtract(weights, gradient, rate)</c> updates the weights if the method computes <c>a[i] -= b[i] * c</c>. Writes that the names in
/// the method explain are left to the analysis of the method.
/// </summary>
internal sealed class CalledWrites(SourceBodies bodies)
{
    private readonly ConcurrentDictionary<IMethodSymbol, IReadOnlyList<PassedWrite>> _known = new(SymbolEqualityComparer.Default);

    public IEnumerable<BufferWrite> Of(IOperation operation) =>
        operation is IInvocationOperation
        {
            Parent: IExpressionStatementOperation,
            TargetMethod: { MethodKind: MethodKind.Ordinary, IsAbstract: false, DeclaringSyntaxReferences.IsEmpty: false },
        } call
            && NamesGradient(call)
            ? In(call)
            : [];

    private IEnumerable<BufferWrite> In(IInvocationOperation call) =>
        _known.GetOrAdd(call.TargetMethod.OriginalDefinition, Find).Select(write => write.In(call)).OfType<BufferWrite>();

    private static bool NamesGradient(IInvocationOperation call)
    {
        if (BufferAccess.Of(call.Instance) is { } receiver && NamesGradient(receiver))
            return true;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (BufferAccess.Of(argument.Value) is { } access && NamesGradient(access))
                return true;
        }

        return false;
    }

    private static bool NamesGradient(BufferAccess access) => access.Path.Any(symbol => NetworkNames.IsCandidate(symbol.Name));

    private IReadOnlyList<PassedWrite> Find(IMethodSymbol method)
    {
        if (bodies.FactsOf(method) is not { } facts)
            return [];
        BufferFlow flow = BufferFlow.Of(facts);
        BodyUpdates? explained = BodyUpdates.Of(facts, flow, _ => false);
        BufferWrite[] writes =
        [
            .. flow.Writes.Where(write => write is { IsItem: false, Target.IsStored: true }
                && (write.Kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract
                    || (write.Kind is null && BodyUpdates.IsComputed(write.NewValue!)))
                && !write.Target.Path.Any(symbol => NetworkNames.IsCandidateOfAnyStep(symbol.Name))
                && explained?.Updates.Any(update => update.Write == write) != true),
        ];
        if (writes.Length == 0)
            return [];
        var sources = new Dictionary<BufferWrite, List<int>>();
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            foreach (BufferWrite write in flow.DerivedFrom(parameter).Keys.SelectMany(flow.ReadersOf).Distinct())
            {
                if (!sources.TryGetValue(write, out List<int>? list))
                    sources[write] = list = [];
                list.Add(parameter.Ordinal);
            }
        }

        return
        [
            .. writes.Where(sources.ContainsKey)
                .Select(write => PassedWrite.Of(write, flow, sources[write]))
                .OfType<PassedWrite>()
                .Take(AnalysisLimits.EffectsOfMethod),
        ];
    }

    /// <summary>A write of a called method into what the caller passes.</summary>
    /// <param name="Write">The write in the method.</param>
    /// <param name="Target">The position of the parameter that holds the target, or <see cref="Receiver"/>.</param>
    /// <param name="Members">The members that lead from there to the target, the last first.</param>
    /// <param name="Sources">The positions of the parameters that the value is computed from.</param>
    private sealed record PassedWrite(BufferWrite Write, int Target, IReadOnlyList<ISymbol> Members, IReadOnlyList<int> Sources)
    {
        private const int Receiver = -1;

        public static PassedWrite? Of(BufferWrite write, BufferFlow flow, IReadOnlyList<int> sources)
        {
            IReadOnlyList<ISymbol> path = write.Target.Path;
            ISymbol root = path[path.Count - 1];
            if (root is IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false })
                return new(write, Receiver, path, sources);
            IReadOnlyCollection<ISymbol> referred = flow.ReferredBy(root);
            IParameterSymbol? parameter = referred.Prepend(root).OfType<IParameterSymbol>().FirstOrDefault();
            if (parameter is null)
            {
                // foreach (var edge in _edges) edge.Weight += change[i++];
                ISymbol? member =
                    referred.FirstOrDefault(symbol => symbol is IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false });
                return member is null ? null : new(write, Receiver, [.. path.Take(path.Count - 1), member], sources);
            }

            // The parameter itself is no source: adding to it needs something else.
            int[] others = [.. sources.Where(source => source != parameter.Ordinal)];
            return others.Length == 0 ? null : new(write, parameter.Ordinal, [.. path.Take(path.Count - 1)], others);
        }

        public BufferWrite? In(IInvocationOperation call)
        {
            IOperation? target = Target == Receiver ? call.Instance : OperandAt(Target);
            return BufferAccess.Inside(target, Members, Write.Target) is { } access
                ? BufferWrite.Within(call, target, access, [.. Sources.Select(OperandAt).OfType<IOperation>()], Write)
                : null;

            IOperation? OperandAt(int position) =>
                call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == position)?.Value;
        }
    }
}
