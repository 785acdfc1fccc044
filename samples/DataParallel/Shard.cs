using ClipGen;

namespace DataParallel;

/// <summary>The gradients of a model that one rank holds.</summary>
[ClipGradNorm(1.0)]
internal sealed partial class Shard(IReadOnlyList<float[]> gradients)
{
    [Gradient]
    internal IReadOnlyList<float[]> Gradients { get; } = gradients;
}
