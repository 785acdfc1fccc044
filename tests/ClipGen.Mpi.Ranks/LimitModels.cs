namespace ClipGen.Mpi.Ranks;

/// <summary>Models of any subset of their buffers, one for each kind of adaptive limit.</summary>
internal static class LimitModels
{
    /// <summary>Models with one adaptive limit for the norm over all processes, so that every process has the same state.</summary>
    private static readonly Dictionary<string, Func<float[][], float[][], IClippable>> WithCommonState = new()
    {
        ["auto"] = (weights, gradients) => new AutoLimit(weights, gradients),
        ["auto-max"] = (weights, gradients) => new BoundedAutoLimit(weights, gradients),
        ["z"] = (weights, gradients) => new ZLimit(weights, gradients),
        ["z-zero"] = (weights, gradients) => new ZeroingZLimit(weights, gradients),
    };

    /// <summary>The other models.</summary>
    private static readonly Dictionary<string, Func<float[][], float[][], IClippable>> WithOwnState = new()
    {
        ["fixed"] = (weights, gradients) => new FixedLimit(weights, gradients),
        ["agc"] = (weights, gradients) => new UnitLimit(weights, gradients),
        ["agc-max"] = (weights, gradients) => new BoundedUnitLimit(weights, gradients),
        ["adagc"] = (weights, gradients) => new MeanLimit(weights, gradients),
        ["adagc-max"] = (weights, gradients) => new BoundedMeanLimit(weights, gradients),
        ["groups"] = (weights, gradients) => new GroupLimits(weights, gradients),
    };

    /// <summary>Functions by name that create a model from weights and their gradients.</summary>
    internal static Dictionary<string, Func<float[][], float[][], IClippable>> All { get; } = new([.. WithCommonState, .. WithOwnState]);

    /// <summary>True if every process has the same state.</summary>
    internal static bool HasCommonState(string limit) => WithCommonState.ContainsKey(limit);
}

[ClipGradNorm(0.7)]
internal sealed partial class FixedLimit(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    internal float[][] Weights { get; } = weights;

    internal float[][] Gradients { get; } = gradients;
}

[AutoClip(40)]
internal sealed partial class AutoLimit(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    internal float[][] Weights { get; } = weights;

    internal float[][] Gradients { get; } = gradients;
}

[AutoClip(90, MaxNorm = 25, WarmUpSteps = 2, NonFinite = NonFinitePolicy.Leave)]
internal sealed partial class BoundedAutoLimit(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    internal float[][] Weights { get; } = weights;

    internal float[][] Gradients { get; } = gradients;
}

[ZClip(1.2, WarmUpSteps = 3)]
internal sealed partial class ZLimit(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    internal float[][] Weights { get; } = weights;

    internal float[][] Gradients { get; } = gradients;
}

[ZClip(1.2, MaxNorm = 30, WarmUpSteps = 3, NonFinite = NonFinitePolicy.Zero)]
internal sealed partial class ZeroingZLimit(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    internal float[][] Weights { get; } = weights;

    internal float[][] Gradients { get; } = gradients;
}

[AdaptiveClip(0.9)]
internal sealed partial class UnitLimit(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    internal float[][] Weights { get; } = weights;

    internal float[][] Gradients { get; } = gradients;
}

[AdaptiveClip(0.9, MaxNorm = 20, WarmUpSteps = 2, NonFinite = NonFinitePolicy.Leave)]
internal sealed partial class BoundedUnitLimit(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    internal float[][] Weights { get; } = weights;

    internal float[][] Gradients { get; } = gradients;
}

[AdaGC(1.05, WarmUpSteps = 2)]
internal sealed partial class MeanLimit(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    internal float[][] Weights { get; } = weights;

    internal float[][] Gradients { get; } = gradients;
}

[AdaGC(1.05, MaxNorm = 20, WarmUpSteps = 3, NonFinite = NonFinitePolicy.Leave)]
internal sealed partial class BoundedMeanLimit(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Gradients))]
    internal float[][] Weights { get; } = weights;

    internal float[][] Gradients { get; } = gradients;
}

/// <summary>A limit of each kind in one model. Some ranks hold no gradient of one of them.</summary>
[AdaGC(1.05, MaxNorm = 20, WarmUpSteps = 1)]
[ZClip(1.5, WarmUpSteps = 2, Group = "short")]
[AdaptiveClip(0.5, MaxNorm = 8, Group = "long", NonFinite = NonFinitePolicy.Leave)]
[ClipGradNorm(0.3, Group = "single", Scope = ClipScope.PerParameter)]
internal sealed partial class GroupLimits(float[][] weights, float[][] gradients)
{
    [Parameter(Gradient = nameof(Middle))]
    internal float[][] MiddleWeights { get; } = [.. weights.Where(weight => weight.Length is >= 50 and < 300)];

    internal float[][] Middle { get; } = [.. gradients.Where(gradient => gradient.Length is >= 50 and < 300)];

    [Parameter(Gradient = nameof(Short))]
    internal float[][] ShortWeights { get; } = [.. weights.Where(weight => weight.Length is > 1 and < 50)];

    [Gradient(Group = "short")]
    internal float[][] Short { get; } = [.. gradients.Where(gradient => gradient.Length is > 1 and < 50)];

    [Parameter(Gradient = nameof(Long))]
    internal float[][] LongWeights { get; } = [.. weights.Where(weight => weight.Length >= 300)];

    [Gradient(Group = "long")]
    internal float[][] Long { get; } = [.. gradients.Where(gradient => gradient.Length >= 300)];

    [Parameter(Gradient = nameof(Single))]
    internal float[][] SingleWeights { get; } = [.. weights.Where(weight => weight.Length == 1)];

    [Gradient(Group = "single")]
    internal float[][] Single { get; } = [.. gradients.Where(gradient => gradient.Length == 1)];
}
