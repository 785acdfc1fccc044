namespace ClipGen.Analyzers.TrainingLoops;

/// <summary>
/// The limits of the analysis, which keep builds fast. Beyond a limit the rules are silent. The limits are far above what training code
/// reaches. <c>docs/rules/README.md</c> lists them for users.
/// </summary>
internal static class AnalysisLimits
{
    /// <summary>Maximum length of an analyzed body, in characters.</summary>
    public const int BodyLength = 250_000;

    /// <summary>Maximum nesting depth of statements in an analyzed body.</summary>
    public const int NestedStatements = 32;

    /// <summary>Maximum depth of calls through which events are collected.</summary>
    public const int CallDepth = 6;

    /// <summary>Maximum number of methods in a call cycle that callers still look into.</summary>
    public const int MethodsInCycle = 100;

    /// <summary>Maximum number of overrides that a call is expanded to.</summary>
    public const int OverridesOfCall = 8;

    /// <summary>Maximum number of nodes of a body's event graph, those of called methods included.</summary>
    public const int ExpandedNodes = 4_000;

    /// <summary>Maximum number of optimizers that one body steps.</summary>
    public const int OptimizersOfBody = 64;

    /// <summary>Maximum number of steps of a hand-written network for which a clip is suggested.</summary>
    public const int StepsOfCall = 64;

    /// <summary>Maximum number of network calls in a body that are searched for the one network that it trains.</summary>
    public const int NetworksOfBody = 256;

    /// <summary>Maximum number of values of a local variable that are tracked.</summary>
    public const int ValuesOfLocal = 32;

    /// <summary>Maximum number of steps from an expression to the variable, network or gradient that it stands for.</summary>
    public const int ExpressionDepth = 8;

    /// <summary>Maximum number of expressions that are read to find the networks of a set of parameters.</summary>
    public const int ExpressionsOfParameters = 256;

    /// <summary>Maximum number of expressions that are read to find the tensor of a gradient.</summary>
    public const int ExpressionsOfGradient = 256;

    /// <summary>Maximum number of operations between a gradient and a value computed from it.</summary>
    public const int TensorDepth = 32;

    /// <summary>Maximum number of members of a step's types that are read for words of clipping.</summary>
    public const int MembersWithHints = 256;

    /// <summary>Maximum number of expressions that are read to find the buffers of one expression.</summary>
    public const int ExpressionsOfBuffer = 512;

    /// <summary>Maximum number of steps from an expression to a buffer that it stands for.</summary>
    public const int BufferDepth = 32;

    /// <summary>Maximum number of buffers that one expression stands for.</summary>
    public const int RootsOfBuffer = 64;

    /// <summary>Maximum depth of calls through which writes into arguments are followed.</summary>
    public const int BufferCallDepth = 4;

    /// <summary>Maximum number of writes into its arguments that are recorded for one method.</summary>
    public const int EffectsOfMethod = 64;

    /// <summary>Maximum number of calls that are read to find the arguments for a parameter.</summary>
    public const int CallSites = 64;

    /// <summary>Maximum number of assignments in a body that is read for gradients that it fills and parameters that it updates.</summary>
    public const int WritesOfBody = 5_000;

    /// <summary>Maximum number of gradients of a body that are followed to the parameters that they update.</summary>
    public const int GradientsOfBody = 64;

    /// <summary>
    /// Maximum number of methods called by a backward pass or a step that are read for the members that they write and apply.
    /// </summary>
    public const int MethodsOfEffects = 64;

    /// <summary>Maximum number of variables computed from one gradient.</summary>
    public const int VariablesOfGradient = 256;

    /// <summary>Maximum number of writes that are read to decide whether a local variable holds existing gradients.</summary>
    public const int WritesOfCopy = 64;
}
