using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Finds the networks of a set of parameters, such as <c>model.parameters().ToArray()</c>.</summary>
internal sealed class ParameterOwners(KnownTypes types, MemberValues members)
{
    private const int DepthLimit = 10;

    private static readonly HashSet<string> PassThrough =
    [
        "Where", "Select", "ToArray", "ToList", "AsEnumerable", "OfType", "Cast", "Distinct", "ToHashSet", "ToImmutableArray", "AsReadOnly",
        "OrderBy", "Reverse",
    ];

    /// <summary>The calls that return a part of a sequence, or one item.</summary>
    private static readonly HashSet<string> Parts =
    [
        "Take", "TakeLast", "TakeWhile", "Skip", "SkipLast", "SkipWhile", "GetRange", "First", "FirstOrDefault", "Last", "LastOrDefault",
        "Single", "ElementAt", "Slice",
    ];

    private static readonly HashSet<string> Unions = ["Concat", "Union", "Append", "Prepend"];

    /// <returns><see langword="null"/> if a part of the expression is not understood.</returns>
    public ImmutableArray<Target>? Read(IOperation? expression, BodyFacts? facts) => Read(expression, facts, new Reading(), 0);

    /// <summary>Whether an expression for parameters leaves some of a network's out: <c>model.parameters().Take(2)</c>.</summary>
    public static bool IsPart(IOperation? expression, BodyFacts facts)
    {
        for (int depth = 0; depth <= DepthLimit; depth++)
        {
            switch (expression)
            {
                case IConversionOperation conversion:
                    expression = conversion.Operand;
                    break;
                case IInvocationOperation invocation when Parts.Contains(invocation.TargetMethod.Name):
                    return true;
                case IInvocationOperation invocation when PassThrough.Contains(invocation.TargetMethod.Name):
                    expression = invocation.Instance ?? invocation.Arguments.FirstOrDefault()?.Value;
                    break;
                case IArrayElementReferenceOperation element:
                    return element.Indices.Any(index => index is IRangeOperation) || IsSequence(element.ArrayReference.Type);
                case IArrayCreationOperation { Initializer.ElementValues: { IsEmpty: false } items } when items.All(IsItem):
                    return true;
                case ILocalReferenceOperation local
                    when facts.ValuesOf(local.Local) is { Count: 1 } values && !facts.CallsOn(local.Local).Any(IsAddition):
                    expression = values[0];
                    break;
                default:
                    return false;
            }
        }

        return false;

        bool IsItem(IOperation item) => ItemOf(item, facts) is not null;
    }

    /// <summary>The call that takes an item out of a sequence of parameters, if the expression stands for one.</summary>
    private static IOperation? ItemOf(IOperation item, BodyFacts facts)
    {
        item = item.WithoutConversions();
        if (item is ILocalReferenceOperation local && facts.ValuesOf(local.Local) is { Count: 1 } values)
            item = values[0].WithoutConversions();
        return item is IInvocationOperation invocation && Parts.Contains(invocation.TargetMethod.Name) ? item : null;
    }

    private ImmutableArray<Target>? Read(IOperation? expression, BodyFacts? facts, Reading reading, int depth)
    {
        var networks = ImmutableArray.CreateBuilder<Target>();
        return Read(expression, facts, reading, networks, depth) && networks.Count > 0 ? networks.ToImmutable() : null;
    }

