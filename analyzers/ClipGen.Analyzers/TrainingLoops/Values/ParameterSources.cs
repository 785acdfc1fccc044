using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Reads an expression for a set of parameters, such as <c>model.parameters().ToArray()</c>, as the networks that they come from.</summary>
internal sealed class ParameterSources(KnownTypes types, MemberValues members)
{
    private const int DepthLimit = 10;

    private static readonly HashSet<string> PassThrough =
    [
        "Where", "Select", "ToArray", "ToList", "AsEnumerable", "OfType", "Cast", "Distinct", "ToHashSet", "ToImmutableArray", "AsReadOnly", "OrderBy", "Reverse",
    ];

    private static readonly HashSet<string> Unions = ["Concat", "Union", "Append", "Prepend"];

    /// <returns><see langword="null"/> if any part of the expression is not understood.</returns>
    public ImmutableArray<Target>? Read(IOperation? expression, BodyFacts? facts) => Read(expression, facts, new Reading(), 0);

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
            case IInvocationOperation invocation:
                return ReadInvocation(invocation, facts, reading, networks, depth);
            case IConditionalAccessOperation access:
                return Read(access.WhenNotNull, facts, reading, networks, depth + 1);
            case IArrayCreationOperation { Initializer: { } initializer }:
                return ReadAll(initializer.ElementValues, facts, reading, networks, depth);
            case IObjectCreationOperation creation when creation.Type.IsOrDerivesFrom(types.Optimizer) is false && creation.Arguments.Length > 0:
                return creation.Type?.Name is "ParamGroup" or "List" && Read(creation.Arguments[0].Value, facts, reading, networks, depth + 1);
            case ILocalReferenceOperation local when facts is not null && IsSequence(local.Type):
                IReadOnlyList<IOperation> values = facts.ValuesOf(local.Local);
                return values.Count > 0 && ReadAll(values, facts, reading, networks, depth);
            case IFieldReferenceOperation or IPropertyReferenceOperation when IsSequence(expression.Type):
                return ReadMember((IMemberReferenceOperation)expression, facts, reading, networks, depth);
            default:
                if (expression?.Type.IsOrDerivesFrom(types.Tensor) == true && TargetOf(expression, facts) is { } parameter)
                {
                    networks.Add(parameter);
                    return true;
                }

                // Collection expressions have no operation of their own in the oldest supported compiler; their parts are enough.
                if (expression is not null && expression.GetType().Name.Contains("CollectionExpression"))
                    return ReadAll(expression.ChildOperations.Select(Spread), facts, reading, networks, depth);
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
        if (PassThrough.Contains(name))
            return Read(isExtension ? invocation.Arguments[0].Value : receiver, facts, reading, networks, depth + 1);
        return Unions.Contains(name) && isExtension
            && ReadAll(invocation.Arguments.Select(argument => argument.Value), facts, reading, networks, depth);
    }

    /// <summary>The values of a member are read in its own type, where <c>this</c> is the object that the member is reached through.</summary>
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

    private static IOperation Spread(IOperation element) =>
        element.GetType().Name.Contains("Spread") && element.ChildOperations.FirstOrDefault() is { } operand ? operand : element;

    private static Target? TargetOf(IOperation? operation, BodyFacts? facts) => facts is null ? Target.From(operation) : facts.TargetOf(operation);

    private static bool IsSequence(ITypeSymbol? type) =>
        type is IArrayTypeSymbol || (type is INamedTypeSymbol { IsGenericType: true } named && (named.Name.Contains("Enumerable") || named.Name.Contains("List")
            || named.Name.Contains("Collection") || named.Name.Contains("Array")));

    /// <summary>Ends a reading that goes through too many expressions: variables that are made of each other lead through the same ones again and again.</summary>
    private sealed class Reading
    {
        private int _left = AnalysisLimits.ExpressionsOfParameters;

        public bool IsWorthGoingOn() => _left-- > 0;
    }
}
