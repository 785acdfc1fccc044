using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Gathering;

/// <summary>Finds out what a parameter's gradient is and where it lies.</summary>
internal static class GradientFinder
{
    /// <summary>Whether TorchSharp's native library is asked, rather than its properties. To be set by tests only.</summary>
    internal static bool AsksNatively { get; set; } = NativeTensor.IsUsable;

    /// <summary>Fills in the gradient of a parameter that requires one and has one.</summary>
    internal static bool TryFind(Parameter parameter, ref GradientRecord record) =>
        AsksNatively ? TryFindNatively(parameter, ref record) : TryFindByProperties(parameter, ref record);

    /// <summary>The first element of a contiguous tensor in this process's memory.</summary>
    internal static unsafe nint DataOf(torch.Tensor tensor) =>
        AsksNatively ? NativeTensor.Data(tensor.Handle) : (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    private static bool TryFindNatively(Parameter parameter, ref GradientRecord record)
    {
        nint handle = parameter.Handle;
        nint gradient = NativeTensor.RequiresGradient(handle) ? NativeTensor.Gradient(handle) : 0;
        GC.KeepAlive(parameter);
        if (gradient == 0)
            return false;
        record.Handle = gradient;
        record.Length = NativeTensor.Length(gradient);
        record.Kind = GradientKind.Sparse;
        if (NativeTensor.IsSparse(gradient))
            return true;
        record.Kind = GradientKind.Tensor;
        if (!NativeTensor.IsOnCpu(gradient))
            return true;
        record.Data = NativeTensor.Data(gradient);
        if (NativeTensor.IsContiguous(gradient) || TensorLayout.IsDense(parameter))
            record.Kind = DenseKind(NativeTensor.ElementType(gradient), record.Length);
        return true;
    }

    private static bool TryFindByProperties(Parameter parameter, ref GradientRecord record)
    {
        torch.Tensor? gradient = parameter.requires_grad ? parameter.grad?.DetachFromDisposeScope() : null;
        if (gradient is null)
            return false;
        record.Tensor = gradient;
        record.Length = gradient.numel();
        record.Kind = gradient.is_sparse ? GradientKind.Sparse : GradientKind.Tensor;

        // Bytes that a span cannot count cannot be asked for, nor can those of a tensor with another order of dimensions.
        if (record.Kind == GradientKind.Tensor && gradient.device_type == DeviceType.CPU && gradient.is_contiguous()
            && record.Length * gradient.ElementSize <= int.MaxValue)
        {
            record.Data = DataOf(gradient);
            record.Kind = DenseKind(gradient.dtype, record.Length);
        }

        return true;
    }

    // A span holds fewer elements than a tensor may. Spans of the runtime's types are visited in parts.
    private static GradientKind DenseKind(torch.ScalarType elementType, long length) => elementType switch
    {
        torch.ScalarType.Float32 => GradientKind.Single,
        torch.ScalarType.Float64 => GradientKind.Double,
        torch.ScalarType.Float16 => GradientKind.Half,
        torch.ScalarType.BFloat16 when length <= int.MaxValue => GradientKind.BFloat16,
        _ => GradientKind.Tensor,
    };
}
