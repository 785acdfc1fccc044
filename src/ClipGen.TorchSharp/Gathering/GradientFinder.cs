using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Gathering;

/// <summary>Determines the kind and the location of a parameter's gradient.</summary>
internal static class GradientFinder
{
    /// <summary>Whether to call TorchSharp's native library instead of its properties. Only tests set it.</summary>
    internal static bool AsksNatively { get; set; } = NativeTensor.IsUsable;

    /// <summary>Parameters whose gradients are treated as if they were on another device. Only tests set it.</summary>
    internal static Predicate<Parameter>? TreatsAsRemote { get; set; }

    /// <summary>Gets the gradient of a parameter that requires and has one.</summary>
    internal static bool TryFind(Parameter parameter, ref GradientRecord record)
    {
        if (!(AsksNatively ? TryFindNatively(parameter, ref record) : TryFindByProperties(parameter, ref record)))
            return false;
        if (TreatsAsRemote is { } isRemote && isRemote(parameter))
            record.Kind = GradientKind.Remote;
        return true;
    }

    /// <summary>The address of a tensor's first element; 0 if there is none, or if TorchSharp does not provide it.</summary>
    internal static unsafe nint AddressOf(torch.Tensor tensor)
    {
        if (tensor.numel() == 0)
            return 0;
        if (AsksNatively)
            return NativeTensor.Data(tensor.Handle);
        if (tensor.device_type != DeviceType.CPU)
            return 0;

        // TorchSharp returns bytes only for a contiguous tensor that is not long.
        using torch.Tensor first = tensor.as_strided([1], [1], tensor.storage_offset()).DetachFromDisposeScope();
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>The kind of a gradient whose elements fill a block of memory; null for an element type that is not supported.</summary>
    internal static GradientKind? DenseKind(torch.ScalarType elementType) => elementType switch
    {
        torch.ScalarType.Float32 => GradientKind.Single,
        torch.ScalarType.Float64 => GradientKind.Double,
        torch.ScalarType.Float16 => GradientKind.Half,
        torch.ScalarType.BFloat16 => GradientKind.BFloat16,
        _ => null,
    };

    private static bool TryFindNatively(Parameter parameter, ref GradientRecord record)
    {
        nint handle = parameter.Handle;
        nint gradient = NativeTensor.RequiresGradient(handle) ? NativeTensor.Gradient(handle) : 0;
        GC.KeepAlive(parameter);
        if (gradient == 0)
            return false;
        record.Handle = gradient;
        record.Length = NativeTensor.Length(gradient);
        record.Kind = NativeTensor.IsOnCpu(gradient) ? GradientKind.Copied : GradientKind.Remote;
        record.IsReplaced = NativeTensor.IsSparse(gradient);
        if (record.IsReplaced)
            return true;
        record.Data = NativeTensor.Data(gradient);
        if (record.Kind == GradientKind.Copied && (NativeTensor.IsContiguous(gradient) || TensorLayout.IsDense(parameter)))
            record.Kind = DenseKind(NativeTensor.ElementType(gradient)) ?? GradientKind.Copied;
        return true;
    }

    private static bool TryFindByProperties(Parameter parameter, ref GradientRecord record)
    {
        torch.Tensor? gradient = parameter.requires_grad ? parameter.grad?.DetachFromDisposeScope() : null;
        if (gradient is null)
            return false;
        record.Tensor = gradient;
        record.Length = gradient.numel();
        record.Kind = gradient.device_type == DeviceType.CPU ? GradientKind.Copied : GradientKind.Remote;
        record.IsReplaced = gradient.is_sparse;
        if (record.IsReplaced)
            return true;
        record.Data = AddressOf(gradient);
        if (record.Kind == GradientKind.Copied && TensorLayout.Of(gradient).IsDense())
            record.Kind = DenseKind(gradient.dtype) ?? GradientKind.Copied;
        return true;
    }
}
