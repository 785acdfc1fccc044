using System.Collections.Concurrent;
using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Values;

/// <summary>Finds how the optimizer of a step was made: from whose parameters, and whether it clips on its own.</summary>
internal sealed class OptimizerOrigins(TrainingProgram program)
{
    private readonly ConcurrentDictionary<Target, OptimizerOrigin> _known = new();

    public OptimizerOrigin Of(Target optimizer, ITypeSymbol? type)
    {
        if (program.Symbols.IsAnnotated(type ?? optimizer.Type))
            return new OptimizerOrigin(ImmutableArray.Create(optimizer), false, false);
        return _known.GetOrAdd(optimizer, Find);
    }

    private OptimizerOrigin Find(Target optimizer)
    {
        var values = new List<MemberValues.Value>();
        switch (optimizer.Last)
        {
            case ILocalSymbol local when local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(program.Cancellation) is { } declaration:
                BodyFacts? facts = program.Bodies.FactsAround(declaration);
                values.AddRange((facts?.ValuesOf(local) ?? []).Select(value => new MemberValues.Value(value, facts)));
                break;
            case IFieldSymbol or IPropertySymbol:
                values.AddRange(program.Members.Of(optimizer.Last));
                break;
        }

        var networks = ImmutableArray.CreateBuilder<Target>();
        bool isComplete = true;
        bool isLbfgs = false;
        bool hints = false;
        int creations = 0;
        foreach (MemberValues.Value value in values)
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
        if (source is null || program.Sources.Read(source.Value, facts) is not { } networks)
            return null;
        if (optimizer.Last is ILocalSymbol)
            return networks;

        // What the declaring type calls its own is a member of what the optimizer is reached through.
        Target? owner = optimizer.Path.Length == 1 ? Target.This : OwnerOf(optimizer);
        var seen = ImmutableArray.CreateBuilder<Target>();
        foreach (Target network in networks)
        {
            if (network.Root is ILocalSymbol or IParameterSymbol || network.Substitute(TrainingEvent.NoArguments, owner) is not { } substituted)
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

    /// <summary>The calls and constructors that the value can come from.</summary>
    private static IEnumerable<IOperation> CreationsIn(IOperation? value)
    {
        switch (value)
        {
            case IConversionOperation conversion:
                return CreationsIn(conversion.Operand);
            case IConditionalOperation conditional:
                return CreationsIn(conditional.WhenTrue).Concat(CreationsIn(conditional.WhenFalse));
            case ICoalesceOperation coalesce:
                return CreationsIn(coalesce.Value).Concat(CreationsIn(coalesce.WhenNull));
            case ISwitchExpressionOperation choice:
                return choice.Arms.SelectMany(arm => CreationsIn(arm.Value));
            case IThrowOperation or ILiteralOperation or IDefaultValueOperation or null:
                return [];
            default:
                return [value];
        }
    }

    private bool IsLbfgs(IOperation creation) =>
        program.Classifier.IsLbfgs(creation.Type)
        || creation is IInvocationOperation { TargetMethod.Name: "LBFGS" };

    private bool IsTorchSharp(IOperation creation) =>
        program.Symbols.Optimizer is { } known && SymbolEqualityComparer.Default.Equals(
            (creation as IInvocationOperation)?.TargetMethod.ContainingAssembly ?? creation.Type?.ContainingAssembly, known.ContainingAssembly);
}

/// <summary>How an optimizer was made.</summary>
/// <param name="Networks">The networks whose parameters it holds; <see langword="null"/> when that is not certain.</param>
/// <param name="IsLbfgs">Whether it is or may be an optimizer that calls a closure for its gradients.</param>
/// <param name="HintsAtClipping">Whether its arguments say that it clips on its own.</param>
internal sealed record OptimizerOrigin(ImmutableArray<Target>? Networks, bool IsLbfgs, bool HintsAtClipping);