    private bool Read(IOperation? expression, BodyFacts? facts, Reading reading, ImmutableArray<Target>.Builder networks, int depth)
    {
        if (depth > DepthLimit || !reading.IsWorthGoingOn())
            return false;
        switch (expression)
        {
            case IConversionOperation conversion:
                return Read(conversion.Operand, facts, reading, networks, depth + 1);
            case ITranslatedQueryOperation query:
                return Read(query.Operation, facts, reading, networks, depth + 1);
            case IInvocationOperation invocation:
                return ReadInvocation(invocation, facts, reading, networks, depth);
            case IConditionalAccessOperation access:
                return Read(access.WhenNotNull, facts, reading, networks, depth + 1);
            case IArrayCreationOperation { Initializer: { } initializer }:
                return ReadAll(initializer.ElementValues, facts, reading, networks, depth);
            case IObjectCreationOperation { Type.Name: "ParamGroup" or "List" or "Parameter" } creation:
                return ReadAll(PartsOf(creation), facts, reading, networks, depth);
            case ILocalReferenceOperation local when facts is not null && IsSequence(local.Type):
                return ReadLocal(local.Local, facts, reading, networks, depth);
            case IArrayElementReferenceOperation element:
                return Read(element.ArrayReference, facts, reading, networks, depth + 1);
            case IFieldReferenceOperation or IPropertyReferenceOperation when IsSequence(expression.Type):
                return ReadMember((IMemberReferenceOperation)expression, facts, reading, networks, depth);
            case ILocalReferenceOperation when facts is not null && ItemOf(expression, facts) is { } item:
                return Read(item, facts, reading, networks, depth + 1);
            default:
                if (expression?.Type.IsOrDerivesFrom(types.Tensor) == true && TargetOf(expression, facts) is { } parameter)
                {
                    networks.Add(parameter);
                    return true;
                }

                if (expression?.IsCollectionExpression() == true)
                {
                    return ReadAll(expression.ChildOperations.Select(element => element.SpreadOperand() ?? element), facts, reading,
                        networks, depth);
                }
                return false;
        }
    }

    private bool ReadInvocation(
        IInvocationOperation invocation, BodyFacts? facts, Reading reading, ImmutableArray<Target>.Builder networks, int depth)
    {
        string name = invocation.TargetMethod.Name;
        IOperation? receiver = invocation.Instance;
        if (name is "parameters" or "named_parameters" && receiver is not null)
        {
            bool hasParameters = receiver.Type.IsOrDerivesFrom(types.Optimizer) || receiver.Type.IsOrDerivesFrom(types.Module)
                || receiver is IConditionalAccessInstanceOperation;
            if (!hasParameters || TargetOf(receiver, facts) is not { } network)
                return false;
            networks.Add(network);
            return true;
        }

        bool isExtension = invocation.TargetMethod.IsExtensionMethod && invocation.Arguments.Length > 0;
        if (name == "SelectMany" && isExtension && invocation.Arguments.Length == 2 && IsParametersOfItem(invocation.Arguments[1].Value))
            return ReadNetworks(invocation.Arguments[0].Value, facts, reading, networks, depth + 1);
        if (name == "Parameter" && types.IsTorchSharp(invocation.TargetMethod.ContainingType) && invocation.Arguments.Length > 0)
            return Read(invocation.Arguments[0].Value, facts, reading, networks, depth + 1);
        if (PassThrough.Contains(name) || Parts.Contains(name))
            return Read(isExtension ? invocation.Arguments[0].Value : receiver, facts, reading, networks, depth + 1);
        return Unions.Contains(name) && isExtension
            && ReadAll(invocation.Arguments.Select(argument => argument.Value), facts, reading, networks, depth);
    }

    /// <summary>The initial items of a list, and those that are added to it.</summary>
    private bool ReadLocal(ILocalSymbol local, BodyFacts facts, Reading reading, ImmutableArray<Target>.Builder networks, int depth)
    {
        IReadOnlyList<IOperation> values = facts.ValuesOf(local);
        return values.Count > 0
            && ReadAll(values.Where(value => !IsEmptyList(value.WithoutConversions())), facts, reading, networks, depth)
            && ReadAll(facts.CallsOn(local).Where(IsAddition).Select(call => call.Arguments.Last().Value), facts, reading, networks, depth);
    }

    private static bool IsEmptyList(IOperation value) =>
        value is IObjectCreationOperation { Arguments.IsEmpty: true, Initializer: null }
        || (value.IsCollectionExpression() && !value.ChildOperations.Any());

