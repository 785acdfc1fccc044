namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>The rule that updates parameters.</summary>
public enum UpdateRule
{
    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,

    /// <summary>Adam without weight decay.</summary>
    Adam,

    /// <summary>Gradient descent with momentum.</summary>
    Sgd,

    /// <summary>RMSProp, neither centered nor with momentum.</summary>
    RmsProp,
}
