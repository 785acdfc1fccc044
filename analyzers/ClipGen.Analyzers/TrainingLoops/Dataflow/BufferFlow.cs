using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>The writes of one body, and the variables that each is computed from.</summary>
internal sealed class BufferFlow
{
    private readonly Dictionary<ISymbol, List<BufferWrite>> _readers = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<BufferWrite>> _writers = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, IReadOnlyCollection<ISymbol>> _views = new(SymbolEqualityComparer.Default);

    private readonly Lazy<HashSet<ISymbol>> _norms;

    private BufferFlow(IReadOnlyList<BufferWrite> writes)
    {
        Writes = writes;
        _norms = new Lazy<HashSet<ISymbol>>(FindNorms);
        foreach (BufferWrite write in writes)
        {
            Add(_writers, write.Target.Symbol, write);
            foreach (ISymbol read in write.Reads)
                Add(_readers, read, write);
        }
    }

    public IReadOnlyList<BufferWrite> Writes { get; }

    /// <summary>Reads the writes of a body, unless it has too many.</summary>
    /// <param name="facts">The body.</param>
    /// <param name="called">Finds the writes that called methods make, if those count.</param>
    public static BufferFlow Of(BodyFacts facts, CalledWrites? called = null) => Of(facts.Root, called);

    /// <summary>The same for a part of a body, such as a local function.</summary>
    public static BufferFlow Of(IOperation root, CalledWrites? called = null)
    {
        var writes = new List<BufferWrite>();
        foreach (IOperation part in root.DescendantsAndSelf())
        {
            if (BufferWrite.Of(part) is { } write)
                writes.Add(write);
            else if (called is not null)
                writes.AddRange(called.Of(part));
            if (writes.Count > AnalysisLimits.WritesOfBody)
                return new BufferFlow([]);
        }

        return new BufferFlow(WithRates(WithComputedValues(writes)));
    }

    /// <summary>The variables and members that any value is computed from.</summary>
    public IEnumerable<ISymbol> AllReads => _readers.Keys;

    /// <summary>
    /// The values computed from a variable: moments, corrected moments, steps. Parameters are not followed, because everything is computed
    /// from them.
    /// </summary>
    public Dictionary<ISymbol, Derivation> DerivedFrom(ISymbol origin)
    {
        var derived = new Dictionary<ISymbol, Derivation>(SymbolEqualityComparer.Default) { [origin] = Derivation.None };
        var pending = new Queue<ISymbol>();
        pending.Enqueue(origin);
        while (pending.Count > 0 && derived.Count <= AnalysisLimits.VariablesOfGradient)
        {
            ISymbol symbol = pending.Dequeue();
            // How a stored gradient is computed is no part of its update.
            if (symbol is ILocalSymbol || !SymbolEqualityComparer.Default.Equals(symbol, origin))
                derived[symbol] |= WritersOf(symbol).Aggregate(Derivation.None, (known, write) => known | ChangeBy(write));
            foreach (BufferWrite write in ReadersOf(symbol))
            {
                ISymbol target = write.Target.Symbol;
                if ((write.MovesParameters || (write.ReadsRate && write.Target.IsStored)) && NetworkNames.IsParameter(target.Name))
                    continue;
                Derivation before = derived.TryGetValue(target, out Derivation known) ? known : Derivation.None;
                Derivation after = before | derived[symbol];
                if (write.IsLimited)
                    after |= Derivation.Limited;
                after |= ScalingBy(write);
                if (derived.ContainsKey(target) && before == after)
                    continue;
                derived[target] = after;
                pending.Enqueue(target);
            }
        }

        return derived;
    }

    public IReadOnlyList<BufferWrite> ReadersOf(ISymbol symbol) =>
        _readers.TryGetValue(symbol, out List<BufferWrite>? readers) ? readers : [];

    public IReadOnlyList<BufferWrite> WritersOf(ISymbol symbol) =>
        _writers.TryGetValue(symbol, out List<BufferWrite>? writers) ? writers : [];

    /// <summary>
    /// Whether a variable is storage: it is no local number, or it refers to an element. A value that is computed into a local number is
    /// applied at once.
    /// </summary>
    public bool IsStored(ISymbol symbol) =>
        symbol is not ILocalSymbol local
        || BufferAccess.Of(local).IsStored
        || WritersOf(symbol).Any(write => BufferAccess.Of(write.NewValue) is { IsStored: true });

