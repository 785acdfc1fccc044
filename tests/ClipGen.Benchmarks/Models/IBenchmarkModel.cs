namespace ClipGen.Benchmarks.Models;

/// <summary>A model as the contenders see it: the clipping that the compiler wrote, and the same buffers for all others.</summary>
public interface IBenchmarkModel : IClippable
{
    /// <summary>Every gradient, in the order of declaration.</summary>
    IReadOnlyList<float[]> Gradients { get; }

    /// <summary>The generated method.</summary>
    /// <param name="limit">The largest norm that is left as it is.</param>
    ClipResult ClipGradients(double limit);
}
