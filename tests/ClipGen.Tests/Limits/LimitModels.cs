using ClipGen.Optimizers;

namespace ClipGen.Tests.Limits;

/// <summary>A model of two buffers. Tests set the first one.</summary>
internal interface ILimitModel
{
    double[] First { get; }

    double[] Second { get; }

    ClipResult ClipGradients();

    ClipResult ClipGradients(ClipReport report);

    ClipResult ClipAndStep(Optimizer optimizer, LossScaler? scaler = null);
}

/// <summary>The models of the tests, by the name of the rule, with the settings of <see cref="LimitKinds"/>.</summary>
internal static class LimitModels
{
    internal static ILimitModel Create(string kind) => kind switch
    {
        "AutoClip" => new AutoClipModel(),
        "ZClip" => new ZClipModel(),
        "AdaptiveClip" => new AdaptiveClipModel(),
        "AdaGC" => new AdaGCModel(),
        _ => throw new ArgumentException("There is no such model.", nameof(kind)),
    };

    /// <summary>Sets a gradient with the given norm, distributed over the two buffers, and clips.</summary>
    internal static ClipResult Clip(this ILimitModel model, double norm)
    {
        model.SetGradient(norm);
        return model.ClipGradients();
    }

    internal static void SetGradient(this ILimitModel model, double norm) => (model.First[0], model.Second[0]) = (0.6 * norm, 0.8 * norm);
}

[AutoClip(10)]
internal sealed partial class AutoClipModel : ILimitModel
{
    [Parameter(Gradient = nameof(_dW))] private readonly double[] _w = [3];
    private readonly double[] _dW = new double[1];
    [Parameter(Gradient = nameof(_dB))] private readonly double[] _b = [4];
    private readonly double[] _dB = new double[1];

    public double[] First => _dW;

    public double[] Second => _dB;

    public ClipResult ClipAndStep(Optimizer optimizer, LossScaler? scaler) =>
        scaler is null ? optimizer.ClipAndStep(this) : optimizer.ClipAndStep(this, scaler);
}

[ZClip(2.5, WarmUpSteps = 3)]
internal sealed partial class ZClipModel : ILimitModel
{
    [Parameter(Gradient = nameof(_dW))] private readonly double[] _w = [3];
    private readonly double[] _dW = new double[1];
    [Parameter(Gradient = nameof(_dB))] private readonly double[] _b = [4];
    private readonly double[] _dB = new double[1];

    public double[] First => _dW;

    public double[] Second => _dB;

    public ClipResult ClipAndStep(Optimizer optimizer, LossScaler? scaler) =>
        scaler is null ? optimizer.ClipAndStep(this) : optimizer.ClipAndStep(this, scaler);
}

[AdaptiveClip(0.01, WarmUpSteps = 2)]
internal sealed partial class AdaptiveClipModel : ILimitModel
{
    [Parameter(Gradient = nameof(_dW))] private readonly double[] _w = [3];
    private readonly double[] _dW = new double[1];
    [Parameter(Gradient = nameof(_dB))] private readonly double[] _b = [4];
    private readonly double[] _dB = new double[1];

    public double[] First => _dW;

    public double[] Second => _dB;

    public ClipResult ClipAndStep(Optimizer optimizer, LossScaler? scaler) =>
        scaler is null ? optimizer.ClipAndStep(this) : optimizer.ClipAndStep(this, scaler);
}

[AdaGC(1.05, WarmUpSteps = 2)]
internal sealed partial class AdaGCModel : ILimitModel
{
    [Parameter(Gradient = nameof(_dW))] private readonly double[] _w = [3];
    private readonly double[] _dW = new double[1];
    [Parameter(Gradient = nameof(_dB))] private readonly double[] _b = [4];
    private readonly double[] _dB = new double[1];

    public double[] First => _dW;

    public double[] Second => _dB;

    public ClipResult ClipAndStep(Optimizer optimizer, LossScaler? scaler) =>
        scaler is null ? optimizer.ClipAndStep(this) : optimizer.ClipAndStep(this, scaler);
}
