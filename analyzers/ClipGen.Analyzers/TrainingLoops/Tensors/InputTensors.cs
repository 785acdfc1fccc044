using System.Collections.Concurrent;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ClipGen.Analyzers.TrainingLoops.Tensors;

/// <summary>
/// Finds the tensors that a body passes to networks. Code that changes such a tensor by its gradient computes a saliency map, an
/// adversarial example or an image, and does not train.
/// </summary>
internal sealed class InputTensors(KnownTypes types)
{
    /// <summary>Operations whose result is a new value. Their operand can be a weight.</summary>
    private static readonly HashSet<string> Layers =
        ["matmul", "mm", "bmm", "mv", "addmm", "einsum", "linear", "conv1d", "conv2d", "conv3d", "embedding", "tensordot", "dot", "outer"];

    private readonly ConcurrentDictionary<BodyFacts, HashSet<Target>> _known = new();

    public bool IsInput(IOperation tensor, BodyFacts facts) =>
        tensor.WithoutPlaceholder() is { } named
        && !IsParameter(named.Type)
        && facts.TargetOf(named) is { } target
        && IsInput(target, facts);

    public bool IsInput(Target tensor, BodyFacts facts) => _known.GetOrAdd(facts, Find).Contains(tensor);

    private static bool IsParameter(ITypeSymbol? type) => type?.Name == "Parameter";

    private HashSet<Target> Find(BodyFacts facts)
    {
        var found = new HashSet<Target>();
        foreach (IOperation operation in facts.Root.DescendantsAndSelf())
        {
            if (operation is IInvocationOperation invocation && TakesInputs(invocation))
                Add(invocation.Arguments.Select(argument => argument.Value), facts, found);
        }

        return found;
    }

    /// <summary>
    /// Whether a call runs a network on its arguments: a call of the network, or of a function that also receives the network.
    /// </summary>
    private bool TakesInputs(IInvocationOperation invocation)
    {
        if (invocation.Instance is { } receiver && IsNetwork(receiver.WithoutPlaceholder()?.Type))
            return invocation.TargetMethod.Name is "forward" or "call" or "Forward" or "Invoke";
        return invocation.Arguments.Any(argument => IsNetwork(argument.Value.WithoutConversions().Type))
            && !types.IsTorchSharp(invocation.TargetMethod.ContainingType);
    }

    /// <summary>A loss is a module as well, and its input comes from a network.</summary>
    private bool IsNetwork(ITypeSymbol? type) =>
        type.IsOrDerivesFrom(types.Module) && !type.SelfAndBases().Any(current => current.Name.EndsWith("Loss", StringComparison.Ordinal));

    private void Add(IEnumerable<IOperation> inputs, BodyFacts facts, HashSet<Target> found)
    {
        var seen = new HashSet<ILocalSymbol>(SymbolEqualityComparer.Default);
        var pending = new Stack<IOperation>(inputs);
        while (pending.Count > 0)
        {
            IOperation input = pending.Pop();
            if (types.IsTensor(input.Type) && facts.TargetOf(input) is { } target)
                found.Add(target);
            if (input is ILocalReferenceOperation local && seen.Add(local.Local))
            {
                found.Add(Target.Of(local.Local));
                foreach (IOperation value in facts.ValuesOf(local.Local))
                    pending.Push(value);
            }

            if (input is IInvocationOperation { TargetMethod.Name: var name } && Layers.Contains(name))
                continue;
            foreach (IOperation part in input.ChildOperations)
                pending.Push(part);
        }
    }
}
