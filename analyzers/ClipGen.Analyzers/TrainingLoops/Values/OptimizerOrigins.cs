using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Tensors;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Finds how the optimizer of a step was created: from the parameters of which networks, and whether it clips itself.</summary>
internal sealed class OptimizerOrigins(
    KnownTypes types, MethodClassifier classifier, ParameterOwners sources, InputTensors inputs, OptimizerCreations creations)
{
    private readonly ConcurrentDictionary<Target, OptimizerOrigin> _known = new();

    /// <param name="optimizer">The variable or member that holds the optimizer.</param>
    /// <param name="type">The type of the stepped expression, if there is one.</param>
    public OptimizerOrigin Of(Target optimizer, ITypeSymbol? type)
    {
        if (types.IsAnnotated(type ?? optimizer.Type))
            return new OptimizerOrigin(ImmutableArray.Create(optimizer), false, false);
        return _known.GetOrAdd(optimizer, Find);
    }

    private OptimizerOrigin Find(Target optimizer)
    {
        var networks = ImmutableArray.CreateBuilder<Target>();
        bool isComplete = true;
        bool isLbfgs = false;
        bool hints = false;
        bool trainsInputs = true;
        bool holdsPart = false;
        int count = 0;
        foreach (OptimizerCreation creation in creations.Of(optimizer))
        {
            count++;
            isLbfgs |= IsLbfgs(creation.Operation);
            hints |= creation.HintsAtClipping;
            trainsInputs &= creation.Facts is { } facts && creation.Parameters is { } held && TrainsInputs(held, facts);
            holdsPart |= creation.Parameters is { } part && creation.Facts is { } around && ParameterOwners.IsPart(part, around);
            if (Networks(creation, optimizer) is { } found)
                networks.AddRange(found.Where(network => !networks.Contains(network)));
            else
                isComplete = false;
        }

        return new OptimizerOrigin(
            isComplete && count > 0 ? networks.ToImmutable() : null, isLbfgs, hints, trainsInputs && count > 0, holdsPart);
    }

    /// <summary>Whether an optimizer is created only for tensors that the body passes to networks.</summary>
    private bool TrainsInputs(IOperation parameters, BodyFacts facts) =>
        sources.Read(parameters, facts) is { } held && held.All(tensor => types.IsTensor(tensor.Type) && inputs.IsInput(tensor, facts));

    private ImmutableArray<Target>? Networks(OptimizerCreation creation, Target optimizer)
    {
        if (creation.Parameters is null || sources.Read(creation.Parameters, creation.Facts) is not { } networks)
            return null;
        if (creation.Map is { } map)
        {
            Target?[] mapped = [.. networks.Select(map)];
            if (mapped.Any(network => network is null))
                return null;
            networks = mapped.Select(network => network!).ToImmutableArray();
        }

        if (optimizer.Last is ILocalSymbol)
            return networks;

        // A member of the declaring type is accessed here through the expression that leads to the optimizer.
        Target owner = OwnerOf(optimizer);
        var seen = ImmutableArray.CreateBuilder<Target>();
        foreach (Target network in networks)
        {
            if (network.Root is ILocalSymbol or IParameterSymbol || network.Substitute(ArgumentMap.Empty, owner) is not { } substituted)
                return null;
            seen.Add(substituted);
        }

        return seen.ToImmutable();
    }

    private static Target OwnerOf(Target optimizer)
    {
        Target owner = Target.This;
        foreach (ISymbol symbol in optimizer.Path.Take(optimizer.Path.Length - 1))
            owner = owner.Append(symbol);
        return owner;
    }

    private bool IsLbfgs(IOperation creation) =>
        classifier.IsLbfgs(creation.Type) || creation is IInvocationOperation { TargetMethod.Name: "LBFGS" };
}
