using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Reads an expression for a set of parameters, such as <c>model.parameters().ToArray()</c>, as the networks that they come from.</summary>
internal sealed class ParameterSources(KnownTypes symbols, MemberValues members)
{
    private static readonly HashSet<string> PassThrough =
    [
        "Where", "Select", "ToArray", "ToList", "AsEnumerable", "OfType", "Cast", "Distinct", "ToHashSet", "ToImmutableArray", "AsReadOnly", "OrderBy", "Reverse",
    ];

    private static readonly HashSet<string> Unions = ["Concat", "Union", "Append", "Prepend"];

    /// <returns><see langword="null"/> when any part of the expression is not understood.</returns>
    public ImmutableArray<Target>? Read(IOperation? expression, BodyFacts? facts, int depth = 0)
    {
        var networks = ImmutableArray.CreateBuilder<Target>();
        return Read(expression, facts, networks, depth) && networks.Count > 0 ? networks.ToImmutable() : null;
    }

    private bool Read(IOperation? expression, BodyFacts? facts, ImmutableArray<Target>.Builder networks, int depth)
    {
        if (depth > 10)
            return false;
        switch (expression)
        {
            case IConversionOperation conversion:
                return Read(conversion.Operand, facts, networks, depth + 1);
            case IInvocationOperation invocation:
                return ReadInvocation(invocation, facts, networks, depth);
            case IConditionalAccessOperation access:
                return Read(access.WhenNotNull, facts, networks, depth + 1);
            case IArrayCreationOperation { Initializer: { } initializer }:
                return ReadAll(initializer.ElementValues, facts, networks, depth);
            case IObjectCreationOperation creation when KnownTypes.IsOrDerives(creation.Type, symbols.Optimizer) is false && creation.Arguments.Length > 0:
                return creation.Type?.Name is "ParamGroup" or "List" && Read(creation.Arguments[0].Value, facts, networks, depth + 1);
            case ILocalReferenceOperation local when facts is not null && IsSequence(local.Type):
                IReadOnlyList<IOperation> values = facts.ValuesOf(local.Local);
                return values.Count > 0 && ReadAll(values, facts, networks, depth);
            case IFieldReferenceOperation or IPropertyReferenceOperation when IsSequence(expression.Type):
                // The values of a member are read in its own type, where "this" is what the member is reached through.
                var member = (IMemberReferenceOperation)expression;
                return ReadMember(member, facts, networks, depth);
            default:
                if (IsParameter(expression?.Type) && Target(expression, facts) is { } parameter)
                {
                    networks.Add(parameter);
                    return true;
                }

                // Collection expressions have no operation of their own in the oldest supported compiler: their parts are enough.
                if (expression is not null && expression.GetType().Name.Contains("CollectionExpression"))
                    return ReadAll(expression.ChildOperations.Select(Spread), facts, networks, depth);
                return false;
        }
    }

    private bool ReadInvocation(IInvocationOperation invocation, BodyFacts? facts, ImmutableArray<Target>.Builder networks, int depth)
    {
        string name = invocation.TargetMethod.Name;
        IOperation? receiver = invocation.Instance;
        if (name is "parameters" or "named_parameters" && receiver is not null)
        {
            if (KnownTypes.IsOrDerives(receiver.Type, symbols.Optimizer) || KnownTypes.IsOrDerives(receiver.Type, symbols.Module)
                || receiver is IConditionalAccessInstanceOperation)
            {
                if (Target(receiver, facts) is not { } network)
                    return false;
                networks.Add(network);
                return true;
            }

            return false;
        }

        bool isExtension = invocation.TargetMethod.IsExtensionMethod && invocation.Arguments.Length > 0;
        IOperation? source = isExtension ? invocation.Arguments[0].Value : receiver;
        if (PassThrough.Contains(name))
            return Read(source, facts, networks, depth + 1);
        return Unions.Contains(name) && isExtension && ReadAll(invocation.Arguments.Select(argument => argument.Value), facts, networks, depth);
    }

    private bool ReadMember(IMemberReferenceOperation member, BodyFacts? facts, ImmutableArray<Target>.Builder networks, int depth)
    {
        if (member.Member.IsStatic || Target(member.Instance, facts) is not { } owner)
            return false;
        IReadOnlyList<MemberValues.Value> values = members.Of(member.Member);
        if (values.Count == 0)
            return false;
        foreach (MemberValues.Value value in values)
        {
            if (Read(value.Operation, value.Facts, depth + 1) is not { } inner)
                return false;
            foreach (Target network in inner)
            {
                if (network.Substitute(TrainingEvent.NoArguments, owner) is not { } seen || network.Root is ILocalSymbol or IParameterSymbol)
                    return false;
                networks.Add(seen);
            }
        }

        return true;
    }

    private bool ReadAll(IEnumerable<IOperation> expressions, BodyFacts? facts, ImmutableArray<Target>.Builder networks, int depth)
    {
        foreach (IOperation expression in expressions)
        {
            if (!Read(expression, facts, networks, depth + 1))
                return false;
        }

        return true;
    }

    private static IOperation Spread(IOperation element) =>
        element.GetType().Name.Contains("Spread") && element.ChildOperations.FirstOrDefault() is { } operand ? operand : element;

    private static Target? Target(IOperation? operation, BodyFacts? facts) =>
        facts is null ? Values.Target.From(operation) : facts.TargetOf(operation);

    private bool IsParameter(ITypeSymbol? type) => KnownTypes.IsOrDerives(type, symbols.Tensor);

    private static bool IsSequence(ITypeSymbol? type) =>
        type is IArrayTypeSymbol || (type is INamedTypeSymbol { IsGenericType: true } named && (named.Name.Contains("Enumerable") || named.Name.Contains("List")
            || named.Name.Contains("Collection") || named.Name.Contains("Array")));
}
