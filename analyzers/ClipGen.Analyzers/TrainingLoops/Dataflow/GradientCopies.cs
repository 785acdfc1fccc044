using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// Distinguishes local variables that hold existing gradients, scaled, averaged, decayed or copied, from those that a backward pass fills.
/// An optimizer reads gradients, parameters, its state and numbers. A backward pass also reads inputs, outputs, errors or targets.
/// </summary>
internal sealed class GradientCopies
{
    /// <summary>Words for the result that a call computes from its arguments.</summary>
    public static readonly string[] Arithmetic =
        ["mul", "scale", "add", "plus", "sum", "sub", "minus", "div", "average", "mean", "decay", "copy", "clone", "power", "pow", "sqrt",
            "square", "negate"];

    private static readonly HashSet<string> Hyperparameters =
    [
        "decay", "momentum", "beta", "beta1", "beta2", "rho", "epsilon", "eps", "lambda", "rate", "l1", "l2", "alpha", "factor",
        "regularization",
        "count", "size",
    ];

    // The state of optimizers.
    private static readonly HashSet<string> MomentWords =
        ["moment", "moments", "momentum", "momentums", "velocity", "velocities", "ema", "rms"];

    private static readonly HashSet<string> MeanWords = ["mean", "means", "average", "avg", "variance", "variances"];

    // A layer keeps its last input, an optimizer its last step.
    private static readonly HashSet<string> EarlierWords =
    [
        "m", "v", "s", "prev", "previous", "last", "old", "cache", "cached", "running", "moving", "first", "second", "squared", "sq",
        "accumulated", "adam",
    ];

    private static readonly HashSet<string> StepWords =
        ["delta", "deltas", "update", "updates", "change", "changes", "diff", "diffs", "step", "steps", "avg", "average", "mean"];

    private readonly BufferFlow _flow;
    private readonly HashSet<ISymbol> _owners = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<BufferWrite, Sources> _sources = [];

    public GradientCopies(BufferFlow flow)
    {
        _flow = flow;
        foreach (BufferWrite write in flow.Writes)
        {
            foreach (IOperation part in write.Values.SelectMany(value => value.DescendantsAndSelf()))
            {
                if (part is IMemberReferenceOperation { Instance: not null, Member: var member } && NetworkNames.IsGradient(member.Name)
                    && BufferAccess.Of(part) is { Path.Count: > 1 } access)
                {
                    _owners.UnionWith(access.Path.Skip(1));
                }
            }
        }
    }

    /// <summary>
    /// Whether every write to a local variable, to an object that the body creates, or to a mean of gradients that an optimizer keeps, is
    /// computed from existing gradients by the arithmetic of an optimizer.
    /// </summary>
    public bool IsCopy(BufferWrite write)
    {
        if (write.Operation.Parent is not IObjectOrCollectionInitializerOperation && !IsLocal(write.Target) && !IsMean(write.Target.Symbol))
            return false;
        var seen = new HashSet<BufferWrite> { write };
        var pending = new Queue<BufferWrite>(seen);
        bool readsGradient = false;
        while (pending.Count > 0)
        {
            BufferWrite current = pending.Dequeue();
            if (!_sources.TryGetValue(current, out Sources? sources))
                _sources[current] = sources = SourcesOf(current);
            if (sources.IsNew || seen.Count > AnalysisLimits.WritesOfCopy)
                return false;
            readsGradient |= sources.ReadsGradient;
            foreach (BufferWrite writer in sources.Locals.SelectMany(_flow.WritersOf).Where(seen.Add))
                pending.Enqueue(writer);
        }

        return readsGradient;
    }

    /// <summary>
    /// Whether the write adds a decay of the parameters to their gradients: <c>p.Grad.Data[i] += decay * p.Data.Data[i]</c>. It reads only
    /// these and numbers.
    /// </summary>
    public static bool IsDecay(BufferWrite write)
    {
        if (write.Kind is not BinaryOperatorKind.Add && !(write.Kind is null && write.Reads.Contains(write.Target.Symbol)))
            return false;
        bool readsParameter = false;
        var pending = new Stack<IOperation>(write.Values);
        while (pending.Count > 0)
        {
            IOperation part = pending.Pop();
            if (BufferAccess.Of(part) is not { } access)
            {
                if (part is IInvocationOperation or IConditionalOperation)
                    return false;
                foreach (IOperation child in part.ChildOperations)
                    pending.Push(child);
                continue;
            }

            if (BufferAccess.LocalNumber(part) is null && IsParameterOf(access, write.Target))
                readsParameter = true;
            else if (!IsNumber(access) && !access.Path.SequenceEqual(write.Target.Path, SymbolEqualityComparer.Default))
                return false;
        }

        return readsParameter;

        static bool IsNumber(BufferAccess access) =>
            access is { IsElement: false, IsNumber: true, Symbol: not ILocalSymbol } && !NetworkNames.IsCandidate(access.Symbol.Name);
    }

    /// <summary>
    /// Whether one place is the parameter of the gradient in the other: the same expression leads to both, then a gradient to the one, and
    /// a parameter or its values to the other.
    /// </summary>
    private static bool IsParameterOf(BufferAccess access, BufferAccess target)
    {
        int gradient = Enumerable.Range(0, target.Path.Count).LastOrDefault(i => NetworkNames.IsGradient(target.Path[i].Name));
        ISymbol[] owners = [.. target.Path.Skip(gradient + 1)];
        int parameter = access.Path.Count - owners.Length - 1;
        if (parameter < 0 || !access.Path.Skip(parameter + 1).SequenceEqual(owners, SymbolEqualityComparer.Default))
            return false;
        string name = access.Path[parameter].Name;
        return NetworkNames.IsParameter(name) || (owners.Length > 0 && ParameterName.IsValues(name));
    }

