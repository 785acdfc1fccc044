namespace ClipGen.Benchmarks.Measurement;

/// <summary>What holds the gradients that are clipped.</summary>
public enum GradientOwner
{
    /// <summary>Arrays of a network written by hand.</summary>
    Arrays,

    /// <summary>Parameters of TorchSharp.</summary>
    Torch,
}
