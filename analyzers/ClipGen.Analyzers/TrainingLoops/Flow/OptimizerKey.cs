using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops.Dataflow;
using ClipGen.Analyzers.TrainingLoops.Events;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>One optimizer, which decides which events concern its gradients.</summary>
internal sealed class OptimizerKey(Target optimizer, OptimizerOrigin origin, AppliedGradients applied)
{
    public Target Optimizer { get; } = optimizer;

    public ImmutableArray<Target>? Networks { get; } = origin.Networks;

    /// <summary>Whether the optimizer holds only some of the parameters of a network.</summary>
    public bool HoldsPart { get; } = origin.HoldsPart;

    /// <summary>The action of the event on the gradients of this optimizer.</summary>
    public TrainingAction ActionOf(TrainingEvent? found)
    {
        switch (found?.Action)
        {
            case TrainingAction.Backward or TrainingAction.Transfer:
                return found.Action;
            case TrainingAction.GradientWrite when applied.MayBe(found):
                return TrainingAction.Backward;
            case TrainingAction.GradientLimit when applied.AreHandWritten:
                return TrainingAction.Clip;
            case TrainingAction.Clip when !IsCertainlyOther(found):
                return TrainingAction.Clip;
            case TrainingAction.Step when IsSame(found):
                return TrainingAction.Step;
            case TrainingAction.Reset when IsCertainlyOwn(found):
                return TrainingAction.Reset;
            default:
                return TrainingAction.None;
        }
    }

    public bool IsSame(TrainingEvent step) => Optimizer.Equals(Of(step));

    /// <summary>The optimizer of a step. An optimizer without a name is identified by its type.</summary>
    public static Target Of(TrainingEvent step) =>
        step.Target ?? (step.TargetType is { } type ? Target.Of(type) : step.Method is { } method ? Target.Of(method) : Target.This);

    /// <summary>Whether a clip is of networks that this optimizer certainly does not hold.</summary>
    public bool IsCertainlyOther(TrainingEvent clip)
    {
        if (clip.Networks is not { IsEmpty: false } clipped)
            return false;
        return clipped.All(network => !network.Equals(Optimizer) && !MayHold(network));
    }

    private bool MayHold(Target clipped)
    {
        if (Networks is not { IsEmpty: false } held)
            return !IsOptimizer(clipped) || !AreApart(Optimizer, clipped);
        return held.Any(network => !AreApart(network, clipped));
    }

    private bool IsCertainlyOwn(TrainingEvent reset)
    {
        if (reset.Target is not { } target)
            return false;
        return target.Equals(Optimizer) || (Networks is { IsEmpty: false } held && held.All(target.IsPrefixOf));
    }

    private static bool IsOptimizer(Target target) => TrainingVocabulary.IsOptimizerLike(target.Type);

    /// <summary>Whether two targets are certainly different objects, and neither is inside the other.</summary>
    private static bool AreApart(Target one, Target other)
    {
        if (one.IsPrefixOf(other) || other.IsPrefixOf(one))
            return false;
        int shared = 0;
        while (shared < one.Path.Length && shared < other.Path.Length
            && SymbolEqualityComparer.Default.Equals(one.Path[shared], other.Path[shared]))
        {
            shared++;
        }

        // A parameter or a local can refer to a member. Two members or two parameters count as different objects.
        return one.Path[shared].Kind == other.Path[shared].Kind && IsDistinct(one.Path[shared], other.Path[shared]);
    }

    // Items of one collection have a different name in each loop and lambda over it.
    private static bool IsDistinct(ISymbol one, ISymbol other) => one switch
    {
        IFieldSymbol or IPropertySymbol => true,
        IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.AnonymousFunction } method } =>
            SymbolEqualityComparer.Default.Equals(method, other.ContainingSymbol),
        ILocalSymbol local => !local.IsForEach && !((ILocalSymbol)other).IsForEach,
        _ => false,
    };
}
