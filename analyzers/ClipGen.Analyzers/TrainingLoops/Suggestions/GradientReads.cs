using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Suggestions;

/// <summary>
/// The gradient buffers that a step reads, known by name, as visible from the place of the step. The list is incomplete if the step reads,
/// or may read, a gradient that is not a buffer or that cannot be named. Then no clip is suggested, because a norm over some of the
/// gradients is not the global norm.
/// </summary>
internal sealed class GradientReads(SourceBodies bodies, CalledMethods called, Func<string, GradientName?> nameOf, WorkCount work)
{
    private const int DeepestCall = 4;

    private readonly List<Target> _buffers = [];
    private readonly HashSet<(ISymbol Method, Target? Receiver)> _visited = [];

    // The buffers that the step writes: parameters, moments, averaged gradients.
    private readonly HashSet<ISymbol> _written = new(SymbolEqualityComparer.Default);

    // The buffers that it writes only from other buffers, such as the gradients of the previous step, whatever their names.
    private readonly HashSet<ISymbol> _copies = new(SymbolEqualityComparer.Default);
    private bool _isIncomplete;

    /// <summary>The buffers in the order of their first read; <see langword="null"/> if some may be missing.</summary>
    public IReadOnlyList<Target>? Buffers => _isIncomplete || _buffers.Count == 0 ? null : _buffers;

    /// <summary>Adds the reads of one step.</summary>
    public void Add(TrainingEvent step)
    {
        if (step.Method is { } method)
        {
            IMethodSymbol[] candidates =
                [.. called.CandidatesOf(method.OriginalDefinition, step.IsVirtual).Take(AnalysisLimits.OverridesOfCall)];
            if (candidates.Length == 1 && BodyOf(candidates[0]) is { } body)
                Read(body, body.Root, step.Target, step.Arguments.For(candidates[0], method), depth: 0);
            else if (candidates.Length > 1)
                _isIncomplete = true;
            else
                AddArguments(step.Arguments);
            return;
        }

        // An update that is written out in the body, or in a called method.
        BodyFacts? facts = bodies.FactsAround(step.Syntax);
        _isIncomplete |= step.AppliesNumbers;
        foreach (SyntaxNode syntax in step.Updates.DefaultIfEmpty(step.Syntax))
        {
            if (facts?.Root.DescendantsAndSelf().FirstOrDefault(operation => operation.Syntax == syntax) is { } update)
                Read(facts, update, step.Owner, step.Arguments, depth: 0);
            else
                _isIncomplete = true;
        }
    }

    /// <summary>Whether a call of <c>Gradients</c> takes an argument of the type.</summary>
    public static bool IsBuffer(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => IsElement(array.ElementType) || IsBuffer(array.ElementType),
        INamedTypeSymbol { IsGenericType: true, Name: "List", TypeArguments: [var element] } => IsElement(element) || IsBuffer(element),
        INamedTypeSymbol
        {
            IsGenericType: true,
            Name: "IList" or "IReadOnlyList" or "ICollection" or "IReadOnlyCollection" or "IEnumerable",
            TypeArguments: [var item],
        } => IsBuffer(item),
        INamedTypeSymbol { IsGenericType: true, Name: "Dictionary", TypeArguments: [_, var value] } => IsBuffer(value),
        _ => false,
    };

