using ClipGen.Analyzers.TrainingLoops.Flow;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Calls;

/// <summary>The methods that a call can run: one, or the overrides of a virtual method.</summary>
internal sealed class Callees(IReadOnlyList<Callee> all)
{
    public IReadOnlyList<Callee> All { get; } = all;

    /// <summary>The actions that the methods are marked with.</summary>
    public TrainingAction MarkedActions { get; } =
        all.Where(callee => callee.Known.IsMarked).Aggregate(TrainingAction.None, (union, callee) => union | callee.Known.Action);
}

/// <summary>A method that a call can run.</summary>
/// <param name="Method">The method.</param>
/// <param name="Graph">The events in its body; <see langword="null"/> if the body cannot be read.</param>
/// <param name="IsTooLarge">Whether its body is too large to be analyzed.</param>
/// <param name="Known">What is known about the method without reading its body.</param>
internal readonly record struct Callee(IMethodSymbol Method, BodyGraph? Graph, bool IsTooLarge, Classification Known);
