using ClipGen.Benchmarks.Models;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>Who takes part.</summary>
public static class ContenderList
{
    /// <summary>All contenders over the gradients of one model. The first is the one that the others are compared with.</summary>
    /// <param name="model">The model, its gradients filled.</param>
    /// <param name="clippingNeeded">Whether the limit will be below the norm, which decides what the memory sweep does.</param>
    public static IReadOnlyList<Contender> Create(IBenchmarkModel model, bool clippingNeeded)
    {
        float[][] gradients = [.. model.Gradients];
        return
        [
            new GeneratedCode(model),

            // SEVERAL THREADS: the generated code on two threads stands here, as soon as the runtime offers the number as a setting
            // (set it in Prepare, set it back in Settle).
            new TensorPrimitivesLoop(gradients),
            new ScalarLoop(gradients),
            new ReflectionOverFields(model),

            // TORCH: clip_grad_norm_ on one and on two threads stands here, as soon as the build finds a libtorch that loads.
            new MemorySweep(gradients, writes: clippingNeeded),
        ];
    }
}