    private static bool IsAddition(IInvocationOperation call) =>
        call is { TargetMethod.Name: "Add" or "AddRange" or "Insert" or "InsertRange", Arguments.Length: > 0 };

    /// <summary>The parameters of a group or list: an argument, or the values that its initializer sets or adds.</summary>
    private static IEnumerable<IOperation> PartsOf(IObjectCreationOperation creation)
    {
        if (creation.Arguments.Length > 0 && creation.Arguments[0].ArgumentKind != ArgumentKind.DefaultValue)
            yield return creation.Arguments[0].Value;
        foreach (IOperation part in creation.Initializer?.Initializers ?? ImmutableArray<IOperation>.Empty)
        {
            if (part is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Parameters" } } parameters)
                yield return parameters.Value;
            else if (part is IInvocationOperation { TargetMethod.Name: "Add", Arguments.Length: 1 } addition)
                yield return addition.Arguments[0].Value;
        }
    }

    /// <summary>Whether a lambda is <c>network =&gt; network.parameters()</c>.</summary>
    private static bool IsParametersOfItem(IOperation function) =>
        function.DescendantsAndSelf().OfType<IReturnOperation>().LastOrDefault()?.ReturnedValue?.WithoutConversions() is
            IInvocationOperation { TargetMethod.Name: "parameters", Instance: IParameterReferenceOperation };

    private bool ReadNetworks(IOperation collection, BodyFacts? facts, Reading reading, ImmutableArray<Target>.Builder networks, int depth)
    {
        if (depth > DepthLimit || !reading.IsWorthGoingOn())
            return false;
        switch (collection)
        {
            case IConversionOperation conversion:
                return ReadNetworks(conversion.Operand, facts, reading, networks, depth + 1);
            case IArrayCreationOperation { Initializer: { } initializer }:
                foreach (IOperation item in initializer.ElementValues)
                {
                    if (!item.WithoutConversions().Type.IsOrDerivesFrom(types.Module) || TargetOf(item, facts) is not { } network)
                        return false;
                    networks.Add(network);
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// The values of a member are read in its own type, where <c>this</c> is the object that the member is accessed through.
    /// </summary>
    private bool ReadMember(
        IMemberReferenceOperation member, BodyFacts? facts, Reading reading, ImmutableArray<Target>.Builder networks, int depth)
    {
        if (member.Member.IsStatic || TargetOf(member.Instance, facts) is not { } owner)
            return false;
        IReadOnlyList<MemberValues.Value> values = members.Of(member.Member);
        if (values.Count == 0)
            return false;
        foreach (MemberValues.Value value in values)
        {
            if (Read(value.Operation, value.Facts, reading, depth + 1) is not { } inner)
                return false;
            foreach (Target network in inner)
            {
                if (network.Substitute(ArgumentMap.Empty, owner) is not { } seen || network.Root is ILocalSymbol or IParameterSymbol)
                    return false;
                networks.Add(seen);
            }
        }

        return true;
    }

    private bool ReadAll(
        IEnumerable<IOperation> expressions, BodyFacts? facts, Reading reading, ImmutableArray<Target>.Builder networks, int depth)
    {
        foreach (IOperation expression in expressions)
        {
            if (!Read(expression, facts, reading, networks, depth + 1))
                return false;
        }

        return true;
    }

    private static Target? TargetOf(IOperation? operation, BodyFacts? facts) =>
        facts is null ? Target.From(operation) : facts.TargetOf(operation);

    private static bool IsSequence(ITypeSymbol? type) =>
        type is IArrayTypeSymbol
            || (type is INamedTypeSymbol { IsGenericType: true } named && (named.Name.Contains("Enumerable") || named.Name.Contains("List")
            || named.Name.Contains("Collection") || named.Name.Contains("Array")));

    /// <summary>
    /// Ends a query that reads too many expressions. Variables that are computed from each other lead to the same expressions again.
    /// </summary>
    private sealed class Reading
    {
        private int _left = AnalysisLimits.ExpressionsOfParameters;

        public bool IsWorthGoingOn() => _left-- > 0;
    }
}