    private static bool IsElement(ITypeSymbol type) =>
        type.IsFloatOrDouble()
        || type is { Name: "Half", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static bool IsCount(ITypeSymbol? type) =>
        type is null or { TypeKind: TypeKind.Enum or TypeKind.Delegate }
        || type.SpecialType is SpecialType.System_Boolean or SpecialType.System_String
        || type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;

    private void AddArguments(ArgumentMap arguments)
    {
        foreach (KeyValuePair<ISymbol, Target?> argument in arguments.OrderBy(pair => ((IParameterSymbol)pair.Key).Ordinal))
        {
            if (!IsGradient(argument.Key.Name) && (argument.Value?.Last is not { } last || !IsGradient(last.Name)))
                continue;
            if (argument.Value is { } buffer && IsBuffer(buffer.Type))
                Add(buffer);
            else
                _isIncomplete = true;
        }
    }

    private void Read(
        BodyFacts facts, IOperation root, Target? owner, ArgumentMap arguments, int depth)
    {
        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            if (operation is not IAssignmentOperation { Value.ConstantValue.HasValue: false } assignment
                || BufferOf(assignment.Target) is not { } written)
            {
                continue;
            }

            _written.Add(written);
            if (assignment is ISimpleAssignmentOperation && !assignment.Value.DescendantsAndSelf().Any(part => Is(BufferOf(part), written)))
                _copies.Add(written);
        }

        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            work.Add(1);
            switch (operation)
            {
                case IFieldReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: false }:
                    ReadReference(operation, ((IMemberReferenceOperation)operation).Member, facts, owner, arguments);
                    break;
                case ILocalReferenceOperation local when facts.CollectionOf(local.Local) is null:
                    ReadReference(operation, NamedBy(local.Local, facts), facts, owner, arguments);
                    break;
                case IParameterReferenceOperation parameter:
                    ReadReference(operation, parameter.Parameter, facts, owner, arguments);
                    break;
                case IAssignmentOperation assignment when BufferOf(assignment.Target) is not null:
                    CheckUpdate(assignment.Value, facts, arguments);
                    _isIncomplete |= Computes(assignment, facts);
                    break;
                case IInvocationOperation invocation when depth < DeepestCall:
                    ReadCall(invocation, facts, owner, arguments, depth);
                    break;
            }
        }
    }

    private void ReadReference(
        IOperation reference, ISymbol symbol, BodyFacts facts, Target? owner, ArgumentMap arguments)
    {
        if (nameOf(symbol.Name) is not { } name || _copies.Contains(symbol) || IsWritten(reference))
            return;
        bool isGradient = IsGradient(name, facts);
        if ((!isGradient && !name.IsSpelledOut) || IsCount(reference.Type))
            return;
        if (!IsBuffer(reference.Type))
        {
            // A scalar local is an element, or computed from elements. An object with gradients counts where the gradients are read.
            bool isElement = reference is ILocalReferenceOperation && IsElement(reference.Type!);
            bool isLedThrough = reference.Parent is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member
                && member.Instance == reference && nameOf(member.Member.Name) is not null;
            _isIncomplete |= !isElement && !isLedThrough;
            return;
        }

        // The errors of a layer of neurons are also buffers, but no gradients of parameters.
        if (isGradient && facts.TargetOf(reference) is { } target && OfCollection(target, facts).Substitute(arguments, owner) is { } seen)
            Add(seen);
        else
            _isIncomplete = true;
    }

    /// <summary>The variable or member that a local variable stands for.</summary>
    private static ISymbol NamedBy(ILocalSymbol local, BodyFacts facts) =>
        facts.AliasOf(local) is { } alias && facts.TargetOf(alias)?.Last is { } last ? last : local;

    /// <summary>The same buffers without the variable of a called method that runs over a collection.</summary>
    private Target OfCollection(Target target, BodyFacts facts) =>
        target.Root is ILocalSymbol { IsForEach: true } item
        && facts.CollectionOf(item) is { } collection && facts.TargetOf(collection) is { Root: IParameterSymbol } whole
            ? target.Path.Skip(1).Aggregate(whole, (path, member) => path.Append(member))
            : target;

    private void ReadCall(
        IInvocationOperation invocation, BodyFacts facts, Target? owner, ArgumentMap arguments, int depth)
    {
        IMethodSymbol method = (invocation.TargetMethod.ReducedFrom ?? invocation.TargetMethod).OriginalDefinition;
        // A local function is part of the body that contains it.
        if (method.MethodKind == MethodKind.LocalFunction || BodyOf(method) is not { } body)
            return;
        if (invocation.TargetMethod is { IsVirtual: true } or { IsAbstract: true } && called.ImplementationsOf(method).Any())
        {
            _isIncomplete = true;
            return;
        }

        Target? receiver = invocation.Instance is { } instance ? facts.TargetOf(instance)?.Substitute(arguments, owner) : null;
        if (!_visited.Add((method, receiver)))
            return;
        ArgumentMap inner = EventExtractor.ArgumentsOf(invocation, facts).Substitute(arguments, owner);
        Read(body, body.Root, receiver, inner, depth + 1);
    }

    /// <summary>
    /// An update that reads no known gradient, but a buffer that the step never writes, may read a gradient with an unknown name.
    /// </summary>
    private void CheckUpdate(IOperation value, BodyFacts facts, ArgumentMap arguments)
    {
        bool readsOther = false;
        foreach (ISymbol buffer in BuffersIn(value, facts, depth: 0))
        {
            string name = arguments.TryGetValue(buffer, out Target? argument) && argument?.Last is { } passed ? passed.Name
                : buffer is ILocalSymbol local ? NamedBy(local, facts).Name
                : buffer.Name;
            if (nameOf(name) is { } gradient && IsGradient(gradient, facts))
                return;
            readsOther |= !_written.Contains(buffer);
        }

        _isIncomplete |= readsOther;
    }

    /// <summary>
    /// Whether the step itself computes a gradient, so that a clip before it is too early: <c>dW[i] += error[j] * input[i]</c>. Adding a
    /// multiple of the parameter, for weight decay, does not count.
    /// </summary>
    private bool Computes(IAssignmentOperation assignment, BodyFacts facts)
    {
        if (BufferOf(assignment.Target) is not { } written || _copies.Contains(written) || nameOf(written.Name) is not { } name
            || !(name.IsSpelledOut || IsGradient(name, facts)))
        {
            return false;
        }

        bool adds = assignment is ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract }
            || (assignment is ISimpleAssignmentOperation
                && assignment.Value.WithoutConversions() is IBinaryOperation
                {
                    OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract,
                });
        if (!adds)
            return false;
        ISymbol[] read = [.. BuffersIn(assignment.Value, facts, depth: 0).Where(buffer => !Is(buffer, written))];
        return read.Length == 0 ? !assignment.Value.ConstantValue.HasValue : !Array.TrueForAll(read, _written.Contains);
    }

    private static IEnumerable<ISymbol> BuffersIn(IOperation value, BodyFacts facts, int depth)
    {
        foreach (IOperation part in value.DescendantsAndSelf())
        {
            if (BufferOf(part) is { } buffer)
            {
                yield return buffer;
            }
            else if (depth < 3 && part is ILocalReferenceOperation local && facts.CollectionOf(local.Local) is null)
            {
                foreach (ISymbol inner in facts.ValuesOf(local.Local).SelectMany(set => BuffersIn(set, facts, depth + 1)))
                    yield return inner;
            }
        }
    }

    // dUf is the gradient of Uf if the step uses both.
    private static bool IsGradient(GradientName name, BodyFacts facts) =>
        name.IsBare || name.IsOfParameter || facts.Root.DescendantsAndSelf().Any(part => part switch
    {
        IMemberReferenceOperation member => IsBuffer(member.Type) && name.Fit(member.Member.Name) > 0,
        IParameterReferenceOperation parameter => IsBuffer(parameter.Type) && name.Fit(parameter.Parameter.Name) > 0,
        ILocalReferenceOperation local => IsBuffer(local.Type) && name.Fit(local.Local.Name) > 0,
        _ => false,
    });

    // dW = new float[n], dW[i] = 0, Array.Clear(dW).
    private static bool IsWritten(IOperation reference)
    {
        IOperation part = reference;
        while (part.Parent is IArrayElementReferenceOperation or IConversionOperation
            or IPropertyReferenceOperation { Property.IsIndexer: true })
        {
            part = part.Parent;
        }

        return (part.Parent is ISimpleAssignmentOperation assignment && assignment.Target == part)
            || (part.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } }
                && method is { Name: "Clear" or "Fill", ContainingType.Name: "Array" });
    }

    /// <summary>The variable or member whose element the operation is.</summary>
    private static ISymbol? BufferOf(IOperation operation)
    {
        IOperation? collection = operation;
        bool isElement = false;
        while (true)
        {
            switch (collection)
            {
                case IArrayElementReferenceOperation element:
                    collection = element.ArrayReference;
                    isElement = true;
                    continue;
                case IPropertyReferenceOperation { Property.IsIndexer: true } indexer:
                    collection = indexer.Instance;
                    isElement = true;
                    continue;
                case IMemberReferenceOperation member when isElement:
                    return member.Member;
                case ILocalReferenceOperation local when isElement:
                    return local.Local;
                case IParameterReferenceOperation parameter when isElement:
                    return parameter.Parameter;
                default:
                    return null;
            }
        }
    }

    private bool IsGradient(string name) => nameOf(name) is { } gradient && (gradient.IsBare || gradient.IsOfParameter);

    private static bool Is(ISymbol? one, ISymbol other) => one is not null && SymbolEqualityComparer.Default.Equals(one, other);

    private BodyFacts? BodyOf(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences.Select(reference => bodies.FactsOf(reference.GetSyntax()))
            .FirstOrDefault(facts => facts is not null);

    private void Add(Target buffer)
    {
        if (!_buffers.Contains(buffer))
            _buffers.Add(buffer);
    }
}
