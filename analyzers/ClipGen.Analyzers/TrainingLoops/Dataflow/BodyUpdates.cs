using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Dataflow;

/// <summary>
/// What one body of a hand-written network does, told from its assignments: the gradients that it fills, the gradients that it limits, and
/// the parameters that it updates. A number that is computed and applied at once counts as neither, because there is nothing to clip in
/// between.
/// </summary>
internal sealed class BodyUpdates
{
    private static readonly string[] AllocatingVerbs =
        ["As", "Get", "Create", "New", "Make", "Init", "Load", "Deserialize", "Read", "Parse", "Dense", "Sparse"];

    private readonly BodyFacts _facts;
    private readonly BufferFlow _flow;
    private readonly GradientCopies _copies;
    private readonly List<BufferWrite> _fills = [];
    private readonly List<BufferWrite> _limits = [];
    private readonly List<ParameterUpdate> _updates = [];

    private BodyUpdates(BodyFacts facts, BufferFlow flow, Func<ISymbol, bool> isDeclared)
    {
        _facts = facts;
        _flow = flow;
        _copies = new GradientCopies(flow);
        FindUpdates(flow, isDeclared);
        AppliesNumbers = _updates.Count > 0 && flow.AllReads.Any(AppliesSum);
        foreach (BufferWrite write in flow.Writes)
            Sort(write, isDeclared);
    }

    /// <summary>The writes that fill gradients, or what may be gradients.</summary>
    public IReadOnlyList<BufferWrite> Fills => _fills;

    /// <summary>The writes that limit gradients.</summary>
    public IReadOnlyList<BufferWrite> Limits => _limits;

    public IReadOnlyList<ParameterUpdate> Updates => _updates;

    /// <summary>Whether the body also updates a parameter by a gradient that it adds up in a local number.</summary>
    public bool AppliesNumbers { get; }

    /// <summary>Reads a body; <see langword="null"/> if no name in it is typical of networks.</summary>
    /// <param name="facts">The body.</param>
    /// <param name="flow">The writes of the body.</param>
    /// <param name="isDeclared">Whether attributes say what a member is, so that its use need not be interpreted.</param>
    public static BodyUpdates? Of(BodyFacts facts, BufferFlow flow, Func<ISymbol, bool> isDeclared) =>
        flow.Writes.Any(write => write.Target.Path.Any(IsCandidate)) || flow.AllReads.Any(IsCandidate) || BackwardStructure.MayBeIn(flow)
            || (flow.Writes.Any(write => IsMember(write.Target.Symbol)) && flow.Writes.Any(write => write.IsDerivative))
            ? new BodyUpdates(facts, flow, isDeclared)
            : null;

    /// <summary>The gradients that a write fills, and the objects that lead to them.</summary>
    public IEnumerable<ISymbol> FilledBy(BufferWrite write) =>
        write.Target.Path.SelectMany(symbol => _flow.ViewedBy(symbol).Concat(_flow.ReferredBy(symbol)).Prepend(symbol));

    private static bool IsCandidate(ISymbol symbol) => NetworkNames.IsCandidate(symbol.Name);

    private static bool IsMember(ISymbol symbol) => symbol is IFieldSymbol or IPropertySymbol;

    private static bool IsNamed(ISymbol symbol) => IsCandidate(symbol) || NetworkNames.HasChangeWord(symbol.Name);

