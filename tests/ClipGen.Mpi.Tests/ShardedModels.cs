namespace ClipGen.Mpi.Tests;

/// <summary>Models that can consist of any subset of their gradients, one for each kind of limit.</summary>
internal static class ShardedModels
{
    /// <summary>Functions by name that create a model from gradients.</summary>
    internal static Dictionary<string, Func<float[][], IClippable>> All { get; } = new()
    {
        ["L2"] = gradients => new Euclidean(gradients),
        ["L1"] = gradients => new Taxicab(gradients),
        ["infinity"] = gradients => new Largest(gradients),
        ["L3"] = gradients => new Cubic(gradients),
        ["each buffer"] = gradients => new Each(gradients),
        ["value"] = gradients => new Value(gradients),
        ["groups"] = gradients => new Groups(gradients),
        ["epsilon"] = gradients => new WithEpsilon(gradients),
        ["zero"] = gradients => new Zero(gradients),
        ["leave"] = gradients => new Leave(gradients),
        ["propagate"] = gradients => new Propagate(gradients),
    };

    /// <summary>Clips as one process does.</summary>
    internal static ClipResult Clip(this IClippable model) => model.ClipGradients();
}

[ClipGradNorm(0.7)]
internal sealed partial class Euclidean(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}

[ClipGradNorm(3, NormType = 1)]
internal sealed partial class Taxicab(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}

[ClipGradNorm(0.01, NormType = double.PositiveInfinity)]
internal sealed partial class Largest(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}

[ClipGradNorm(0.5, NormType = 3)]
internal sealed partial class Cubic(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}

[ClipGradNorm(0.1, Scope = ClipScope.PerParameter)]
internal sealed partial class Each(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}

[ClipGradValue(0.2)]
internal sealed partial class Value(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}

/// <summary>Short gradients have a limit of their own, and so have those of one element.</summary>
[ClipGradNorm(0.4)]
[ClipGradNorm(0.3, NormType = 1, Group = "short")]
[ClipGradValue(0.05, Group = "single")]
internal sealed partial class Groups(float[][] gradients)
{
    [Gradient]
    internal float[][] Long { get; } = [.. gradients.Where(gradient => gradient.Length > 100)];

    [Gradient(Group = "short")]
    internal float[][] Short { get; } = [.. gradients.Where(gradient => gradient.Length is > 1 and <= 100)];

    [Gradient(Group = "single")]
    internal float[][] Single { get; } = [.. gradients.Where(gradient => gradient.Length == 1)];
}

[ClipGradNorm(0.7, Epsilon = 0.25)]
internal sealed partial class WithEpsilon(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}

[ClipGradNorm(0.7, NonFinite = NonFinitePolicy.Zero)]
internal sealed partial class Zero(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}

[ClipGradNorm(0.7, NonFinite = NonFinitePolicy.Leave)]
internal sealed partial class Leave(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}

[ClipGradNorm(0.7, NonFinite = NonFinitePolicy.Propagate)]
internal sealed partial class Propagate(float[][] gradients)
{
    [Gradient]
    internal float[][] Gradients { get; } = gradients;
}
