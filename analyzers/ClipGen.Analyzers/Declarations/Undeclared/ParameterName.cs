namespace ClipGen.Analyzers.Declarations.Undeclared;

/// <summary>Distinguishes names of parameters from names of other values that a network computes and keeps.</summary>
internal static class ParameterName
{
    private static readonly HashSet<string> UnmistakableStems =
    [
        "weight", "bias", "param",
        // Weights as they are often misspelled.
        "weigth", "wieght", "wheight",
        // Weights in Spanish, Portuguese, Italian, French, German, Dutch, Polish, transcribed Russian, Turkish, Indonesian, Czech, Swedish,
        // Norwegian and Romanian, and biases.
        "peso", "pesi", "poid", "gewicht", "gewichte", "gewichten", "waga", "wagi", "wag", "ves", "vesa", "agirlik", "agirliklar",
        "ağırlık", "ağırlıklar", "bobot", "vaha", "vahy", "vikt", "vikter", "vekter", "pondere", "ponderi", "sesgo", "vies", "biais",
    ];

    private static readonly HashSet<string> Stems =
        [.. UnmistakableStems, "kernel", "filter", "gamma", "beta", "gain", "theta", "embedding"];

    // Weights that are activations or inputs, and copies and running means of parameters.
    private static readonly HashSet<string> Other =
    [
        "attention", "attn", "softmax", "score", "scores", "prob", "probs", "probability", "probabilities", "loss", "importance",
        "mixture", "sample",
        "prev", "previous", "last", "old", "new", "next", "best", "saved", "initial", "snapshot", "target", "shadow", "ema", "velocity",
        "velocities",
        "momentum", "mean", "avg", "average", "sum", "squared", "change", "changes", "update", "updates", "delta", "deltas",
    ];

    // What a layer before or after another one has.
    private static readonly HashSet<string> Neighbors = ["prev", "previous", "last", "next"];

    private static readonly HashSet<string> Levels = ["layer", "layers", "neuron", "neurons", "level"];

    private static readonly HashSet<string> StateWords =
        ["running", "moving", "mask", "momentum", "velocity", "velocities", "ema", "cache", "cached"];

    // English words that begin with w.
    private static readonly HashSet<string> Words = ["wav", "way", "was", "web", "wet", "won", "war"];

    private static readonly HashSet<string> ActivationStems =
    [
        "input", "output", "activation", "hidden", "error", "delta", "logit", "neuron", "state", "target", "sum", "net", "prob",
        "probability",
    ];

    /// <summary>The word stems that name the values of a wrapper.</summary>
    private static readonly HashSet<string> ValueStems = ["data", "value", "w", "weight", "param", "element", "entry", "entrie", "storage"];

    /// <summary>Whether the name is evidently that of a parameter. Names of hidden states, logits and inputs are not.</summary>
    public static bool IsParameter(string name)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        return words.Any(word => Stems.Contains(IdentifierWords.Stem(word)) || IsWeightLetter(word) || IsBiasLetter(word))
            && !words.Where((word, i) => Other.Contains(word) && !IsNeighbor(words, i)).Any()
            && !IsMoment(words);
    }

    /// <summary>The word in <c>weightsToPrevLayer</c> that says nothing of earlier weights.</summary>
    private static bool IsNeighbor(IReadOnlyList<string> words, int i) =>
        Neighbors.Contains(words[i]) && i + 1 < words.Count && Levels.Contains(words[i + 1]);

    /// <summary>Whether the name is that of a parameter in any program, not only in a network.</summary>
    public static bool IsUnmistakable(string name) =>
        IsParameter(name) && IdentifierWords.Of(name).Any(word => UnmistakableStems.Contains(IdentifierWords.Stem(word)));

    /// <summary>
    /// Uf, Ui and Uo of a gated cell are parameters if the type also has Wf, Wi and Wo. A single u may be a sum of inputs.
    /// </summary>
    public static bool IsRecurrent(string name, Func<string, bool> isBesideMember)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        string all = string.Concat(words);
        return all.Length == 2 && all[0] == 'u' && char.IsLetter(all[1]) && isBesideMember("w" + all[1]);
    }

    /// <summary>Whether a wrapper keeps its values under this name.</summary>
    public static bool IsValues(string name)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        return words.Count == 1 && ValueStems.Contains(IdentifierWords.Stem(words[0]));
    }

    /// <summary>
    /// Whether the name is that of a value that a neuron computes. "Gradients" in the same type are then errors of neurons.
    /// </summary>
    public static bool IsActivation(string name) =>
        IdentifierWords.Of(name).Any(word => ActivationStems.Contains(IdentifierWords.Stem(word)));

    /// <summary>w, wx, whh, but not wind or width.</summary>
    private static bool IsWeightLetter(string word) => word.Length <= 3 && word[0] == 'w' && !Words.Contains(word);

    /// <summary>b, bh.</summary>
    private static bool IsBiasLetter(string word) => word.Length <= 2 && word[0] == 'b';

    /// <summary>Whether the name is that of the state of an optimizer or a normalization, whichever type holds it.</summary>
    public static bool IsState(string name)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        return IsMoment(words) || words.Any(StateWords.Contains);
    }

    /// <summary>mW and vBias: the moments of an optimizer.</summary>
    private static bool IsMoment(IReadOnlyList<string> words) => words.Count > 1 && words[0] is "m" or "v" or "s" or "adam" or "rms";
}
