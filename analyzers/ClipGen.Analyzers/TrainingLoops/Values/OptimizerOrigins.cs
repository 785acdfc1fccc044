using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Finds how the optimizer of a step was made: from the parameters of which networks, and whether it clips on its own.</summary>
internal sealed class OptimizerOrigins(
    KnownTypes types, MethodClassifier classifier, SourceBodies bodies, MemberValues members, ParameterSources sources)
{
    private readonly ConcurrentDictionary<Target, OptimizerOrigin> _known = new();

    /// <param name="optimizer">The variable or member that holds the optimizer.</param>
    /// <param name="type">The type of the expression that is stepped, if there is one.</param>
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
        int creations = 0;
        foreach (MemberValues.Value value in ValuesOf(optimizer))
        {
            foreach (IOperation creation in CreationsIn(value.Operation))
            {
                creations++;
                isLbfgs |= IsLbfgs(creation);
                hints |= !IsTorchSharp(creation) && TrainingVocabulary.HintsAtClipping(creation.Syntax.ToString());
                if (Networks(creation, value.Facts, optimizer) is { } found)
                    networks.AddRange(found.Where(network => !networks.Contains(network)));
                else
                    isComplete = false;
            }
        }

        return new OptimizerOrigin(isComplete && creations > 0 ? networks.ToImmutable() : null, isLbfgs, hints);
    }

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

    private ImmutableArray<Target>? Networks(IOperation creation, BodyFacts? facts, Target optimizer)
    {
        ImmutableArray<IArgumentOperation> arguments = creation switch
        {
            IInvocationOperation invocation => invocation.Arguments,
            IObjectCreationOperation created => created.Arguments,
            _ => ImmutableArray<IArgumentOperation>.Empty,
        };
        IArgumentOperation? source = arguments.FirstOrDefault(argument => argument.Parameter?.Name is "parameters" or "named_parameters" or "param")
            ?? arguments.FirstOrDefault();
        if (source is null || sources.Read(source.Value, facts) is not { } networks)
            return null;
        if (optimizer.Last is ILocalSymbol)
            return networks;

        // A member of the declaring type is reached from here through whatever leads to the optimizer.
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

    /// <summary>The calls and constructors that a value can come from.</summary>
    private static IEnumerable<IOperation> CreationsIn(IOperation value)
    {
        var pending = new Stack<IOperation>();
        pending.Push(value);
        while (pending.Count > 0)
        {
            switch (pending.Pop())
            {
                case IConversionOperation conversion:
                    pending.Push(conversion.Operand);
                    break;
                case IConditionalOperation conditional:
                    if (conditional.WhenFalse is { } otherwise)
                        pending.Push(otherwise);
                    pending.Push(conditional.WhenTrue);
                    break;
                case ICoalesceOperation coalesce:
                    pending.Push(coalesce.WhenNull);
                    pending.Push(coalesce.Value);
                    break;
                case ISwitchExpressionOperation choice:
                    foreach (ISwitchExpressionArmOperation arm in choice.Arms.Reverse())
                        pending.Push(arm.Value);
                    break;
                case IThrowOperation or ILiteralOperation or IDefaultValueOperation:
                    break;
                case var creation:
                    yield return creation;
                    break;
            }
        }
    }

    private bool IsLbfgs(IOperation creation) =>
        classifier.IsLbfgs(creation.Type) || creation is IInvocationOperation { TargetMethod.Name: "LBFGS" };

    private bool IsTorchSharp(IOperation creation)
    {
        IAssemblySymbol? assembly = (creation as IInvocationOperation)?.TargetMethod.ContainingAssembly ?? creation.Type?.ContainingAssembly;
        return types.Optimizer is { } known && SymbolEqualityComparer.Default.Equals(assembly, known.ContainingAssembly);
    }
}
