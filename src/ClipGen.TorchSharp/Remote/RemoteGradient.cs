using ClipGen.Numerics.Kernels;
using ClipGen.Torch.Gathering;
using TorchSharp;
using BFloat16 = ClipGen.Numerics.Kernels.BFloat16;

namespace ClipGen.Torch.Remote;

/// <summary>Changes a gradient on another device, without copying it.</summary>
internal static class RemoteGradient
{
    /// <summary>The gradient as a dense tensor.</summary>
    internal static torch.Tensor Elements(ref GradientRecord record)
    {
        if (record.Tensor!.is_sparse)
            record.Dense ??= RemoteTensors.Launch(record.Tensor.detach().to_dense()).DetachFromDisposeScope();
        return record.Dense ?? record.Tensor.detach();
    }

    /// <summary>x ← x·factor, rounded once to the element's type.</summary>
    internal static void Scale(GradientBatch batch, ref GradientRecord record, double factor) => Change(batch, ref record, elements =>
    {
        if (!RemoteTensors.IsShort(elements.dtype))
        {
            Multiply(elements, factor);
            return;
        }

        // torch would round the factor to a 16-bit type.
        torch.Tensor wide = RemoteTensors.Launch(elements.to(torch.ScalarType.Float32));
        Multiply(wide, factor);
        RemoteTensors.Launch(elements.copy_(wide));
    });

    /// <summary>x ← the nearest of [−limit, limit]; NaN stays NaN.</summary>
    internal static void Clamp(GradientBatch batch, ref GradientRecord record, double limit)
    {
        double rounded = RoundLimit(record.Tensor!.dtype, limit);
        using Scalar least = -rounded;
        using Scalar most = rounded;
        Change(batch, ref record, elements => RemoteTensors.Launch(elements.clamp_(least, most)));
    }

    /// <summary>Sets all elements to zero, even NaN.</summary>
    internal static void Zero(GradientBatch batch, ref GradientRecord record) =>
        Change(batch, ref record, elements => RemoteTensors.Launch(elements.zero_()));

    /// <summary>Rounds the limit to the element's type, to at most its largest number.</summary>
    internal static double RoundLimit(torch.ScalarType elementType, double limit) => elementType switch
    {
        torch.ScalarType.Float32 => GradientElements.RoundLimit<float>(limit),
        torch.ScalarType.Float16 => GradientElements.RoundLimit<Half>(limit),
        torch.ScalarType.BFloat16 => GradientElements.RoundLimit<BFloat16>(limit),
        _ => limit,
    };

    private static void Change(GradientBatch batch, ref GradientRecord record, Action<torch.Tensor> change)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor elements = Elements(ref record);
        if (!record.IsReplaced)
        {
            change(elements);
            return;
        }

        torch.Tensor replacement = RemoteTensors.Launch(elements.clone());
        change(replacement);
        batch.SetGradient(record, replacement);
    }

    // Applies a factor that is not a normal number of the type in two steps, the first of which is a power of two.
    private static void Multiply(torch.Tensor elements, double factor)
    {
        bool isSingle = elements.dtype is torch.ScalarType.Float32 or torch.ScalarType.ComplexFloat32;
        bool isUsable = factor == 0 || !double.IsFinite(factor) || (isSingle ? float.IsNormal((float)factor) : double.IsNormal(factor));
        if (!isUsable)
        {
            int power = Math.Abs(factor) < 1 ? (isSingle ? -126 : -1022) : 127;
            RemoteTensors.Launch(Math.ScaleB(1, power), scale => elements.mul_(scale));
            factor = Math.ScaleB(factor, -power);
        }

        RemoteTensors.Launch(factor, scale => elements.mul_(scale));
    }
}
