using ClipGen.Torch.Gathering;
using TorchSharp;

namespace ClipGen.Torch.Stepping;

/// <summary>The location of the elements of a parameter, a gradient or a state that fill a block of this process's memory.</summary>
internal readonly record struct TensorMemory(nint Data, long Length, GradientKind Kind, bool IsContiguous)
{
    /// <summary>Gets the memory of a tensor. Returns false if it is on another device, sparse, or neither float nor double.</summary>
    internal static bool TryOf(torch.Tensor tensor, out TensorMemory memory)
    {
        bool isFound = GradientFinder.AsksNatively ? TryOf(tensor.Handle, out memory) : TryOfProperties(tensor, out memory);
        GC.KeepAlive(tensor);
        return isFound;
    }

    /// <summary>Gets the memory of the tensor with a handle.</summary>
    internal static bool TryOf(nint handle, out TensorMemory memory)
    {
        memory = default;
        if (!NativeTensor.IsOnCpu(handle) || NativeTensor.IsSparse(handle)
            || !TryKind(NativeTensor.ElementType(handle), out GradientKind kind))
        {
            return false;
        }

        memory = new TensorMemory(NativeTensor.Data(handle), NativeTensor.Length(handle), kind, NativeTensor.IsContiguous(handle));
        return true;
    }

    private static bool TryOfProperties(torch.Tensor tensor, out TensorMemory memory)
    {
        memory = default;
        if (tensor.device_type != DeviceType.CPU || tensor.is_sparse || !TryKind(tensor.dtype, out GradientKind kind))
            return false;
        memory = new TensorMemory(GradientFinder.AddressOf(tensor), tensor.numel(), kind, tensor.is_contiguous());
        return true;
    }

    private static bool TryKind(torch.ScalarType elementType, out GradientKind kind)
    {
        kind = GradientFinder.DenseKind(elementType) ?? GradientKind.Copied;
        return kind is GradientKind.Single or GradientKind.Double;
    }
}
