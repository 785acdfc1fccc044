using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>
/// Whether a type that nobody annotated belongs to a network. A model may hold a height map, with a gradient for colours or slopes, as well
/// as a layer.
/// </summary>
internal static class NetworkEvidence
{
    private static readonly HashSet<string> TypeStems =
    [
        "matrix", "mat", "tensor", "param", "variable", "weight", "bias", "vector", "vec", "blob", "linear", "dense", "layer", "embedding", "neuron",
        "conv", "convolution", "lstm", "gru", "rnn", "attention", "perceptron", "mlp", "network", "head", "encoder", "decoder", "norm",
        "recurrent", "transformer", "feedforward",
    ];

    private static readonly string[] MemberBeginnings =
        ["backward", "backprop", "zerograd", "resetgrad", "cleargrad", "accumulategrad", "requiresgrad", "needsgrad", "trainable", "istrainable"];

    /// <summary>The words of types that work on the parameters of others.</summary>
    private static readonly HashSet<string> OptimizerWords =
        ["optimizer", "optimiser", "adam", "sgd", "rmsprop", "adagrad", "momentum", "trainer", "updater", "scheduler"];

    public static bool IsOfNetwork(INamedTypeSymbol type) => IsNamedLikeLayer(type) || HasBackwardMember(type);

    public static bool IsOptimizer(INamedTypeSymbol type) => IdentifierWords.Of(type.Name).Any(word => OptimizerWords.Contains(word));

    private static bool IsNamedLikeLayer(INamedTypeSymbol type) =>
        IdentifierWords.Of(type.Name).Any(word => TypeStems.Contains(IdentifierWords.Stem(word)));

    private static bool HasBackwardMember(INamedTypeSymbol type)
    {
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IFieldSymbol or IPropertySymbol
                && !SourceMembers.IsGenerated(member, type.ContainingAssembly))
            {
                string name = string.Concat(IdentifierWords.Of(member.Name));
                if (MemberBeginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal)))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
