namespace ClipGen.Analyzers.Semantics;

/// <summary>
/// The names of optimization algorithms: those of PyTorch, and those published since that hand-written networks implement under their own
/// name.
/// </summary>
internal static class OptimizerNames
{
    private static readonly HashSet<string> Algorithms = new(StringComparer.OrdinalIgnoreCase)
    {
        "AdaBelief", "AdaBound", "Adadelta", "Adafactor", "Adagrad", "Adam", "Adamax", "AdamW", "AMSGrad", "ASGD", "LAMB", "LARS", "LBFGS",
        "Lion",
        "NAdam", "RAdam", "RMSprop", "Rprop", "SGD", "SGDM",
    };

    /// <summary>Whether the whole name is that of an algorithm, in any case.</summary>
    public static bool IsAlgorithm(string name) => Algorithms.Contains(name);
}
