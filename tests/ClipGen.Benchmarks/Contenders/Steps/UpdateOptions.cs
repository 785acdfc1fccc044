using ClipGen.Optimizers;
using TorchSharp;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>The options of all contenders.</summary>
internal static class UpdateOptions
{
    public const double Beta1 = 0.9;
    public const double Beta2 = 0.999;
    public const double Epsilon = 1e-8;
    public const double WeightDecay = 0.01;
    public const double Momentum = 0.9;
    public const double Alpha = 0.99;

    /// <summary>The name of the rule in the tables.</summary>
    public static string Describe(UpdateRule rule) => rule switch
    {
        UpdateRule.Sgd => "SGD with momentum",
        UpdateRule.RmsProp => "RMSProp",
        _ => $"{rule}",
    };

    /// <summary>The number of states that the rule keeps for a parameter.</summary>
    public static int States(UpdateRule rule) => rule is UpdateRule.Adam or UpdateRule.AdamW ? 2 : 1;

    /// <summary>ClipGen's optimizer.</summary>
    public static Optimizer Create(UpdateRule rule, double learningRate) => rule switch
    {
        UpdateRule.AdamW => new AdamW(learningRate) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, WeightDecay = WeightDecay },
        UpdateRule.Adam => new Adam(learningRate) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon },
        UpdateRule.Sgd => new Sgd(learningRate) { Momentum = Momentum },
        _ => new RmsProp(learningRate) { Alpha = Alpha, Epsilon = Epsilon },
    };

    /// <summary>TorchSharp's optimizer.</summary>
    public static torch.optim.Optimizer CreateForTorch(
        UpdateRule rule, IEnumerable<TorchSharp.Modules.Parameter> parameters, double learningRate) =>
        rule switch
        {
            UpdateRule.AdamW => torch.optim.AdamW(parameters, learningRate, Beta1, Beta2, Epsilon, weight_decay: WeightDecay),
            UpdateRule.Adam => torch.optim.Adam(parameters, learningRate, Beta1, Beta2, Epsilon),
            UpdateRule.Sgd => torch.optim.SGD(parameters, learningRate, Momentum),
            _ => torch.optim.RMSProp(parameters, learningRate, Alpha, Epsilon),
        };
}
