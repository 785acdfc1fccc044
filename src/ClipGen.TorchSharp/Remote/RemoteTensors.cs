using ClipGen.Torch.Gathering;
using TorchSharp;

namespace ClipGen.Torch.Remote;

/// <summary>The torch operations over tensors of other devices. All go through here, so that they can be counted.</summary>
internal static class RemoteTensors
{
    /// <summary>Counts an operation that a device is given.</summary>
    internal static torch.Tensor Launch(torch.Tensor result)
    {
        if (RemoteTraffic.Observed is { } traffic)
            traffic.Launches++;
        return result;
    }

    /// <summary>
    /// The same for an operation with a number. It is kept until the operation ends: where TorchSharp converts a number itself, the garbage
    /// collector may free the native one during the call.
    /// </summary>
    internal static torch.Tensor Launch(double number, Func<Scalar, torch.Tensor> operation)
    {
        using Scalar scalar = number;
        return Launch(operation(scalar));
    }

    /// <summary>The elements in this process's memory. The caller waits for the device.</summary>
    internal static torch.Tensor ToCpu(torch.Tensor tensor)
    {
        if (RemoteTraffic.Observed is { } traffic)
            traffic.Fetches++;
        return tensor.cpu();
    }

    /// <summary>Whether the tensor's device can compute in <see cref="double"/>. Apple's cannot.</summary>
    internal static bool HasDouble(torch.Tensor tensor) => tensor.device_type != DeviceType.MPS;

    /// <summary>The tensor in <see cref="double"/>.</summary>
    internal static torch.Tensor Widen(torch.Tensor tensor)
    {
        if (tensor.dtype == torch.ScalarType.Float64)
            return tensor;
        if (RemoteTraffic.Observed is { } traffic)
            traffic.Widened += tensor.numel();
        return Launch(tensor.to(torch.ScalarType.Float64));
    }

    /// <summary>All elements in one dimension; in any order, as norms need none.</summary>
    internal static torch.Tensor Flatten(torch.Tensor tensor) => TensorLayout.Of(tensor).IsDense()
        ? tensor.as_strided([tensor.numel()], [1], tensor.storage_offset())
        : Launch(tensor.reshape(-1));

    /// <summary>Whether elements of this type have too few digits to compute in.</summary>
    internal static bool IsShort(torch.ScalarType elementType) => elementType is torch.ScalarType.Float16 or torch.ScalarType.BFloat16;
}
