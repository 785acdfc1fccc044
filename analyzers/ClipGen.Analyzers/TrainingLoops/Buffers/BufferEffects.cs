using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>
/// Finds what assignments and calls write into buffers. The writes of a method into its parameters are found once per method.
/// </summary>
internal sealed class BufferEffects(BufferValues values, SourceBodies bodies, OverrideIndex overrides)
{
    private static readonly string[] LimitWords = ["clip", "scale", "coef", "clamp", "norm"];

    private readonly ConcurrentDictionary<(IMethodSymbol Method, int Depth), ImmutableArray<BufferEffect>> _ofMethods =
        new(MethodDepthComparer.Instance);

    /// <summary>The writes of an assignment or a call in a body.</summary>
    public IEnumerable<BufferEffect> Of(IOperation operation, BodyFacts facts) => Of(operation, facts, 0);

    private IEnumerable<BufferEffect> Of(IOperation operation, BodyFacts facts, int depth) => operation switch
    {
        IAssignmentOperation assignment => OfAssignment(assignment, facts) is { } effect ? [effect] : [],
        IInvocationOperation invocation => OfCall(invocation, facts, depth),
        _ => [],
    };

    private BufferEffect? OfAssignment(IAssignmentOperation assignment, BodyFacts facts)
    {
        IOperation target = assignment.Target;
        if (assignment is not (ISimpleAssignmentOperation or ICompoundAssignmentOperation) || !IsStorage(target))
            return null;
        IOperation value = assignment.Value.WithoutConversions();
        BufferValue storage = values.StorageOf(target, facts);
        if (BufferTypes.CollectionOf(target) is null
            && target is IMemberReferenceOperation { Member: { ContainingType.IsTupleType: false } member })
        {
            storage |= BufferValue.Of(member.OriginalDefinition);
        }

        if (storage.IsNothing)
            return null;
        if (assignment is ISimpleAssignmentOperation && IsZero(value))
            return new BufferEffect(BufferEffectKind.Zero, storage, BufferValue.Nothing, assignment.Syntax);
        BufferValue sources = values.SourcesOf(assignment.Value, facts);
        return new BufferEffect(KindOf(assignment, value, facts), storage, sources, assignment.Syntax)
        {
            ReadsTarget = assignment is ICompoundAssignmentOperation || sources.Roots.Overlaps(storage.Roots),
            IsLimited = IsLimited(value),
            IsMultiple = IsMultiple(value),
        };
    }

