using ClipGen.Analyzers.Declarations.Undeclared;
using ClipGen.Analyzers.Semantics;

namespace ClipGen.Analyzers.TrainingLoops.Roles;

/// <summary>
/// Reads names of methods in hand-written networks as a verb and its object. Only whole phrases count: <c>UpdateAllGradients</c> and
/// <c>UpdateLayerWeights</c> are recognized. <c>UpdateTargetWeights</c>, which copies a network, and <c>UpdateGradientBrush</c> are not.
/// </summary>
internal static class MethodPhrases
{
    private static readonly HashSet<string> ComputingVerbs = ["compute", "calculate", "calc", "accumulate", "update", "evaluate"];

    private static readonly HashSet<string> ReturningVerbs = ["get", "find"];

    private static readonly HashSet<string> RunningVerbs = ["run", "do", "compute", "forward", "and", "full"];

    private static readonly HashSet<string> ApplyingVerbs = ["apply", "use", "incorporate"];

    private static readonly HashSet<string> ChangingVerbs =
        ["update", "adjust", "correct", "change", "modify", "tune", "optimize", "optimise", "refresh", "improve"];

    private static readonly HashSet<string> Gradients = ["gradient", "gradients", "grad", "grads"];

    private static readonly HashSet<string> Derivatives = [.. Gradients, "delta", "deltas", "derivative", "derivatives"];

    private static readonly HashSet<string> Changes = [.. Derivatives, "update", "updates", "change", "changes", "correction",
        "corrections", "error", "errors"];

    private static readonly HashSet<string> Parameters = ["weight", "weights", "bias", "biases", "parameter", "parameters", "params"];

    /// <summary>The words between a verb and its object that do not change the meaning.</summary>
    private static readonly HashSet<string> Attributes =
    [
        "all", "the", "and", "network", "net", "nn", "model", "layer", "layers", "dense", "hidden", "output", "neuron", "neurons",
        "connection",
        "weight", "weights", "bias", "biases", "parameter", "parameters", "loss", "cost", "derivative", "derivatives",
    ];

    /// <summary>
    /// <c>BackPropagate</c>, <c>Backward</c>, <c>ForwardBackward</c>, <c>gpt2_backward</c>, <c>CalculateGradients</c>,
    /// <c>UpdateAllGradients</c>.
    /// </summary>
    public static bool IsBackward(string name)
    {
        if (TrainingVocabulary.Contains(name, "backprop") || TrainingVocabulary.Contains(name, "back_prop"))
            return string.Concat(WordsOf(name)).StartsWith("backprop", StringComparison.Ordinal);
        if (TrainingVocabulary.Contains(name, "propagate") || TrainingVocabulary.Contains(name, "backpass"))
            return WordsOf(name) is var propagation && (IsPropagation(propagation) || IsBackwardPass(name, propagation));
        if (TrainingVocabulary.Contains(name, "backward"))
            return IsBackwardPass(name, WordsOf(name));
        if (TrainingVocabulary.Contains(name, "grad"))
            return IsPhrase(WordsOf(name), ComputingVerbs, Gradients);

        // What else changes by a difference is updated, too: only what is computed is a derivative.
        return (TrainingVocabulary.Contains(name, "delta") || TrainingVocabulary.Contains(name, "derivative"))
            && WordsOf(name) is var words && words[0] is not "update" && IsPhrase(words, ComputingVerbs, Derivatives);
    }

    /// <summary><c>GetGradients</c>, <c>GetCostGradient</c>: computes gradients if it takes inputs, and else returns stored ones.</summary>
    public static bool IsGetGradients(string name) =>
        TrainingVocabulary.Contains(name, "grad") && IsPhrase(WordsOf(name), ReturningVerbs, Gradients);

    /// <summary>
    /// <c>ApplyGradients</c>, <c>UpdateWeights</c>, <c>AdjustBiases</c>, <c>ApplyAdam</c>, <c>AdamStep</c>, <c>gpt2_update</c>.
    /// </summary>
    public static bool IsUpdate(string name)
    {
        if (name.EndsWith("_update", StringComparison.Ordinal))
            return true;
        if (!MayBeUpdate(name))
            return false;
        IReadOnlyList<string> words = WordsOf(name);
        return IsPhrase(words, ApplyingVerbs, Changes) || IsPhrase(words, ChangingVerbs, Parameters) || IsOptimizerStep(words);
    }

    // PropagateErrorBack, PropagateBackwards, BackPass.
    private static bool IsPropagation(IReadOnlyList<string> words) =>
        words is ["back", "pass"] or ["backpass"]
        || (words.Count > 1
            && words[0] == "propagate"
            && words[words.Count - 1] is "back" or "backward" or "backwards"
            && words.Skip(1).Take(words.Count - 2).All(word => Derivatives.Contains(word) || word is "error" or "errors" or "loss"));

    private static bool IsBackwardPass(string name, IReadOnlyList<string> words)
    {
        if (name.EndsWith("_backward", StringComparison.Ordinal))
            return true;
        int last = words.Count - 1;
        if (last > 0 && words[last] is "pass" or "step" or "prop" or "propagation" or "propagate")
            last--;
        return words[last] is "backward" or "backwards" && words.Take(last).All(RunningVerbs.Contains);
    }

    private static bool MayBeUpdate(string name) =>
        TrainingVocabulary.Contains(name, "apply") || TrainingVocabulary.Contains(name, "step") || TrainingVocabulary.Contains(name, "use")
        || TrainingVocabulary.Contains(name, "incorporate")
        || TrainingVocabulary.Contains(name, "update") || TrainingVocabulary.Contains(name, "weight")
        || TrainingVocabulary.Contains(name, "bias")
        || TrainingVocabulary.Contains(name, "param");

    private static bool IsPhrase(IReadOnlyList<string> words, HashSet<string> verbs, HashSet<string> objects)
    {
        if (words.Count < 2 || !verbs.Contains(words[0]) || !objects.Contains(words[words.Count - 1]))
            return false;
        return words.Skip(1).Take(words.Count - 2).All(Attributes.Contains);
    }

    private static bool IsOptimizerStep(IReadOnlyList<string> words)
    {
        if (words.Count < 2)
            return false;
        int last = words.Count - 1;
        int first = words[0] is "take" or "do" or "make" or "perform" ? 1 : 0;
        return (words[0] == "apply" && OptimizerNames.IsAlgorithm(string.Concat(words.Skip(1))))
            || (words[last] is "step" or "update" && IsAlgorithm(string.Concat(words.Take(last).Skip(first))));

        static bool IsAlgorithm(string name) => name == "gradientdescent" || OptimizerNames.IsAlgorithm(name);
    }

    private static IReadOnlyList<string> WordsOf(string name)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(name);
        return words.Count > 1 && words[words.Count - 1] == "async" ? [.. words.Take(words.Count - 1)] : words;
    }
}
