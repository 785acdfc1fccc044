using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Finds the calls that create the optimizer in a variable or member, also in methods that return one.</summary>
internal sealed class OptimizerCreations(KnownTypes types, SourceBodies bodies, MemberValues members, ReturnedValues returned)
{
    /// <summary>Maximum number of methods between a call and the creation of the optimizer.</summary>
    private const int DepthLimit = 3;

    public IEnumerable<OptimizerCreation> Of(Target optimizer) =>
        ValuesOf(optimizer).SelectMany(value => In(value.Operation, value.Facts, null, 0)).Concat(Additions(optimizer));

    private IEnumerable<MemberValues.Value> ValuesOf(Target optimizer)
    {
        switch (optimizer.Last)
        {
            case ILocalSymbol local when local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } declaration:
                BodyFacts? facts = bodies.FactsAround(declaration);
                return (facts?.ValuesOf(local) ?? []).Select(value => new MemberValues.Value(value, facts));
            case IFieldSymbol or IPropertySymbol:
                return members.Of(optimizer.Last);
            default:
                return [];
        }
    }

    /// <summary>Parameters that <c>add_param_group</c> adds to an optimizer in a local variable.</summary>
    private IEnumerable<OptimizerCreation> Additions(Target optimizer)
    {
        if (optimizer.Last is not ILocalSymbol local || local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } declaration
            || bodies.FactsAround(declaration) is not { } facts)
        {
            return [];
        }

        return facts.CallsOn(local)
            .Where(call => call is { TargetMethod.Name: "add_param_group", Arguments.Length: 1 })
            .Select(call => new OptimizerCreation(call, call.Arguments[0].Value, facts, false, null));
    }

    private IEnumerable<OptimizerCreation> In(IOperation value, BodyFacts? facts, Func<Target, Target?>? map, int depth)
    {
        foreach (IOperation creation in value.Alternatives())
        {
            if (creation is IInvocationOperation invocation && facts is not null && depth < DepthLimit && !IsTorchSharp(creation)
                && returned.Of(invocation.TargetMethod) is { Count: > 0 } made)
            {
                foreach (OptimizerCreation inner in made.SelectMany(each => InCalled(each, invocation, facts, map, depth)))
                    yield return inner;
            }
            else
            {
                yield return new OptimizerCreation(creation, ParametersOf(creation), facts, Hints(creation), map);
            }
        }
    }

    private IEnumerable<OptimizerCreation> InCalled(
        MemberValues.Value made, IInvocationOperation invocation, BodyFacts facts, Func<Target, Target?>? map, int depth)
    {
        ArgumentMap arguments = EventExtractor.ArgumentsOf(invocation, facts);
        Target? receiver = invocation.Instance is null ? null : facts.TargetOf(invocation.Instance);
        bool hints = Hints(invocation);
        foreach (OptimizerCreation inner in In(made.Operation, made.Facts, Outward, depth + 1))
        {
            // A sequence of parameters that is an argument is read at the call.
            yield return (inner.Facts == made.Facts && ArgumentFor(inner.Parameters) is { } given
                ? inner with { Parameters = given, Facts = facts, Map = map }
                : inner) with
            { HintsAtClipping = inner.HintsAtClipping || hints };
        }

        IOperation? ArgumentFor(IOperation? parameters) =>
            parameters?.WithoutConversions() is IParameterReferenceOperation { Parameter: var handed }
                ? invocation.Arguments
                    .FirstOrDefault(argument => SymbolEqualityComparer.Default.Equals(argument.Parameter?.OriginalDefinition, handed))
                    ?.Value
                : null;

        Target? Outward(Target target)
        {
            // Variables of the method have no name outside of it.
            if (target.Root is ILocalSymbol || target.Substitute(arguments, receiver) is not { } seen)
                return null;
            return map is null ? seen : map(seen);
        }
    }

    private static IOperation? ParametersOf(IOperation creation)
    {
        ImmutableArray<IArgumentOperation> arguments = creation.Call().Arguments;
        IArgumentOperation? named =
            arguments.FirstOrDefault(argument => argument.Parameter?.Name is "parameters" or "named_parameters" or "param");
        return (named ?? arguments.FirstOrDefault())?.Value;
    }

    // TorchSharp's and ClipGen's optimizers do not clip themselves, whatever their names.
    private bool Hints(IOperation creation) =>
        !IsTorchSharp(creation) && !ClipCalls.IsOptimizer(creation.Type) && TrainingVocabulary.HintsAtClipping(creation.Syntax.ToString());

    private bool IsTorchSharp(IOperation creation) =>
        types.IsTorchSharp((creation as IInvocationOperation)?.TargetMethod.ContainingType ?? creation.Type as INamedTypeSymbol);
}