    private static BufferEffectKind KindOf(IAssignmentOperation assignment, IOperation value, BodyFacts facts)
    {
        switch (assignment)
        {
            case ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide } compound:
                return Scaling(value, compound.OperatorKind == BinaryOperatorKind.Divide, compound.Syntax, facts);
            case ICompoundAssignmentOperation:
                return BufferEffectKind.Add;
            case { } when value is IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide } product:
                IOperation? factor = IsSame(assignment.Target, product.LeftOperand, facts) ? product.RightOperand
                    : IsSame(assignment.Target, product.RightOperand, facts) ? product.LeftOperand
                    : null;
                bool divides = product.OperatorKind == BinaryOperatorKind.Divide;
                return factor is null ? BufferEffectKind.Set : Scaling(factor, divides, assignment.Syntax, facts);
            default:
                return BufferEffectKind.Set;
        }
    }

    private static BufferEffectKind Scaling(IOperation factor, bool divides, SyntaxNode site, BodyFacts facts) =>
        GradientScale.MayClip(factor, divides, site, facts) ? BufferEffectKind.Bound : BufferEffectKind.Scale;

    private static bool IsSame(IOperation target, IOperation operand, BodyFacts facts) =>
        facts.TargetOf(operand.WithoutConversions()) is { } read && read.Equals(facts.TargetOf(target));

    /// <summary>Whether an assignment changes shared memory, and not only a variable.</summary>
    private static bool IsStorage(IOperation target) => target switch
    {
        ILocalReferenceOperation local => local.Local.RefKind != RefKind.None,
        IParameterReferenceOperation parameter => parameter.Parameter.RefKind is RefKind.Ref or RefKind.Out,
        IMemberReferenceOperation or IArrayElementReferenceOperation or IInvocationOperation => true,
        _ => false,
    };

    private IEnumerable<BufferEffect> OfCall(IInvocationOperation invocation, BodyFacts facts, int depth)
    {
        IMethodSymbol method = invocation.TargetMethod.OriginalDefinition;
        if (method.DeclaringSyntaxReferences.IsEmpty)
            return OfLibraryCall(invocation, facts);
        if (depth >= AnalysisLimits.BufferCallDepth || !invocation.Arguments.Any(argument => CanHoldBuffers(argument.Value)))
            return [];
        BodyFacts caller = facts;
        return overrides.CandidatesOf(method).SelectMany(candidate => OfMethod(candidate, depth + 1).Select(effect => effect.Substitute(
            parameter => Given(parameter, candidate, derived: false),
            parameter => Given(parameter, candidate, derived: true)) with
        { Site = invocation.Syntax }));

        BufferValue? Given(IParameterSymbol parameter, IMethodSymbol candidate, bool derived)
        {
            if (!SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, candidate))
                return null;
            IOperation? given = invocation.Arguments.ValueFor(parameter);
            return derived && !CanHoldBuffers(given) ? values.SourcesOf(given, caller) : values.StorageOf(given, caller);
        }
    }

    /// <summary>The writes of a method into its parameters, and into members through them.</summary>
    private ImmutableArray<BufferEffect> OfMethod(IMethodSymbol method, int depth)
    {
        if (_ofMethods.TryGetValue((method, depth), out ImmutableArray<BufferEffect> known))
            return known;
        IEnumerable<BufferEffect> effects = method.DeclaringSyntaxReferences
            .Where(reference => reference.Span.Length <= AnalysisLimits.BodyLength)
            .Select(reference => (Node: reference.GetSyntax(), Facts: bodies.FactsOf(reference.GetSyntax())))
            .Where(body => body.Facts is not null)
            .SelectMany(body => body.Facts!.Root.DescendantsAndSelf()
                .Where(part => body.Node.Span.Contains(part.Syntax.Span))
                .SelectMany(part => Of(part, body.Facts, depth)))
            .Where(effect => effect.Target.AllRoots.Concat(effect.Sources.AllRoots).Any(root =>
                root.IsOpen && SymbolEqualityComparer.Default.Equals(root.Symbol.ContainingSymbol, method)))
            .Take(AnalysisLimits.EffectsOfMethod);
        return _ofMethods.GetOrAdd((method, depth), effects.ToImmutableArray());
    }

    /// <summary>Framework methods that write into a buffer: those that clear, fill or copy, and those with a destination.</summary>
    private IEnumerable<BufferEffect> OfLibraryCall(IInvocationOperation invocation, BodyFacts facts)
    {
        string name = invocation.TargetMethod.Name;
        ImmutableArray<IArgumentOperation> arguments = invocation.Arguments;
        IOperation? first = invocation.Instance ?? arguments.FirstOrDefault()?.Value;
        IOperation? destination = arguments.FirstOrDefault(IsDestination)?.Value;
        switch (name)
        {
            case "Clear" or "Fill" when first is not null:
                bool clears = name == "Clear" || IsZero(arguments[arguments.Length - 1].Value.WithoutConversions());
                BufferEffectKind filling = clears ? BufferEffectKind.Zero : BufferEffectKind.Set;
                if (values.StorageOf(first, facts) is { IsNothing: false } filled)
                    yield return new BufferEffect(filling, filled, BufferValue.Nothing, invocation.Syntax);
                break;
            case not null when destination is not null:
                BufferValue target = values.StorageOf(destination, facts);
                if (target.IsNothing)
                    break;
                IOperation[] read =
                [
                    .. arguments.Select(argument => argument.Value).Where(value => value != destination),
                    .. invocation.Instance is { } receiver ? [receiver] : Array.Empty<IOperation>(),
                ];
                BufferValue sources = read.Aggregate(BufferValue.Nothing, (all, source) => all | values.SourcesOf(source, facts));
                IOperation? factor = name is "Multiply" or "Divide" && sources.Roots.SetEquals(target.Roots)
                    ? read.FirstOrDefault(source => BufferTypes.IsNumber(source.Type))
                    : null;
                BufferEffectKind kind = factor is null ? BufferEffectKind.Set : Scaling(factor, name == "Divide", invocation.Syntax, facts);
                yield return new BufferEffect(kind, target, sources, invocation.Syntax)
                {
                    ReadsTarget = sources.Roots.Overlaps(target.Roots),
                    IsLimited = name is "Clamp" or "Min" or "Max" || read.Any(IsLimited),
                };
                break;
        }
    }

    private static bool IsDestination(IArgumentOperation argument) =>
        argument.Parameter?.Name is "destination" or "destinationArray" or "dst";

    private static bool CanHoldBuffers(IOperation? argument) =>
        argument?.WithoutConversions().Type is
        {
            SpecialType: SpecialType.None or SpecialType.System_Array,
            TypeKind: not (TypeKind.Enum or TypeKind.Delegate)
        }
        || argument is { Parent: IArgumentOperation { Parameter.RefKind: RefKind.Ref } };

    private static bool IsZero(IOperation value) =>
        value is IDefaultValueOperation or IArrayCreationOperation { Initializer: null }
        || (value.ConstantValue is { HasValue: true, Value: IConvertible number and not (string or char or bool) }
            && Convert.ToDouble(number, null) == 0);

    /// <summary>Whether a value is a product of one element of a buffer and numbers.</summary>
    private static bool IsMultiple(IOperation value) =>
        value is IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply }
        && value.DescendantsAndSelf().All(part => part is not IBinaryOperation { OperatorKind: not BinaryOperatorKind.Multiply })
        && value.DescendantsAndSelf().Count(IsElement) == 1;

    private static bool IsElement(IOperation part) =>
        BufferTypes.CollectionOf(part) is not null && part.Parent is not IArrayElementReferenceOperation;

    private static bool IsLimited(IOperation value) => value.DescendantsAndSelf().Any(part => part switch
    {
        // The gradient of a norm layer is no factor.
        _ when BufferTypes.IsBuffer(part.Type) => false,
        ILocalReferenceOperation local => IsLimitName(local.Local.Name),
        IParameterReferenceOperation parameter => IsLimitName(parameter.Parameter.Name),
        IMemberReferenceOperation member => IsLimitName(member.Member.Name),
        IInvocationOperation { TargetMethod.Name: var name } => name is "Clamp" or "Min" or "Max" || IsLimitName(name),
        _ => false,
    });

    private static bool IsLimitName(string name) => TrainingVocabulary.ContainsAny(name, LimitWords);

    private sealed class MethodDepthComparer : IEqualityComparer<(IMethodSymbol Method, int Depth)>
    {
        public static readonly MethodDepthComparer Instance = new();

        public bool Equals((IMethodSymbol Method, int Depth) x, (IMethodSymbol Method, int Depth) y) =>
            x.Depth == y.Depth && SymbolEqualityComparer.Default.Equals(x.Method, y.Method);

        public int GetHashCode((IMethodSymbol Method, int Depth) key) =>
            unchecked((SymbolEqualityComparer.Default.GetHashCode(key.Method) * 31) + key.Depth);
    }
}
