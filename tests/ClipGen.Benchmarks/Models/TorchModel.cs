using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Benchmarks.Models;

/// <summary>
/// A TorchSharp module with a list of layers with two parameters each: as deep as usual networks, with only what a clip uses.
/// </summary>
[ClipGradNorm(1.0)]
public sealed partial class TorchModel : torch.nn.Module
{
    /// <summary>A module that registers <paramref name="parameters"/>.</summary>
    public TorchModel(Parameter[] parameters)
        : base(nameof(TorchModel)) =>
        register_module("layers", new ModuleList<TorchLayer>([.. parameters.Chunk(2).Select(pair => new TorchLayer(pair))]));
}

/// <summary>A layer of two parameters.</summary>
public sealed class TorchLayer : torch.nn.Module
{
    /// <summary>A layer that registers <paramref name="parameters"/> as its weight and its bias.</summary>
    public TorchLayer(Parameter[] parameters)
        : base(nameof(TorchLayer))
    {
        register_parameter("weight", parameters[0]);
        if (parameters.Length > 1) register_parameter("bias", parameters[1]);
    }
}
