namespace ClipGen.Benchmarks.Measurement;

/// <summary>The owner of the gradients that are clipped.</summary>
public enum GradientOwner
{
    /// <summary>Arrays of a hand-written network.</summary>
    Arrays,

    /// <summary>Parameters of TorchSharp.</summary>
    Torch,
}
