using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Buffers;

/// <summary>
/// Finds the members and parameters that an expression over arrays, spans, lists and pairs stands for, through variables, properties,
/// returned values and constructor arguments.
/// </summary>
internal sealed class BufferValues(KnownTypes types, MemberContents contents, CallSites sites, OverrideIndex overrides, WorkCount work)
{
    private readonly ConditionalWeakTable<BodyFacts, BodyWrites> _writes = new();

    /// <summary>The storage that the expression refers to. A computed value has none.</summary>
    public BufferValue StorageOf(IOperation? expression, BodyFacts facts) => new Reading(this, isDerived: false).Of(expression, facts, 0);

    /// <summary>Everything that the expression is computed from.</summary>
    public BufferValue SourcesOf(IOperation? expression, BodyFacts facts) =>
        new Reading(this, isDerived: true).Of(expression, facts, 0).Flattened();

    /// <summary>The values of a field.</summary>
    public BufferValue ContentsOf(IFieldSymbol field) => new Reading(this, isDerived: false).OfContents(field, 0);

    /// <summary>The arguments of callers for a parameter of a constructor.</summary>
    public BufferValue ArgumentsFor(IParameterSymbol parameter) => new Reading(this, isDerived: false).OfArguments(parameter, 0);

    private BodyWrites WritesIn(BodyFacts facts) => _writes.GetValue(facts, body => new BodyWrites(body));

    /// <summary>
    /// One query. It ends after a number of expressions, because variables that are computed from each other lead to the same expressions
    /// again.
    /// </summary>
    private sealed class Reading(BufferValues values, bool isDerived)
    {
        private readonly HashSet<ISymbol> _active = new(SymbolEqualityComparer.Default);
        private int _left = AnalysisLimits.ExpressionsOfBuffer;

        public BufferValue Of(IOperation? expression, BodyFacts facts, int depth)
        {
            if (expression is null || depth > AnalysisLimits.BufferDepth || --_left < 0)
                return BufferValue.Nothing;
            values.WorkDone();
            switch (expression)
            {
                case ILocalReferenceOperation { Local: var local }:
                    return OnceFor(local, () => OfLocal(local, facts, depth + 1)) | OwnStorage(local, local.Type);
                case IParameterReferenceOperation { Parameter: var parameter }:
                    return OnceFor(parameter, () => OfParameter(parameter, facts, depth + 1));
                case IPropertyReferenceOperation { Property.IsIndexer: true } indexer:
                    return Of(indexer.Instance, facts, depth + 1);
                case IMemberReferenceOperation member when member is IFieldReferenceOperation or IPropertyReferenceOperation:
                    return OfMember(member, facts, depth + 1);
                case IArrayElementReferenceOperation element:
                    return Of(element.ArrayReference, facts, depth + 1);
                case ITupleOperation tuple:
                    return BufferValue.Of(tuple.Elements.Select((part, i) =>
                        new KeyValuePair<string, BufferValue>(BufferTypes.TupleItem(i + 1), Of(part, facts, depth + 1))));
                case IObjectCreationOperation creation:
                    return OfCreation(creation, facts, depth + 1);
                case IInvocationOperation invocation:
                    return OfInvocation(invocation, facts, depth + 1);
                case IConditionalAccessInstanceOperation placeholder:
                    return Of(placeholder.ConditionalReceiver(), facts, depth + 1);
                case IConditionalAccessOperation access:
                    return Of(access.WhenNotNull, facts, depth + 1);
                case IArrayCreationOperation { Initializer: { } initializer, Type: IArrayTypeSymbol array }
                    when isDerived || !BufferTypes.IsNumber(array.ElementType):
                    return Union(initializer.ElementValues, facts, depth);
                case ISimpleAssignmentOperation assignment:
                    return Of(assignment.Value, facts, depth + 1);
                case IConversionOperation or IParenthesizedOperation or IAwaitOperation or IConditionalOperation or ICoalesceOperation
                    or ISwitchExpressionOperation or ISwitchExpressionArmOperation or IAddressOfOperation or IArgumentOperation:
                    return Union(expression.ChildOperations, facts, depth);
                case IAnonymousFunctionOperation or IInstanceReferenceOperation or ILiteralOperation or IArrayCreationOperation:
                    return BufferValue.Nothing;
                default:
                    // The oldest supported compiler has no operation for collection expressions. Their parts are enough.
                    return isDerived || !BufferTypes.IsNumber(expression.Type)
                        ? Union(expression.ChildOperations, facts, depth)
                        : BufferValue.Nothing;
            }
        }

        private BufferValue Union(IEnumerable<IOperation> expressions, BodyFacts facts, int depth) =>
            expressions.Aggregate(BufferValue.Nothing, (all, expression) => all | Of(expression, facts, depth + 1));

        /// <summary>A variable or member that is requested while it is being read is computed from itself, and adds nothing.</summary>
        private BufferValue OnceFor(ISymbol symbol, Func<BufferValue> read)
        {
            if (!_active.Add(symbol))
                return BufferValue.Nothing;
            BufferValue value = read();
            _active.Remove(symbol);
            return value;
        }

