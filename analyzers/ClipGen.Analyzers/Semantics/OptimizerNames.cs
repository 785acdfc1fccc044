namespace ClipGen.Analyzers.Semantics;

/// <summary>
/// The names of optimization algorithms. They are PyTorch's, and those published since that are found in hand-written networks under their
/// own name.
/// </summary>
internal static class OptimizerNames
{
    private const int LongestInWords = 3;

    private static readonly HashSet<string> Algorithms =
    [
        "adabelief", "adabound", "adadelta", "adafactor", "adagrad", "adam", "adamax", "adamw", "amsgrad", "asgd", "lamb", "lars", "lbfgs", "lion",
        "nadam", "radam", "rmsprop", "rprop", "sgd", "sgdm",
    ];

    /// <summary>Whether the words, put together, are the name of an algorithm: <c>adam</c>, <c>w</c> are AdamW.</summary>
    public static bool IsAlgorithm(IEnumerable<string> words) => Algorithms.Contains(string.Concat(words));

    /// <summary>Whether neighbouring words are the name of an algorithm: <c>my</c>, <c>rms</c>, <c>prop</c>, <c>state</c>.</summary>
    public static bool ContainsAlgorithm(IReadOnlyList<string> words)
    {
        for (int start = 0; start < words.Count; start++)
        {
            for (int count = 1; count <= LongestInWords && start + count <= words.Count; count++)
            {
                if (IsAlgorithm(words.Skip(start).Take(count)))
                    return true;
            }
        }

        return false;
    }
}
