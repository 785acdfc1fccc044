using ClipGen.Analyzers.TrainingLoops.Values;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Flow;

/// <summary>The events of one body as it stands in the source, with calls not yet looked into.</summary>
internal sealed class BodyGraph(SyntaxNode body, BodyFacts facts, EventGraph graph)
{
    /// <summary>The method, accessor, lambda or local function.</summary>
    public SyntaxNode Body { get; } = body;

    public BodyFacts Facts { get; } = facts;

    public EventGraph Graph { get; } = graph;

    public Dictionary<SyntaxNode, BodyGraph> Lambdas { get; } = [];

    public Dictionary<IMethodSymbol, BodyGraph> LocalFunctions { get; } = new(SymbolEqualityComparer.Default);

    public BodyGraph? Parent { get; init; }

    public BodyGraph? FindLambda(SyntaxNode lambda) =>
        Lambdas.TryGetValue(lambda, out BodyGraph? found) ? found : Parent?.FindLambda(lambda);

    public BodyGraph? FindLocalFunction(IMethodSymbol function) =>
        LocalFunctions.TryGetValue(function, out BodyGraph? found) ? found : Parent?.FindLocalFunction(function);

    /// <summary>This graph and those of all functions inside it, the innermost first.</summary>
    public IEnumerable<BodyGraph> SelfAndInner()
    {
        foreach (BodyGraph inner in Lambdas.Values.Concat(LocalFunctions.Values))
        {
            foreach (BodyGraph graph in inner.SelfAndInner())
                yield return graph;
        }

        yield return this;
    }
}