    /// <summary>Whether the write is to a local variable, or to a member of an object that the body creates.</summary>
    private bool IsLocal(BufferAccess target) => target.Path switch
    {
        [ILocalSymbol] => true,
        [_, ILocalSymbol made] =>
            _flow.WritersOf(made) is { Count: > 0 } writers && writers.All(write => write.NewValue is IObjectCreationOperation),
        _ => false,
    };

    private static bool IsMean(ISymbol symbol) =>
        symbol is IFieldSymbol or IPropertySymbol
        && IdentifierWords.Of(symbol.Name).Any(word => MeanWords.Contains(word) || MomentWords.Contains(word));

    private Sources SourcesOf(BufferWrite write)
    {
        var sources = new Sources();
        var pending = new Stack<IOperation>(write.Values);
        while (pending.Count > 0 && !sources.IsNew)
        {
            IOperation part = pending.Pop();
            if (BufferAccess.Of(part) is { } access)
            {
                Read(access, sources);
                continue;
            }

            if ((part is IInvocationOperation call && !IsArithmetic(call)) || IsData(part))
            {
                sources.IsNew = true;
                break;
            }

            foreach (IOperation child in part.ChildOperations)
            {
                if (!(part is IInvocationOperation { Instance: { } instance } && child == instance
                    && IsService((IInvocationOperation)part, instance)))
                {
                    pending.Push(child);
                }
            }
        }

        return sources;
    }

    /// <summary>Whether an array lists numbers: inputs or targets that the program contains.</summary>
    private static bool IsData(IOperation part) =>
        part is IArrayInitializerOperation { ElementValues: [var first, ..] } && first.ConstantNumber() is not null;

    /// <summary>Whether a call computes only from its arguments and its receiver, a buffer.</summary>
    private static bool IsArithmetic(IInvocationOperation call)
    {
        string name = call.TargetMethod.Name;
        if (MethodClassifier.IsBackwardByName(call.TargetMethod))
            return false;
        return call.Instance is not { } instance
            || TrainingVocabulary.ContainsAny(name, Arithmetic)
            || !IsService(call, instance);
    }

    /// <summary>Whether the receiver of a call is no buffer. Such an object may hold inputs and outputs.</summary>
    private static bool IsService(IInvocationOperation call, IOperation instance)
    {
        if (instance is IInstanceReferenceOperation)
            return true;
        if (BufferAccess.Of(instance) is not { } access || access.Path.Any(symbol => NetworkNames.IsGradient(symbol.Name)))
            return false;
        return access.Type is not (null or IArrayTypeSymbol)
            && !SymbolEqualityComparer.Default.Equals(access.Type, call.Type)
            && !access.Type.GetMembers().Any(member => member is IPropertySymbol { IsIndexer: true });
    }

    private void Read(BufferAccess access, Sources sources)
    {
        ISymbol symbol = access.Symbol;
        if (access.Path.Any(part => NetworkNames.IsGradient(part.Name)) || IsState(symbol))
            sources.ReadsGradient = true;
        else if (!BufferAccess.HoldsNumbers(access.Type) || IsKnown(access))
            return;
        else if (symbol is ILocalSymbol && access.Path.Count == 1 && _flow.WritersOf(symbol).Count > 0)
            sources.Locals.Add(symbol);
        else
            sources.IsNew = true;
    }

    /// <summary>Whether an optimizer has the value: parameters, the owner of a gradient, a setting, a constant.</summary>
    private bool IsKnown(BufferAccess access)
    {
        ISymbol symbol = access.Symbol;
        bool isMember = access.Path.Count > 1;
        if (NetworkNames.IsParameter(symbol.Name) || (isMember ? ParameterName.IsValues(symbol.Name) : _owners.Contains(symbol)))
            return true;
        if (symbol is { IsStatic: true }
            or IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } })
        {
            return true;
        }
        return access is { IsNumber: true, IsElement: false }
            && (isMember
                ? NetworkNames.IsLearningRate(symbol.Name) || IdentifierWords.Of(symbol.Name).Any(Hyperparameters.Contains)
                : symbol is not ILocalSymbol);
    }

    /// <summary>Whether a variable is the state of an optimizer: by its name, or because a gradient updates it.</summary>
    private bool IsState(ISymbol symbol)
    {
        IReadOnlyList<BufferWrite> writers = _flow.WritersOf(symbol);
        return (symbol is not ILocalSymbol && IsStateName(symbol.Name))
            || writers.Any(write => write.Reads.Any(read => NetworkNames.IsGradient(read.Name))
                && (write.Kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract || write.Reads.Contains(symbol)));
    }

    private static bool IsStateName(string name)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        return words.Any(MomentWords.Contains)
            || (words.Any(EarlierWords.Contains)
                && (words.Count == 1
                    || words.Any(word => StepWords.Contains(word) || NetworkNames.IsGradient(word) || ParameterName.IsParameter(word))));
    }

    /// <summary>The values that one write reads.</summary>
    private sealed class Sources
    {
        /// <summary>Whether the write reads a value that an optimizer does not have.</summary>
        public bool IsNew { get; set; }

        public bool ReadsGradient { get; set; }

        /// <summary>Local variables. They hold what their writes read.</summary>
        public HashSet<ISymbol> Locals { get; } = new(SymbolEqualityComparer.Default);
    }
}
