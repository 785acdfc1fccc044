namespace ClipGen.Analyzers.Declarations.Code;

/// <summary>How often code runs during the life of an object, told from its kind and its name.</summary>
internal enum CallTiming
{
    /// <summary>Neither the name nor the callers tell.</summary>
    Unknown,

    /// <summary>Builds the object: constructors, initializers, <c>Add(layer)</c>, <c>Build()</c>, <c>Load(path)</c>.</summary>
    Building,

    /// <summary>Trains or updates the object: <c>Fit</c>, <c>Step</c>. It may build something first, and then runs once per step.</summary>
    Training,

    /// <summary>A backward pass. Some networks also step in it.</summary>
    Backward,

    /// <summary>Runs for every sample: <c>Run</c>, <c>Process</c>, <c>SetInput</c>.</summary>
    EveryCall,

    /// <summary>A forward pass: <c>Forward</c>, <c>Predict</c>, <c>Encode</c>.</summary>
    Forward,
}
