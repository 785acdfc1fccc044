namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>How often a piece of code runs in the life of an object, as far as its kind and its name say.</summary>
internal enum CallTiming
{
    /// <summary>Neither name nor callers say.</summary>
    Unknown,

    /// <summary>It builds the object: constructors, initializers, <c>Add(layer)</c>, <c>Build()</c>, <c>Load(path)</c>.</summary>
    Building,

    /// <summary>It trains or updates the object: <c>Fit</c>, <c>Step</c>. It may build something first, and then runs once a step.</summary>
    Training,

    /// <summary>It is a backward pass, which some networks step in.</summary>
    Backward,

    /// <summary>It runs with every sample: <c>Run</c>, <c>Process</c>, <c>SetInput</c>.</summary>
    EveryCall,

    /// <summary>It is a forward pass: <c>Forward</c>, <c>Predict</c>, <c>Encode</c>.</summary>
    Forward,
}
