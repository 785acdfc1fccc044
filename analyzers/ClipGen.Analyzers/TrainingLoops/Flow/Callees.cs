using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The methods that a call can run: one, or the overrides of a virtual method.</summary>
internal sealed class Callees(IReadOnlyList<Callee> all)
{
    public IReadOnlyList<Callee> All { get; } = all;
}

/// <summary>A method that a call can run.</summary>
/// <param name="Method">The method.</param>
/// <param name="Graph">The events in its body; <see langword="null"/> if its body cannot be read.</param>
/// <param name="IsTooLarge">Whether its body is longer than what is analysed.</param>
internal readonly record struct Callee(IMethodSymbol Method, BodyGraph? Graph, bool IsTooLarge);