        private static BufferValue OwnStorage(ISymbol symbol, ITypeSymbol type) =>
            BufferTypes.IsBuffer(type) ? BufferValue.Of(symbol) : BufferValue.Nothing;

        private BufferValue OfLocal(ILocalSymbol local, BodyFacts facts, int depth)
        {
            // A number in a variable is a copy, unless the variable is a reference.
            if (!isDerived && BufferTypes.IsNumber(local.Type) && local.RefKind == RefKind.None)
                return BufferValue.Nothing;
            BodyWrites writes = values.WritesIn(facts);
            BufferValue value = Union(facts.ValuesOf(local), facts, depth);
            foreach (BodyWrites.Part part in writes.PartsOf(local))
                value |= Follow(Of(part.Source, facts, depth + 1), part.Path);
            return isDerived ? value | Union(writes.WritesTo(local), facts, depth) : value;
        }

        private static BufferValue Follow(BufferValue value, string path) =>
            path.Length == 0 ? value : path.Split('.').Aggregate(value, (pair, part) => pair.Part(part));

        private BufferValue OfParameter(IParameterSymbol parameter, BodyFacts facts, int depth)
        {
            switch (parameter.ContainingSymbol)
            {
                case IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } lambda:
                    // A function over the items of a sequence: pairs.ForEach(p => …).
                    SyntaxNode? syntax = lambda.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
                    return parameter.Ordinal == 0 && syntax is not null && values.WritesIn(facts).TakerOf(syntax) is { } taker
                        ? Of(taker.Instance ?? taker.Arguments[0].Value, facts, depth)
                        : BufferValue.Nothing;
                case IMethodSymbol { MethodKind: MethodKind.Constructor }:
                    return OfArguments(parameter, depth) | BufferValue.Of(parameter.OriginalDefinition);
                default:
                    return BufferTypes.IsNumber(parameter.Type) && parameter.RefKind == RefKind.None
                        ? BufferValue.Nothing
                        : BufferValue.Of(parameter.OriginalDefinition);
            }
        }

        /// <summary>The arguments of all callers for a parameter.</summary>
        public BufferValue OfArguments(IParameterSymbol parameter, int depth) =>
            values.SitesOf(parameter)
                .Aggregate(BufferValue.Nothing, (all, argument) => all | Of(argument.Value, argument.Facts, depth + 1));

        private BufferValue OfMember(IMemberReferenceOperation reference, BodyFacts facts, int depth)
        {
            ISymbol member = reference.Member.OriginalDefinition;
            if (values.IsGradient(member))
                return BufferValue.Of(member);
            ITypeSymbol? owner = reference.Member.ContainingType;
            if (owner is { IsTupleType: true })
            {
                string item = (reference.Member as IFieldSymbol)?.CorrespondingTupleField?.Name ?? member.Name;
                return Of(reference.Instance, facts, depth).Part(item);
            }

            BufferValue instance = reference.Instance is { } known and not IInstanceReferenceOperation
                ? Of(known, facts, depth)
                : BufferValue.Nothing;
            // Memory<T>.Span, KeyValuePair.Value
            if (member.DeclaringSyntaxReferences.IsEmpty)
                return instance.HasPart(member.Name) ? instance.Part(member.Name) : instance;
            return instance.Part(member.Name) | OwnStorage(member, BufferTypes.TypeOf(member)!)
                | OnceFor(member, () => OfContents(member, depth));
        }

        public BufferValue OfContents(ISymbol member, int depth)
        {
            BufferValue all = BufferValue.Nothing;
            foreach (ValueInBody content in values.ContentsOf(member))
                all |= Of(content.Value, content.Facts, depth + 1).Substitute(parameter => OfStored(parameter, depth));
            return all;
        }

