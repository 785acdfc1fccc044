using ClipGen.Generator.Reading;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>
/// Whether a type without attributes belongs to a network. A model may also hold a height map with a gradient for colors or slopes.
/// </summary>
internal static class NetworkEvidence
{
    private static readonly HashSet<string> ValueStems =
        ["matrix", "mat", "tensor", "param", "variable", "weight", "bias", "vector", "vec", "blob", "embedding"];

    private static readonly HashSet<string> LayerStems =
    [
        "linear", "dense", "layer", "neuron", "conv", "convolution", "lstm", "gru", "rnn", "attention", "perceptron", "mlp", "network",
        "head", "encoder",
        "decoder", "norm", "recurrent", "transformer", "feedforward",
    ];

    // Words for layers that are common elsewhere, too.
    private static readonly HashSet<string> ContainerStems = ["module", "block", "cell", "stage", "model", "function", "net"];

    private static readonly string[] MemberBeginnings =
        ["backward", "backprop", "zerograd", "resetgrad", "cleargrad", "accumulategrad", "requiresgrad", "needsgrad", "trainable",
        "istrainable"];

    /// <summary>The words for types that process parameters of other types.</summary>
    private static readonly HashSet<string> OptimizerWords =
        ["optimizer", "optimiser", "adam", "sgd", "rmsprop", "adagrad", "momentum", "trainer", "updater", "scheduler"];

    public static bool IsOfNetwork(INamedTypeSymbol type) =>
        IsNamedLikeValues(type) || HasWord(type, LayerStems) || HasBackwardMember(type);

    /// <summary>Whether the name is that of a matrix, a tensor or another container of numbers.</summary>
    public static bool IsNamedLikeValues(INamedTypeSymbol type) => HasWord(type, ValueStems);

    /// <summary>Whether the name is that of a layer or a network, in a type that is known to be part of one.</summary>
    public static bool IsNamedLikeLayer(INamedTypeSymbol type) => HasWord(type, LayerStems) || HasWord(type, ContainerStems);

    public static bool IsOptimizer(INamedTypeSymbol type) => IdentifierWords.Of(type.Name).Any(word => OptimizerWords.Contains(word));

    private static bool HasWord(INamedTypeSymbol type, HashSet<string> stems) =>
        IdentifierWords.Of(type.Name).Any(word => stems.Contains(IdentifierWords.Stem(word)));

    private static bool HasBackwardMember(INamedTypeSymbol type)
    {
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IFieldSymbol or IPropertySymbol
                && !MemberSymbols.IsGenerated(member, type.ContainingAssembly))
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
