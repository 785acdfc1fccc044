using TorchSharp;

namespace ClipGen.Torch.Numerics;

/// <summary>
/// The same operations as torch operations, for gradients that are not plain memory of this process: what is summed is summed in <see cref="double"/>, on the
/// gradient's own device where that has the type.
/// </summary>
internal static class TensorElements
{
    /// <summary>The norm of order <paramref name="order"/>.</summary>
    internal static double Norm(torch.Tensor gradient, double order)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor magnitudes = Widen(gradient).abs();
        double largest = magnitudes.max().item<double>();
        if (largest == 0 || !double.IsFinite(largest) || double.IsPositiveInfinity(order))
            return largest;

        // Scaled by the largest magnitude, no power overflows.
        double sum = magnitudes.div_(largest).pow_(order).sum().item<double>();
        return largest * Math.Pow(sum, 1 / order);
    }

    /// <summary>The largest magnitude of the elements that are numbers, and whether there are others.</summary>
    internal static double LargestNumber(torch.Tensor gradient, out bool hasNaN)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor wide = Widen(gradient);
        hasNaN = wide.isnan().any().item<bool>();
        return wide.nan_to_num(0, double.PositiveInfinity, double.NegativeInfinity).abs().max().item<double>();
    }

    /// <summary>x ← x·factor.</summary>
    internal static void Scale(torch.Tensor gradient, double factor)
    {
        using DisposeScope scope = torch.NewDisposeScope();

        // A factor below the normal floats would be rounded, or flushed to zero, before it is multiplied with.
        if (gradient.dtype == torch.ScalarType.Float64 || float.IsNormal((float)factor) || factor is 0 or double.NaN)
            gradient.detach().mul_(factor);
        else
            gradient.detach().copy_(Widen(gradient).mul(factor));
    }

    /// <summary>x ← the nearest of [−limit, limit]; NaN stays.</summary>
    internal static void Clamp(torch.Tensor gradient, double limit)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        double rounded = RoundLimit(gradient.dtype, limit);
        gradient.detach().clamp_(-rounded, rounded);
    }

    /// <summary>All elements to zero, whatever they are.</summary>
    internal static void Zero(torch.Tensor gradient)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        gradient.detach().zero_();
    }

    /// <summary>The limit, rounded to the element's type, and no larger than its largest number: that too replaces infinities.</summary>
    internal static double RoundLimit(torch.ScalarType elementType, double limit) => elementType switch
    {
        torch.ScalarType.Float64 => limit,
        torch.ScalarType.Float16 => (double)(Half)Math.Min(limit, (double)Half.MaxValue),
        torch.ScalarType.BFloat16 => BFloat16Elements.RoundLimit(limit),
        _ => (float)Math.Min(limit, float.MaxValue),
    };

    /// <summary>The first element that is NaN, or also infinite when <paramref name="infinityToo"/>; −1 when there is none.</summary>
    internal static long IndexOfNonFinite(torch.Tensor gradient, bool infinityToo, out double value)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        long index = 0;
        foreach (double element in Widen(gradient).cpu().flatten().data<double>())
        {
            if (infinityToo ? !double.IsFinite(element) : double.IsNaN(element))
            {
                value = element;
                return index;
            }

            index++;
        }

        value = 0;
        return -1;
    }

    // Apple's graphics processors have no double. Of complex numbers only the magnitude is asked for.
    private static torch.Tensor Widen(torch.Tensor gradient)
    {
        torch.Tensor elements = gradient.is_complex() ? gradient.detach().abs() : gradient.detach();
        return elements.device_type == DeviceType.MPS
            ? elements.cpu().to(torch.ScalarType.Float64)
            : elements.to(torch.ScalarType.Float64, copy: true);
    }
}