    /// <summary>Whether a place holds gradients: a name that leads to it says so, or it is a view of gradients.</summary>
    public bool IsGradient(BufferAccess access) =>
        access.Path.Any(symbol => NetworkNames.IsGradient(symbol.Name)) || ViewedBy(access.Path[access.Path.Count - 1]).Count > 0;

    /// <summary>
    /// The gradients that a local variable refers to: <c>Span&lt;float&gt; wqg = Flat(WqGrad)</c>. A value that is added to the variable is
    /// added to them.
    /// </summary>
    public IReadOnlyCollection<ISymbol> ViewedBy(ISymbol symbol) => ViewedBy(symbol, depth: 0);

    /// <summary>
    /// The variables and members that a local variable refers to at any time, whatever they are named: <c>errors = allErrors[l]</c>, and
    /// <c>this.errors = errors</c>.
    /// </summary>
    public IReadOnlyCollection<ISymbol> ReferredBy(ISymbol start)
    {
        var referred = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var pending = new Queue<ISymbol>([start]);
        while (pending.Count > 0 && referred.Count < AnalysisLimits.VariablesOfGradient)
        {
            ISymbol symbol = pending.Dequeue();
            if (symbol is not ILocalSymbol)
                continue;
            foreach (ISymbol next in WritersOf(symbol)
                .Where(write => write.Target is { IsElement: false, IsNumber: false, Path.Count: 1 })
                .SelectMany(write => write.ViewedValues())
                .SelectMany(value => BufferAccess.Of(value) is { IsNumber: false, Path: var path } ? path : [])
                .Concat(ReadersOf(symbol).Where(write => IsStoredWhole(symbol, write)).SelectMany(write => write.Target.Path))
                .Where(referred.Add))
            {
                pending.Enqueue(next);
            }
        }

        return referred;
    }

    /// <summary>Whether a write sets a member to a local buffer itself: <c>this.errors = errors</c>.</summary>
    private static bool IsStoredWhole(ISymbol local, BufferWrite write) =>
        write is { Kind: null, Target: { IsNumber: false, Symbol: IFieldSymbol or IPropertySymbol }, NewValue: { } value }
        && BufferAccess.Of(value) is { IsElement: false, IsNumber: false, Path: [var stored] }
        && SymbolEqualityComparer.Default.Equals(stored, local);

    private IReadOnlyCollection<ISymbol> ViewedBy(ISymbol symbol, int depth)
    {
        if (WritersOf(symbol) is not { Count: > 0 } writers || !IsVariable(symbol, writers))
            return [];
        if (_views.TryGetValue(symbol, out IReadOnlyCollection<ISymbol>? viewed))
            return viewed;
        // A variable may be set from itself.
        _views[symbol] = [];
        return _views[symbol] = depth < AnalysisLimits.ExpressionDepth ? ViewedByAll(writers, depth) : [];
    }

    /// <summary>Whether the value of a write contains a norm of a buffer, or a number computed from one.</summary>
    public bool ReadsNorm(BufferWrite write) => _norms.Value.Count > 0 && write.Reads.Any(_norms.Value.Contains);

    /// <summary>
    /// Whether a local variable holds a value that was just computed from something other than parameters. An addition to it updates no
    /// parameter.
    /// </summary>
    public bool IsResult(BufferAccess access) =>
        access is { Path: [ILocalSymbol local], IsElement: false }
        && WritersOf(local).FirstOrDefault(write => write.Operation is IVariableDeclaratorOperation) is { NewValue: IBinaryOperation } first
        && !first.Reads.Any(read => NetworkNames.IsParameter(read.Name));

    /// <summary>
    /// Whether a write adds, without a learning rate, to an object or array that the body creates: <c>sum = new Layer(); sum.Bias += g</c>.
    /// </summary>
    public bool IsSum(BufferWrite write) =>
        write is { Kind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract, ReadsRate: false }
        && write.Target.Path[write.Target.Path.Count - 1] is ILocalSymbol local
        && WritersOf(local) is [{ Operation: IVariableDeclaratorOperation, NewValue: IObjectCreationOperation or IArrayCreationOperation }];

