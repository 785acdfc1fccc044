using ClipGen.Analyzers.Declarations.Undeclared;

namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>Reads a <see cref="CallTiming"/> from the name of a method.</summary>
internal static class TimingWords
{
    private static readonly string[] ForwardAnywhere =
        ["forward", "feedforward", "predict", "inference"];

    private static readonly HashSet<string> ForwardFirst =
    [
        "infer", "evaluate", "eval", "encode", "decode", "attend", "activate", "propagate", "classify", "embed", "convolve", "call",
        "invoke", "generate", "sample", "recall", "rollout", "unroll",
    ];

    private static readonly string[] BackwardAnywhere =
        ["backward", "backprop", "backpropagate", "backpropagation"];

    private static readonly HashSet<string> EveryCallFirst =
    [
        "run", "process", "compute", "calculate", "calc", "transform", "apply", "observe", "remember", "record", "think", "act",
        "normalize", "score", "push", "enqueue",
    ];

    private static readonly HashSet<string> TrainingFirst =
        ["train", "fit", "learn", "step", "update", "optimize", "epoch"];

    private static readonly HashSet<string> BuildingFirst =
    [
        "add", "insert", "register", "use", "with", "build", "compile", "load", "restore", "read", "deserialize", "import", "from",
        "parse", "init", "initialize", "initialize", "create", "make", "new", "construct", "setup", "set", "configure", "prepare",
        "allocate", "alloc", "reserve", "resize", "grow", "expand", "extend", "widen", "deepen", "prune", "shrink", "copy", "clone",
        "assign", "replace", "swap", "remove", "attach", "connect", "wire", "link", "stack", "append", "merge", "fuse", "tie", "share",
        "freeze", "quantize", "convert", "randomize", "mutate", "crossover", "spawn", "reset", "clear", "dispose", "ensure", "get",
        "param", "parameter", "parameters", "weight", "weights", "bias", "layer", "layers", "track", "populate", "fill", "migrate",
        "rebuild", "reload", "reinitialize", "put", "include", "mount", "declare", "define", "transfer", "open", "collect",
    ];

    // A method that sets, adds or resets one of these runs for every sample.
    private static readonly HashSet<string> Activations =
    [
        "input", "inputs", "output", "outputs", "activation", "activations", "hidden", "state", "states", "context", "memory", "cache",
        "token", "tokens", "sample", "sequence", "history", "logits", "observation",
    ];

    private static readonly HashSet<string> Structures =
    [
        "layer", "layers", "weight", "weights", "bias", "biases", "param", "params", "parameter", "parameters", "matrix", "embedding",
        "projection", "unit", "units", "size", "dimension",
    ];

    /// <summary>Whether the name is that of a forward pass, and not of a tensor operation.</summary>
    public static bool IsForwardPass(string method)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(method);
        return words.Any(word => ForwardAnywhere.Contains(word))
            || (words.Count > 0 && words[0] is "feed" or "infer" or "propagate" or "call" or "invoke");
    }

    public static CallTiming Of(string method)
    {
        IReadOnlyList<string> words = IdentifierWords.Of(method);
        if (words.Count == 0)
        {
            return CallTiming.Unknown;
        }

        if (BuildingFirst.Contains(words[0]) || words.Contains("deserialized"))
        {
            return words.Any(Activations.Contains) && !words.Any(Structures.Contains) ? CallTiming.EveryCall : CallTiming.Building;
        }

        if (words.Any(word => BackwardAnywhere.Contains(word)) || (words.Count > 1 && words[0] == "back"))
        {
            return CallTiming.Backward;
        }

        if (words.Any(word => ForwardAnywhere.Contains(word)) || ForwardFirst.Contains(words[0]) || (words[0] == "feed" && words.Count > 1))
        {
            return CallTiming.Forward;
        }

        return EveryCallFirst.Contains(words[0]) ? CallTiming.EveryCall
            : TrainingFirst.Contains(words[0]) ? CallTiming.Training
            : CallTiming.Unknown;
    }
}
