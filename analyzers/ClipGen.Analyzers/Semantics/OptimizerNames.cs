namespace ClipGen.Analyzers.Semantics;

/// <summary>
/// The names of optimization algorithms: those of PyTorch, and those published since that hand-written networks implement under their own name.
/// </summary>
internal static class OptimizerNames
{
    /// <summary>RMSProp and AdaGrad are split into two words, AdamW and SGDM too.</summary>
    private const int LongestInWords = 2;

    private static readonly HashSet<string> Algorithms = new(StringComparer.OrdinalIgnoreCase)
    {
        "AdaBelief", "AdaBound", "Adadelta", "Adafactor", "Adagrad", "Adam", "Adamax", "AdamW", "AMSGrad", "ASGD", "LAMB", "LARS", "LBFGS", "Lion",
        "NAdam", "RAdam", "RMSprop", "Rprop", "SGD", "SGDM",
    };

    /// <summary>Whether the whole name is that of an algorithm, in any case.</summary>
    public static bool IsAlgorithm(string name) => Algorithms.Contains(name);

    /// <summary>Whether words that stand side by side are the name of an algorithm: <c>rms</c>, <c>prop</c> in <c>MyRmsPropState</c>.</summary>
    /// <param name="words">The words of an identifier.</param>
    public static bool IsNamedIn(IReadOnlyList<string> words)
    {
        for (int start = 0; start < words.Count; start++)
        {
            for (int count = 1; count <= LongestInWords && start + count <= words.Count; count++)
            {
                if (IsAlgorithm(string.Concat(words.Skip(start).Take(count))))
                    return true;
            }
        }

        return false;
    }
}
