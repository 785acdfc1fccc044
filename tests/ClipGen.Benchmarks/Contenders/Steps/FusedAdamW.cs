using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>
/// <c>torch.nn.utils.clip_grad_norm_</c>, then libtorch's fused kernel for AdamW, <c>aten::_fused_adamw_</c>, on one thread.
/// TorchSharp does not offer it.
/// </summary>
public sealed unsafe class FusedAdamW : StepContender
{
    /// <summary>The name in the tables.</summary>
    public const string Title = "TorchSharp's clip, fused kernel of libtorch";

    private readonly double _learningRate;
    private readonly TorchParameters _parameters;
    private readonly TorchClipGradNorm _clip;

    // Stored, because each read of grad creates an object that owns its handle.
    private readonly torch.Tensor[] _gradients;
    private readonly torch.Tensor[] _means;
    private readonly torch.Tensor[] _squares;
    private readonly torch.Tensor _step = torch.zeros(1);
    private readonly float* _stepValue;
    private readonly nint[] _weightHandles;
    private readonly nint[] _gradientHandles;
    private readonly nint[] _meanHandles;
    private readonly nint[] _squareHandles;
    private readonly nint[] _stepHandles;

    /// <summary>Creates the states.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="learningRate">The learning rate.</param>
    public FusedAdamW(TorchParameters parameters, double learningRate)
        : base(Title)
    {
        _parameters = parameters;
        _learningRate = learningRate;
        _clip = new TorchClipGradNorm(parameters, threads: 1);
        _means = [.. parameters.All.Select(parameter => torch.zeros(parameter.shape))];
        _squares = [.. parameters.All.Select(parameter => torch.zeros(parameter.shape))];
        _stepValue = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_step.bytes));
        _weightHandles = [.. parameters.All.Select(parameter => parameter.Handle)];
        _gradients = [.. parameters.All.Select(parameter => parameter.grad!)];
        _gradientHandles = [.. _gradients.Select(gradient => gradient.Handle)];
        _meanHandles = [.. _means.Select(mean => mean.Handle)];
        _squareHandles = [.. _squares.Select(square => square.Handle)];
        _stepHandles = [.. parameters.All.Select(_ => _step.Handle)];
    }

    /// <inheritdoc/>
    public override IEnumerable<float[]> ReadParameters() => _parameters.ReadWeights();

    /// <inheritdoc/>
    public override void Prepare() => _clip.Prepare();

    /// <inheritdoc/>
    public override double Clip(double limit)
    {
        double norm = _clip.Clip(limit);

        // One step count for all parameters. PyTorch has one for each, which takes longer and is not part of the kernel.
        (*_stepValue)++;
        using (torch.no_grad())
        {
            LibtorchDispatcher.Call(
                "aten::_fused_adamw_\0"u8,
                "\0"u8,
                [
                    LibtorchDispatcher.List(_weightHandles), LibtorchDispatcher.List(_gradientHandles),
                    LibtorchDispatcher.List(_meanHandles), LibtorchDispatcher.List(_squareHandles),
                    LibtorchDispatcher.List([]), LibtorchDispatcher.List(_stepHandles),
                    LibtorchDispatcher.Number(_learningRate), LibtorchDispatcher.Number(UpdateOptions.Beta1),
                    LibtorchDispatcher.Number(UpdateOptions.Beta2), LibtorchDispatcher.Number(UpdateOptions.WeightDecay),
                    LibtorchDispatcher.Number(UpdateOptions.Epsilon), 0, 0, 0, 0,
                ]);
        }

        return norm;
    }

    /// <inheritdoc/>
    public override double LimitNear(double norm) => _clip.LimitNear(norm);

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (torch.Tensor tensor in _gradients.Concat(_means).Concat(_squares)) tensor.Dispose();

        _step.Dispose();
        _parameters.Dispose();
        base.Dispose();
    }
}
