using ClipGen.Optimizers;

namespace ClipGen.Tests.Optimizers;

/// <summary>Optimizers with their options, by name.</summary>
internal static class OptimizerCases
{
    public static readonly string[] All =
    [
        "AdamW", "AdamW without decay", "Adam", "Adam, AMSGrad", "SGD", "SGD, momentum", "SGD, Nesterov", "SGD, dampening", "RMSProp",
        "RMSProp, momentum",
        "RMSProp, centered", "Lion",
    ];

    public static Optimizer Create(string name) => name switch
    {
        "AdamW" => new AdamW(0.01),
        "AdamW without decay" => new AdamW(0.01) { WeightDecay = 0 },
        "Adam" => new Adam(0.01) { WeightDecay = 0.01 },
        "Adam, AMSGrad" => new Adam(0.01) { WeightDecay = 0.01, AmsGrad = true },
        "SGD" => new Sgd(0.1),
        "SGD, momentum" => new Sgd(0.1) { Momentum = 0.9, WeightDecay = 0.01 },
        "SGD, Nesterov" => new Sgd(0.1) { Momentum = 0.9, WeightDecay = 0.01, Nesterov = true },
        "SGD, dampening" => new Sgd(0.1) { Momentum = 0.9, WeightDecay = 0.01, Dampening = 0.5 },
        "RMSProp" => new RmsProp(0.01),
        "RMSProp, momentum" => new RmsProp(0.01) { Momentum = 0.9, WeightDecay = 0.01 },
        "RMSProp, centered" => new RmsProp(0.01) { Momentum = 0.9, Centered = true },
        "Lion" => new Optimizer<Lion>(new Lion(0.9, 0.99), 0.01) { WeightDecay = 0.1 },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such case."),
    };
}