    private void FindUpdates(BufferFlow flow, Func<ISymbol, bool> isDeclared)
    {
        var found = new Dictionary<BufferWrite, HashSet<ISymbol>>();
        foreach (ISymbol gradient in flow.AllReads
            .Where(symbol => (IsNamed(symbol) || BackwardStructure.IsIn(symbol, flow) || BackwardStructure.MayBeError(symbol, flow))
                && !isDeclared(symbol)
                && flow.IsStored(symbol))
            .Take(AnalysisLimits.GradientsOfBody))
        {
            Dictionary<ISymbol, Derivation> derived = flow.DerivedFrom(gradient);
            foreach (BufferWrite write in derived.Keys.SelectMany(flow.ReadersOf))
            {
                if (!ParameterUpdate.IsBy(gradient, write, derived) || flow.ReadsNorm(write) || flow.IsGradient(write.Target)
                    || flow.IsResult(write.Target) || flow.IsSum(write))
                {
                    continue;
                }

                if (!found.TryGetValue(write, out HashSet<ISymbol>? gradients))
                    found[write] = gradients = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
                gradients.Add(gradient);
            }
        }

        _updates.AddRange(found.Select(pair => new ParameterUpdate(pair.Key, pair.Value)));
    }

    private bool AppliesSum(ISymbol symbol)
    {
        if (symbol is not ILocalSymbol || !NetworkNames.IsGradient(symbol.Name) || _flow.IsStored(symbol)
            || !_flow.WritersOf(symbol).Any(write => write.Kind == BinaryOperatorKind.Add))
        {
            return false;
        }

        Dictionary<ISymbol, Derivation> derived = _flow.DerivedFrom(symbol);
        return _flow.ReadersOf(symbol).Any(write => ParameterUpdate.IsBy(symbol, write, derived));
    }

    private void Sort(BufferWrite write, Func<ISymbol, bool> isDeclared)
    {
        bool isGradient = _flow.IsGradient(write.Target);
        if (!write.Target.IsStored || write.IsItem || isDeclared(write.Target.Symbol))
            return;
        // A value computed from a stored gradient is a step, a moment, or the error of the previous layer.
        if (!isGradient && write.Reads.Any(read => NetworkNames.IsGradient(read.Name) && !IsLocalNumber(read)))
            return;
        if (!isGradient && !MayBeGradient(write.Target) && !AddsUpErrors(write) && !IsErrorOfAnyName(write))
            return;
        switch (write.Kind)
        {
            case var _ when isGradient ? BufferLimits.Limits(write, _flow, _facts) : BufferLimits.LimitsError(write):
                _limits.Add(write);
                break;
            case BinaryOperatorKind.Add or BinaryOperatorKind.Subtract:
                AddFill(write);
                break;
            case null when IsComputed(write.NewValue!) || IsComputedNumber(write):
            case BinaryOperatorKind.Multiply when write.IsDerivative:
                AddFill(write);
                break;
        }
    }

    private static bool IsLocalNumber(ISymbol symbol) => symbol is ILocalSymbol local && BufferAccess.Of(local).IsNumber;

    /// <summary>Whether a variable is named like an error or a change, or is applied like a gradient.</summary>
    private bool MayBeGradient(BufferAccess access) =>
        NetworkNames.MayBeGradient(access.Symbol.Name)
        || NetworkNames.IsNamedChange(access.Symbol.Name)
        || access.Path.Any(symbol => _updates.Any(update => update.Gradients.Contains(symbol))
            && (IsNamed(symbol) || BackwardStructure.IsIn(symbol, _flow)));

    /// <summary>
    /// Whether a write adds errors or derivatives up in a member of any name: <c>nudge[i] += error * input[i]</c>. It counts for the steps
    /// that apply the member.
    /// </summary>
    private bool AddsUpErrors(BufferWrite write) =>
        write.Kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract && IsMember(write.Target.Symbol)
        && (!NetworkNames.IsParameter(write.Target.Symbol.Name) || IsNamedAfterParameter(write.Target.Symbol))
        && !_updates.Exists(update => update.Write == write)
        && (write.IsDerivative || write.Reads.Any(read => NetworkNames.MayBeGradient(read.Name)
            || (read is ILocalSymbol && _flow.WritersOf(read).Any(fill => fill.IsDerivative))));