        /// <summary>Any caller can provide the value that is stored in a member.</summary>
        private BufferValue? OfStored(IParameterSymbol parameter, int depth) =>
            parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Ordinary }
                ? OnceFor(parameter, () => OfArguments(parameter, depth + 1))
                : null;

        private BufferValue OfCreation(IObjectCreationOperation creation, BodyFacts facts, int depth)
        {
            BufferValue items = (creation.Initializer?.Initializers ?? ImmutableArray<IOperation>.Empty)
                .Aggregate(BufferValue.Nothing, (all, item) => all | OfItem(item, facts, depth));
            if (creation.Type is null or { DeclaringSyntaxReferences.IsEmpty: true })
                return items | Union(creation.Arguments, facts, depth);
            IEnumerable<KeyValuePair<string, BufferValue>> parts = creation.Arguments
                .Where(argument => argument.Parameter is not null)
                .Select(argument => new KeyValuePair<string, BufferValue>(argument.Parameter!.Name, Of(argument.Value, facts, depth)));
            IEnumerable<KeyValuePair<string, BufferValue>> set = (creation.Initializer?.Initializers ?? ImmutableArray<IOperation>.Empty)
                .OfType<ISimpleAssignmentOperation>()
                .Where(assignment =>
                    assignment.Target is IFieldReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: false })
                .Select(assignment => new KeyValuePair<string, BufferValue>(
                    ((IMemberReferenceOperation)assignment.Target).Member.Name, Of(assignment.Value, facts, depth)));
            return items | BufferValue.Of(parts.Concat(set).Where(part => !part.Value.IsNothing));
        }

        /// <summary>The values that a collection is created with: items, or pairs of key and value.</summary>
        private BufferValue OfItem(IOperation item, BodyFacts facts, int depth)
        {
            return item switch
            {
                IInvocationOperation { Arguments: { Length: 1 } added } => Of(added[0].Value, facts, depth),
                IInvocationOperation { Arguments: { Length: 2 } added } => Entry(added[0].Value, added[1].Value),
                ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Arguments: { Length: 1 } key }, Value: var value } =>
                    Entry(key[0].Value, value),
                _ => BufferValue.Nothing,
            };

            BufferValue Entry(IOperation key, IOperation value) =>
                BufferValue.Of([new("key", Of(key, facts, depth)), new("value", Of(value, facts, depth))]);
        }

        private BufferValue OfInvocation(IInvocationOperation invocation, BodyFacts facts, int depth)
        {
            IMethodSymbol method = invocation.TargetMethod.OriginalDefinition;
            IOperation? receiver = invocation.Instance ?? (invocation.Arguments.Length > 0 ? invocation.Arguments[0].Value : null);
            if (method.DeclaringSyntaxReferences.IsEmpty)
                return OfLibraryCall(invocation, receiver, facts, depth);
            if (BufferTypes.IsNumber(invocation.Type) && !invocation.TargetMethod.ReturnsByRef)
                return isDerived ? Union(invocation.Arguments, facts, depth) : BufferValue.Nothing;
            BufferValue all = isDerived ? Union(invocation.Arguments, facts, depth) : BufferValue.Nothing;
            foreach (IMethodSymbol candidate in values.CandidatesOf(method))
            {
                BufferValue returned = OnceFor(candidate, () => OfContents(candidate, depth));
                all |= returned.Substitute(parameter => SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, candidate)
                    ? ArgumentFor(invocation, parameter, facts, depth)
                    : null);
            }

            return all;
        }

        private BufferValue ArgumentFor(IInvocationOperation invocation, IParameterSymbol parameter, BodyFacts facts, int depth) =>
            invocation.Arguments.ValueFor(parameter) is { } given
                ? Of(given, facts, depth + 1)
                : BufferValue.Nothing;

        private BufferValue OfLibraryCall(IInvocationOperation invocation, IOperation? receiver, BodyFacts facts, int depth)
        {
            switch (invocation.TargetMethod.Name)
            {
                case "Select" or "SelectMany" when invocation.Arguments.LastOrDefault()?.Value is { } selector:
                    return OfFunction(selector, facts, depth);
                case "Zip" when invocation.Arguments.Length == 2:
                    return BufferValue.Of(
                    [
                        new("Item1", Of(invocation.Arguments[0].Value, facts, depth)),
                        new("Item2", Of(invocation.Arguments[1].Value, facts, depth)),
                    ]);
                case "Concat" or "Union" or "Append" or "Prepend":
                    return Union(invocation.Arguments, facts, depth);
                case "ToArray" or "Clone" or "ToList" or "Copy"
                    when !isDerived && receiver is not null && BufferTypes.IsNumber(BufferTypes.ItemOf(receiver)):
                    return BufferValue.Nothing;
                default:
                    if (isDerived)
                        return Of(receiver, facts, depth) | Union(invocation.Arguments, facts, depth);
                    return BufferTypes.IsNumber(invocation.Type) && !invocation.TargetMethod.ReturnsByRef
                        ? BufferValue.Nothing
                        : Of(receiver, facts, depth);
            }
        }

        /// <summary>The values that a lambda returns, by its expression or its statements.</summary>
        private BufferValue OfFunction(IOperation function, BodyFacts facts, int depth)
        {
            IOperation? lambda = function.DescendantsAndSelf().FirstOrDefault(part => part is IAnonymousFunctionOperation);
            return lambda is null ? BufferValue.Nothing : Union(MemberContents.ReturnedIn(lambda), facts, depth);
        }
    }

    private void WorkDone() => work.Add(1);

    private bool IsGradient(ISymbol member) => types.IsDeclaredGradient(member);

    private IEnumerable<ValueInBody> SitesOf(IParameterSymbol parameter) => sites.ArgumentsFor(parameter);

    private IEnumerable<ValueInBody> ContentsOf(ISymbol member) => contents.Of(member);

    private IEnumerable<IMethodSymbol> CandidatesOf(IMethodSymbol method) => overrides.CandidatesOf(method);
}
