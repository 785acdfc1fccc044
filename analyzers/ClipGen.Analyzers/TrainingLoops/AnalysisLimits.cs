namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// Where the analysis stops, so that no program makes it slow. Beyond each limit the rules are silent. The limits are far above what
/// training code reaches; <c>docs/architecture.md</c> lists them for users.
/// </summary>
internal static class AnalysisLimits
{
    /// <summary>The longest body that is analysed, in characters.</summary>
    public const int BodyLength = 250_000;

    /// <summary>How deep statements stand inside each other in a body that is analysed.</summary>
    public const int NestedStatements = 32;

    /// <summary>How many calls deep the events of called methods are looked for.</summary>
    public const int CallDepth = 6;

    /// <summary>How many methods can call each other in a cycle and still be looked into by their callers.</summary>
    public const int MethodsInCycle = 100;

    /// <summary>How many overrides of a called method stand for all of them.</summary>
    public const int OverridesOfCall = 8;

    /// <summary>The number of nodes of a body's event graph with the graphs of called methods in it.</summary>
    public const int ExpandedNodes = 4_000;

    /// <summary>The number of optimizers that one body steps.</summary>
    public const int OptimizersOfBody = 64;

    /// <summary>How many steps of a hand-written network are read for the call that clips before them.</summary>
    public const int StepsOfCall = 64;

    /// <summary>How many calls of networks a body has, for the one network that it trains to be looked for among them.</summary>
    public const int NetworksOfBody = 256;

    /// <summary>How many values a local variable can be set to and still be known by them.</summary>
    public const int ValuesOfLocal = 32;

    /// <summary>How many steps lead from an expression to the variable, network or gradient that it stands for.</summary>
    public const int ExpressionDepth = 8;

    /// <summary>How many expressions are read to find the networks that a set of parameters comes from.</summary>
    public const int ExpressionsOfParameters = 256;

    /// <summary>How many expressions are looked at to find the tensor that a gradient belongs to.</summary>
    public const int ExpressionsOfGradient = 256;

    /// <summary>How many operations lead from a gradient to what is computed from it.</summary>
    public const int TensorDepth = 32;

    /// <summary>How many members of the types of a step are read for words of clipping.</summary>
    public const int MembersWithHints = 256;

    /// <summary>How many expressions are read to find the buffers that one expression stands for.</summary>
    public const int ExpressionsOfBuffer = 512;

    /// <summary>How many steps lead from an expression to a buffer that it stands for.</summary>
    public const int BufferDepth = 32;

    /// <summary>How many buffers one expression can stand for.</summary>
    public const int RootsOfBuffer = 64;

    /// <summary>How many calls deep is found what a method writes into its arguments.</summary>
    public const int BufferCallDepth = 4;

    /// <summary>How many writes into its arguments are kept of one method.</summary>
    public const int EffectsOfMethod = 64;

    /// <summary>How many calls are read to find what a parameter stands for.</summary>
    public const int CallSites = 64;

    /// <summary>
    /// How many assignments a body can have and still be read for gradients that it fills and parameters that it updates.
    /// </summary>
    public const int WritesOfBody = 5_000;

    /// <summary>How many gradients of a body are followed to the parameters that they update.</summary>
    public const int GradientsOfBody = 64;

    /// <summary>How many methods that a backward pass or a step calls are read for the members that they write and apply.</summary>
    public const int MethodsOfEffects = 64;

    /// <summary>How many variables are computed from one gradient at most.</summary>
    public const int VariablesOfGradient = 256;

    /// <summary>How many writes are read to tell whether a local variable only holds gradients that are already there.</summary>
    public const int WritesOfCopy = 64;
}
