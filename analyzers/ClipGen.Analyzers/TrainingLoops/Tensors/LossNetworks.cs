using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Tensors;

/// <summary>Finds the networks that a loss is computed by. Its backward pass adds to their gradients.</summary>
internal static class LossNetworks
{
    /// <returns><see langword="null"/> if a part of the loss comes from unreadable code.</returns>
    public static ImmutableArray<Target>? Of(IOperation? loss, KnownTypes types, BodyFacts facts)
    {
        if (loss is null)
            return null;
        var networks = ImmutableArray.CreateBuilder<Target>();
        var seen = new HashSet<ILocalSymbol>(SymbolEqualityComparer.Default);
        var pending = new Stack<IOperation>();
        pending.Push(loss);
        for (int looked = 0; pending.Count > 0; looked++)
        {
            if (looked > AnalysisLimits.ExpressionsOfGradient)
                return null;
            IOperation part = pending.Pop();
            switch (part)
            {
                case ILocalReferenceOperation local when seen.Add(local.Local):
                    foreach (IOperation value in facts.ValuesOf(local.Local))
                        pending.Push(value);
                    break;
                case IConditionalAccessInstanceOperation placeholder when placeholder.ConditionalReceiver() is { } receiver:
                    pending.Push(receiver);
                    break;
                case IInvocationOperation { Instance: { } called }
                    when called.WithoutPlaceholder()?.Type.IsOrDerivesFrom(types.Module) == true:
                    if (facts.TargetOf(called.WithoutPlaceholder()) is not { } network)
                        return null;
                    networks.Add(network);
                    break;
                case IInvocationOperation { TargetMethod: var method } when !types.IsTorchSharp(method.ContainingType):
                    return null;
            }

            foreach (IOperation inner in part.ChildOperations)
                pending.Push(inner);
        }

        return networks.ToImmutable();
    }
}