    /// <summary>
    /// Whether a write stores a derivative in a member of any name: <c>e[j] = (target[j] - y[j]) * Derivative(x[j])</c>. It counts for the
    /// steps that apply the member.
    /// </summary>
    private bool IsErrorOfAnyName(BufferWrite write) =>
        write.Kind is null or BinaryOperatorKind.Multiply && IsMember(write.Target.Symbol)
        && !NetworkNames.IsParameter(write.Target.Symbol.Name)
        && !_updates.Exists(update => update.Write == write)
        && (write.IsDerivative || write.Reads.Any(read => _flow.WritersOf(read).Any(fill => fill.IsDerivative)));

    /// <summary>
    /// Whether a member has the name of parameters in the same type and one word more: <c>weightsNudge</c> beside <c>weights</c>.
    /// </summary>
    private static bool IsNamedAfterParameter(ISymbol member)
    {
        string name = member.Name.TrimStart('_');
        return member.ContainingType.GetMembers().Any(other => other is IFieldSymbol or IPropertySymbol
            && other.Name.TrimStart('_') is { Length: > 1 } parameter
            && parameter.Length < name.Length
            && name.StartsWith(parameter, StringComparison.OrdinalIgnoreCase)
            && name.Skip(parameter.Length).All(each => char.IsLetter(each) || each == '_')
            && NetworkNames.IsParameter(parameter));
    }

    private void AddFill(BufferWrite write)
    {
        if ((!write.Target.IsNumber || !IsAppliedAtOnce(write)) && !IsLastStep(write) && !_copies.IsCopy(write)
            && !GradientCopies.IsDecay(write) && !IsSumOfItself(write) && !IsInPlace(write))
        {
            _fills.Add(write);
        }
    }

    /// <summary>Whether the write only adds up parts of what it was given: <c>gradients[0][k] += gradients[i][k]</c>.</summary>
    private static bool IsSumOfItself(BufferWrite write) =>
        write is { Kind: BinaryOperatorKind.Add, Values: [var value] }
        && BufferAccess.IsOf(value, write.Target.Symbol);

    /// <summary>Whether a call writes its receiver's result back to it: <c>gradients.Multiply(rate, gradients)</c>.</summary>
    private static bool IsInPlace(BufferWrite write) =>
        write.Operation is IInvocationOperation { Instance: { } receiver } call
        && !BufferWrite.IsSum(call.TargetMethod.Name)
        && write.Target.Path.Any(symbol =>
            BufferAccess.IsOf(receiver, symbol) && call.Arguments.Any(argument => BufferAccess.IsOf(argument.Value, symbol)));

    /// <summary>Whether the write keeps a number that an update applies too: <c>w[i] += step; last[i] = step</c>.</summary>
    private bool IsLastStep(BufferWrite write) =>
        write.Number is { } number && _updates.Any(update => update.Write.Reads.Contains(number));

    /// <summary>
    /// Whether the innermost loop or function around the write of a number also applies the number. If the number belongs to an object in a
    /// local variable, that is the loop that sets the variable. The object's own number can be added up in a loop, and is one number still.
    /// </summary>
    private bool IsAppliedAtOnce(BufferWrite write)
    {
        ParameterUpdate[] updates = [.. _updates.Where(update => update.Gradients.Contains(write.Target.Symbol))];
        if (updates.Length == 0)
            return false;
        SyntaxNode start = HolderOf(write) is { } holder ? SetterOf(holder, write) : write.Syntax;
        bool isOwn = write.Target is { IsElement: false, Path: [IFieldSymbol or IPropertySymbol] };
        SyntaxNode scope = start.AncestorsAndSelf()
            .FirstOrDefault(node => (Constructs.IsLoop(node) && !isOwn) || Constructs.IsFunction(node)) ?? _facts.Root.Syntax;
        return Array.Exists(updates, update => scope.Span.Contains(update.Write.Syntax.Span));
    }

