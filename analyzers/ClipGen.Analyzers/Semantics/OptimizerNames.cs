namespace ClipGen.Analyzers.Semantics;

/// <summary>Names of optimization algorithms: those of PyTorch, and later ones that hand-written networks implement.</summary>
internal static class OptimizerNames
{
    private static readonly HashSet<string> Algorithms = new(StringComparer.OrdinalIgnoreCase)
    {
        "AdaBelief", "AdaBound", "Adadelta", "Adafactor", "Adagrad", "Adam", "Adamax", "AdamW", "AMSGrad", "ASGD", "LAMB", "LARS", "LBFGS",
        "Lion",
        "NAdam", "RAdam", "RMSprop", "Rprop", "SGD", "SGDM",
    };

    /// <summary>Whether the whole name is that of an algorithm, ignoring case.</summary>
    public static bool IsAlgorithm(string name) => Algorithms.Contains(name);
}
