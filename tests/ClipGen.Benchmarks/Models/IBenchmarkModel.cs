namespace ClipGen.Benchmarks.Models;

/// <summary>A model for the contenders: the generated clipping, and the same buffers for all others.</summary>
public interface IBenchmarkModel
{
    /// <summary>Every gradient, in the order of declaration.</summary>
    IReadOnlyList<float[]> Gradients { get; }

    /// <summary>Calls the generated <c>ClipGradients(limit)</c>.</summary>
    /// <param name="limit">The largest norm that is not clipped.</param>
    ClipResult Clip(double limit);
}