    /// <summary>Where a variable is set before a write: in the innermost loop that sets it, or at its declaration.</summary>
    private SyntaxNode SetterOf(ILocalSymbol holder, BufferWrite write)
    {
        IReadOnlyList<IOperation> values = _facts.ValuesOf(holder);
        return write.Syntax.Ancestors().Where(Constructs.IsLoop)
            .Select(loop => values.FirstOrDefault(value => loop.Span.Contains(value.Syntax.Span))?.Syntax)
            .FirstOrDefault(setter => setter is not null)
            ?? (holder.DeclaringSyntaxReferences is [var declaration] && declaration.SyntaxTree == write.Syntax.SyntaxTree
                ? declaration.GetSyntax()
                : write.Syntax);
    }

    /// <summary>The local variable whose object holds the written number: <c>neuron</c> of <c>neuron.Error = e</c>.</summary>
    private static ILocalSymbol? HolderOf(BufferWrite write) =>
        write is { Target: { IsElement: false, Path: { Count: > 1 } path }, TargetExpression.Syntax: { } written }
        && !written.DescendantNodesAndSelf().Any(part => part is ElementAccessExpressionSyntax)
            ? path[path.Count - 1] as ILocalSymbol
            : null;

    /// <summary>Whether a value is a local number that the body computes: <c>sum += w * error; errors[i] = sum</c>.</summary>
    private bool IsComputedNumber(BufferWrite write) =>
        write.Number is { } number
        && _flow.WritersOf(number).Any(writer => writer.Kind is not null || IsComputed(writer.NewValue!));

    /// <summary>Whether a value is computed: it is no constant, no new buffer, and no existing buffer.</summary>
    public static bool IsComputed(IOperation value)
    {
        if (value.ConstantNumber() is not null || BufferAccess.Of(value) is not null)
            return false;
        return value switch
        {
            ILiteralOperation or IDefaultValueOperation or IObjectCreationOperation or IArrayCreationOperation
                or IAnonymousFunctionOperation
                or ITypeParameterObjectCreationOperation or IThrowOperation or IUnaryOperation { Operand: ILiteralOperation } => false,
            IInvocationOperation { TargetMethod.Name: var name, Arguments: var arguments } call =>
                !IsAllocation(name) || ComputesItems(call) || (arguments.Length > 0 && NetworkNames.IsCandidate(name)),
            ISwitchExpressionOperation choice => choice.Arms.Any(arm => IsComputed(arm.Value.WithoutConversions())),
            IConditionalOperation { WhenFalse: { } other } choice =>
                IsComputed(choice.WhenTrue.WithoutConversions()) || IsComputed(other.WithoutConversions()),
            ICoalesceOperation choice => IsComputed(choice.Value.WithoutConversions()) || IsComputed(choice.WhenNull.WithoutConversions()),
            _ => value.Syntax is not CollectionExpressionSyntax,
        };
    }

    /// <summary>Whether a query computes the items of a list: <c>errors.Select((e, i) => e * d[i]).ToList()</c>.</summary>
    private static bool ComputesItems(IInvocationOperation query) =>
        query is { TargetMethod: { Name: "ToArray" or "ToList", ContainingType.Name: "Enumerable" }, Arguments: [{ Value: var items }] }
        && items.WithoutConversions() is IInvocationOperation { TargetMethod.Name: "Select" or "Zip", Arguments: var parts }
        && parts.Skip(1).SelectMany(part => part.Value.DescendantsAndSelf())
            .Any(part => part is IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply });

    /// <summary>Whether a method of that name creates, finds, copies or reads a buffer without computing.</summary>
    private static bool IsAllocation(string name) =>
        name is "ToArray" or "ToList" or "Clone" or "Copy" or "DeepCopy"
        || TrainingVocabulary.Contains(name, "zero") || TrainingVocabulary.Contains(name, "clear")
        || AllocatingVerbs.Any(verb => name.StartsWith(verb, StringComparison.Ordinal));
}
