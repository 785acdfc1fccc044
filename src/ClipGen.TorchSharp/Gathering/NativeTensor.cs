using System.Runtime.InteropServices;
using TorchSharp;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The functions of TorchSharp's native library that tell where a gradient lies. Reading <c>parameter.grad</c> instead costs an object with a finalizer and
/// an entry in a disposal scope, four times as much for each parameter (measured over 1000 × 64: 205 µs against 65), and small models are made of that.
/// </summary>
internal static unsafe class NativeTensor
{
    // Found as TorchSharp finds it: relative to its assembly.
    private static readonly nint Library = NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);

    private static readonly delegate* unmanaged<nint, nint> GradExport = (delegate* unmanaged<nint, nint>)Export("THSTensor_grad");
    private static readonly delegate* unmanaged<nint, void> DisposeExport = (delegate* unmanaged<nint, void>)Export("THSTensor_dispose");

    // These only read a field or two: a transition that lets the garbage collector in would cost more than they do.
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte> RequiresGradExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, byte>)Export("THSTensor_requires_grad");

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, nint> DataExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, nint>)Export("THSTensor_data");

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, long> LengthExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, long>)Export("THSTensor_numel");

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, sbyte> ElementTypeExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, sbyte>)Export("THSTensor_type");

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, int> DeviceTypeExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, int>)Export("THSTensor_device_type");

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte> IsSparseExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, byte>)Export("THSTensor_is_sparse");

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte> IsContiguousExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, byte>)Export("THSTensor_is_contiguous");

    internal static bool RequiresGradient(nint tensor) => RequiresGradExport(tensor) != 0;

    /// <summary>A new handle of the gradient, to be given to <see cref="Dispose"/>; 0 when there is none.</summary>
    internal static nint Gradient(nint tensor) => GradExport(tensor);

    internal static void Dispose(nint tensor) => DisposeExport(tensor);

    internal static nint Data(nint tensor) => DataExport(tensor);

    internal static long Length(nint tensor) => LengthExport(tensor);

    internal static torch.ScalarType ElementType(nint tensor) => (torch.ScalarType)ElementTypeExport(tensor);

    internal static bool IsOnCpu(nint tensor) => DeviceTypeExport(tensor) == (int)DeviceType.CPU;

    internal static bool IsSparse(nint tensor) => IsSparseExport(tensor) != 0;

    internal static bool IsContiguous(nint tensor) => IsContiguousExport(tensor) != 0;

    private static nint Export(string name) =>
        NativeLibrary.TryGetExport(Library, name, out nint address)
            ? address
            : throw new NotSupportedException(
                $"The native library of TorchSharp {typeof(torch).Assembly.GetName().Version} has no function '{name}'. "
                + "ClipGen.TorchSharp needs TorchSharp 0.107.0 or a version compatible with it.");
}
