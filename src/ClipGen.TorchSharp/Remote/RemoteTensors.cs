using ClipGen.Torch.Gathering;
using TorchSharp;

namespace ClipGen.Torch.Remote;

/// <summary>The torch operations on tensors of other devices. All calls go through this class, so that they can be counted.</summary>
internal static class RemoteTensors
{
    /// <summary>Counts an operation on a device.</summary>
    internal static torch.Tensor Launch(torch.Tensor result)
    {
        if (RemoteTraffic.Observed is { } traffic)
            traffic.Launches++;
        return result;
    }

    /// <summary>
    /// Counts an operation with a number, and keeps the number alive until the operation ends: the garbage collector may free a Scalar that
    /// TorchSharp converts itself during the call.
    /// </summary>
    internal static torch.Tensor Launch(double number, Func<Scalar, torch.Tensor> operation)
    {
        using Scalar scalar = number;
        return Launch(operation(scalar));
    }

    /// <summary>Copies the elements to this process's memory. The caller waits for the device.</summary>
    internal static torch.Tensor ToCpu(torch.Tensor tensor)
    {
        if (RemoteTraffic.Observed is { } traffic)
            traffic.Fetches++;
        return tensor.cpu();
    }

    /// <summary>Whether the tensor's device supports <see cref="double"/>. Apple's MPS does not.</summary>
    internal static bool HasDouble(torch.Tensor tensor) => tensor.device_type != DeviceType.MPS;

    /// <summary>Converts the tensor to <see cref="double"/>.</summary>
    internal static torch.Tensor Widen(torch.Tensor tensor)
    {
        if (tensor.dtype == torch.ScalarType.Float64)
            return tensor;
        if (RemoteTraffic.Observed is { } traffic)
            traffic.Widened += tensor.numel();
        return Launch(tensor.to(torch.ScalarType.Float64));
    }

    /// <summary>The tensor, or a copy of it if there are gaps between its elements in memory.</summary>
    internal static torch.Tensor WithoutGaps(torch.Tensor tensor) =>
        TensorLayout.Of(tensor).IsDense() ? tensor : Launch(tensor.contiguous());

    /// <summary>
    /// The elements of a tensor without gaps in one dimension. They are in the order of memory, because norms do not depend on the order.
    /// </summary>
    internal static torch.Tensor AsVector(torch.Tensor tensor) => tensor.as_strided([tensor.numel()], [1], tensor.storage_offset());

    /// <summary>
    /// The first elements of a tensor without gaps as a matrix. It is one view of the tensor, because a view of a view takes the CPU about
    /// as long as it takes to launch a norm.
    /// </summary>
    internal static torch.Tensor AsMatrix(torch.Tensor tensor, long rows, long columns) =>
        tensor.as_strided([rows, columns], [columns, 1], tensor.storage_offset());

    /// <summary>Whether the precision of this element type is too low for arithmetic.</summary>
    internal static bool IsShort(torch.ScalarType elementType) => elementType is torch.ScalarType.Float16 or torch.ScalarType.BFloat16;
}