    /// <summary>
    /// The members and parameters that an update applies, also through local variables, and through members that the body computes first,
    /// such as a momentum: those with a scaling factor, and those whose names say that they are scaled. To a local function, the variables
    /// around it are members.
    /// </summary>
    public IEnumerable<ISymbol> AppliedBy(BufferWrite update)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var pending = new Queue<BufferWrite>([update]);
        var applied = new List<ISymbol>();
        bool isScaled = false;
        while (pending.Count > 0)
        {
            BufferWrite write = pending.Dequeue();
            isScaled |= write.IsScaled;
            foreach (ISymbol read in write.Reads.Where(seen.Add))
            {
                bool isApplied = read is IFieldSymbol or IPropertySymbol or IMethodSymbol || BufferAccess.IsPassed(read);
                if (_writers.TryGetValue(read, out List<BufferWrite>? writers))
                {
                    writers.ForEach(pending.Enqueue);
                    isApplied |= !writers.Exists(IsDeclaration);
                }

                if (isApplied)
                    applied.Add(read);
            }
        }

        return applied.Where(symbol => isScaled || NetworkNames.IsChange(symbol.Name) || NetworkNames.IsGradient(symbol.Name));

        static bool IsDeclaration(BufferWrite write) => write.IsItem || write.Operation is IVariableDeclaratorOperation;
    }

    /// <summary>How a write changes the variable that it writes: <c>x *= rate</c>, <c>if (x &gt; 5) x = 5</c>.</summary>
    private static Derivation ChangeBy(BufferWrite write) =>
        write.Kind is BinaryOperatorKind.Multiply ? ScalingBy(write)
        : write.IsReplacedUnderCondition ? Derivation.Limited
        : Derivation.None;

    /// <summary>What a write multiplies.</summary>
    public static Derivation ScalingBy(BufferWrite write) =>
        (write.ReadsRate ? Derivation.Rated : Derivation.None)
        | (write.HasFactor ? Derivation.Factored : Derivation.None)
        | (write.Products > (write.HasFactor ? 1 : 0) ? Derivation.Combined : Derivation.None);

    private static bool IsVariable(ISymbol symbol, IReadOnlyList<BufferWrite> writers) => symbol switch
    {
        ILocalSymbol local => !BufferAccess.Of(local).IsNumber,
        IParameterSymbol => BufferAccess.IsPassed(symbol) && writers.Any(write => write.IsItem),
        _ => false,
    };

    private IReadOnlyCollection<ISymbol> ViewedByAll(IReadOnlyList<BufferWrite> writers, int depth)
    {
        var viewed = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        // A write into an element does not make the variable a view.
        foreach (BufferWrite write in writers.Where(write => write.Target is { IsElement: false, Path.Count: 1 }))
        {
            foreach (IOperation value in write.ViewedValues())
            {
                if (BufferWrite.GradientViewedBy(value) is { } gradient)
                    viewed.Add(gradient);
                else if (BufferAccess.Of(value) is { Path: [var variable] } && ViewedBy(variable, depth + 1) is { Count: > 0 } all)
                    viewed.UnionWith(all);
                else
                    return [];
            }
        }

        return viewed;
    }

    /// <summary>
    /// The local numbers that hold a norm of any buffer, by the code that computes them: a sum of squares or of magnitudes, and what is
    /// computed from it.
    /// </summary>
    private HashSet<ISymbol> FindNorms()
    {
        var norms = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var pending = new Queue<ISymbol>(Writes.Where(write => IsLocalNumber(write) && BufferNorms.Computes(write))
            .Select(write => write.Target.Symbol));
        while (pending.Count > 0)
        {
            ISymbol norm = pending.Dequeue();
            if (!norms.Add(norm))
                continue;
            foreach (BufferWrite write in ReadersOf(norm).Where(IsLocalNumber))
                pending.Enqueue(write.Target.Symbol);
        }

        return norms;

        static bool IsLocalNumber(BufferWrite write) =>
            write is { IsItem: false, Target: { IsNumber: true, IsElement: false, Path: [ILocalSymbol] } };
    }

    /// <summary>
    /// The writes, which then know the local numbers that are set from a learning rate: <c>scale = rate / count; w -= scale * g</c>.
    /// </summary>
    private static IReadOnlyList<BufferWrite> WithRates(IReadOnlyList<BufferWrite> writes)
    {
        if (!writes.Any(write => write.Reads.Any(read => NetworkNames.IsLearningRate(read.Name))))
            return writes;
        var rates = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (BufferWrite write in writes)
        {
            write.Rates = rates;
            if (write.Target is { IsNumber: true, IsElement: false, Path: [ILocalSymbol local] } && write.ReadsRate && IsOfNumbers(write))
                rates.Add(local);
        }

        return writes;

        // Neither a weight, a gradient, another element nor a limit is in the value.
        static bool IsOfNumbers(BufferWrite write) =>
            write is { NewValue: { } value, ReadsScale: false }
            && !write.Reads.Any(read => NetworkNames.IsCandidate(read.Name) || NetworkNames.IsParameter(read.Name))
            && value.DescendantsAndSelf().All(part =>
                part is not (IInvocationOperation or IConditionalOperation) && BufferAccess.Of(part) is not { IsElement: true });
    }

    /// <summary>
    /// The writes, where a stored local number is replaced by what the body computes for it: <c>n = w - rate * g; w = n</c>, or
    /// <c>n = w; n -= rate * g; w = n</c>, or <c>o = w; w = o - rate * g</c>. A stored local matrix is replaced only in the first case.
    /// </summary>
    private static IReadOnlyList<BufferWrite> WithComputedValues(List<BufferWrite> writes)
    {
        ILookup<ISymbol, BufferWrite> locals = writes
            .Where(write => write.Target is { IsElement: false, Path: [ILocalSymbol] })
            .ToLookup<BufferWrite, ISymbol>(write => write.Target.Symbol, SymbolEqualityComparer.Default);
        return [.. writes.Select(Computed)];

        BufferWrite Computed(BufferWrite write)
        {
            if (write is not { Target.IsStored: true, NewValue: { } stored })
                return write;
            if (write.Number is not { } number)
                return MovedOf(write, stored) ?? MatrixMovedTo(write, stored) ?? write;
            return locals[number].ToArray() switch
            {
                [{ IsItem: false, NewValue: { } value }] => MovedOf(write, value) ?? write.WithValue(value),
                [{ IsItem: false, NewValue: { } old }, { Kind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } moved]
                    when BufferAccess.IsOf(old, write.Target.Symbol) => write.WithChange(moved.Values, moved.Kind),
                _ => write,
            };
        }

        // double old = w[i]; w[i] = old + change;
        BufferWrite? MovedOf(BufferWrite write, IOperation value) =>
            value is IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } sum
            && OnlyValueOf(sum.LeftOperand) is { } old
            && BufferAccess.IsOf(old, write.Target.Symbol)
                ? write.WithChange([Unaliased(sum.RightOperand)], sum.OperatorKind)
                : null;

        // Matrix moved = layer.W - rate * g; layer.W = moved;
        BufferWrite? MatrixMovedTo(BufferWrite write, IOperation value) =>
            OnlyValueOf(value) is IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract } sum
            && BufferAccess.IsOf(sum.LeftOperand, write.Target.Symbol)
                ? write.WithValue(sum)
                : null;

        // double change = changes[i]; w[i] = old + change;
        IOperation Unaliased(IOperation value) =>
            OnlyValueOf(value) is { } element && BufferAccess.Of(element) is { IsElement: true } ? element : value;

        // What a local variable is set to, if it is set once.
        IOperation? OnlyValueOf(IOperation expression) =>
            BufferAccess.Of(expression) is { IsElement: false, Path: [ILocalSymbol local] }
            && locals[local].ToArray() is [{ IsItem: false, NewValue: { } value }]
                ? value
                : null;
    }

    private static void Add(Dictionary<ISymbol, List<BufferWrite>> lists, ISymbol symbol, BufferWrite write)
    {
        if (!lists.TryGetValue(symbol, out List<BufferWrite>? list))
            lists[symbol] = list = [];
        list.Add(write);
    }
}

/// <summary>How a variable is computed from a gradient.</summary>
[Flags]
internal enum Derivation
{
    None = 0,

    /// <summary>The computation contains a learning rate.</summary>
    Rated = 1,

    /// <summary>The computation limits the value.</summary>
    Limited = 2,

    /// <summary>The computation contains a factor that may be a learning rate.</summary>
    Factored = 4,

    /// <summary>The computation contains another factor: the input of a weight, or a derivative.</summary>
    Combined = 8,
}
