using System.Numerics;
using System.Runtime.CompilerServices;
using ClipGen.Optimizers;

namespace ClipGen.Tests.Optimizers;

/// <summary>The example in the documentation: Lion (Chen et al. 2023).</summary>
public readonly struct Lion(double beta1, double beta2) : IUpdate
{
    public static IReadOnlyList<string> StateNames => ["exp_avg"];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<T>(in UpdateStep<T> step, ref UpdateElements<T> elements)
        where T : unmanaged
    {
        Vector<T> mixed = (step.Of(beta1) * elements.State0) + (step.Of(1 - beta1) * elements.Gradient);
        elements.Parameter *= step.Of(1 - (step.LearningRate * step.WeightDecay));
        elements.Parameter -= step.Of(step.LearningRate) * step.Sign(mixed);
        elements.State0 = (step.Of(beta2) * elements.State0) + (step.Of(1 - beta2) * elements.Gradient);
    }
}
