using ClipGen.Benchmarks.Models;
using TorchCharLstm;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>The contenders.</summary>
public static class ContenderList
{
    private const int SmallestSweep = 1 << 20;
    private const int LongestUnrolled = 256;

    /// <summary>All contenders over the gradients of one model. The first is the one that the others are compared with.</summary>
    /// <param name="model">The model, its gradients filled.</param>
    /// <param name="clippingNeeded">True if the limit will be below the norm. The memory sweep depends on it.</param>
    public static IReadOnlyList<Contender> Create(IBenchmarkModel model, bool clippingNeeded)
    {
        float[][] gradients = [.. model.Gradients];
        var contenders = new List<Contender>
        {
            new GeneratedCode(model, threads: 1, GeneratedCode.OneThread),
            new GeneratedCode(model, threads: 2, $"{GeneratedCode.OneThread}, 2 threads"),
            new TensorPrimitivesLoop(gradients),
            new ScalarLoop(gradients),
            new ReflectionOverFields(model),
        };
        if (gradients.All(gradient =>
            gradient.Length <= LongestUnrolled))
        {
            contenders.Add(
                new GeneratedCode(new ArrayModel(gradients), threads: 1, GeneratedCode.KernelCalls));
        }

        if (Libtorch.WhyNot is null)
        {
            var parameters = new TorchParameters(gradients);
            contenders.Add(new TorchClipGradNorm(parameters, threads: 1));
            contenders.Add(new TorchClipGradNorm(parameters, threads: 2));
        }

        // In a small model, memory traffic does not matter.
        if (gradients.Sum(gradient => (long)gradient.Length)
            >= SmallestSweep)
        {
            contenders.Add(new MemorySweep(gradients, writes: clippingNeeded));
            contenders.Add(new MemorySweep(gradients, writes: clippingNeeded, threads: 2));
        }

        return contenders;
    }

    /// <summary>
    /// All contenders over parameters of TorchSharp whose gradients are those of one model. The first is the one that the others are
    /// compared with.
    /// </summary>
    /// <param name="model">The model, its gradients filled.</param>
    public static IReadOnlyList<Contender> CreateForTorch(IBenchmarkModel model)
    {
        var parameters = new TorchParameters(model.Gradients);
        return
        [
            new TorchGradientsClipNorm(parameters, threads: 1),
            new TorchGradientsClipNorm(parameters, threads: 2),
            new GeneratedModule(parameters),
            new TorchClipGradNorm(parameters, threads: 1),
            new TorchClipGradNorm(parameters, threads: 2),
            new TorchModuleClipGradNorm(parameters),
        ];
    }
}
