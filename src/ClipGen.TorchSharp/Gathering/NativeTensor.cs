using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The functions of TorchSharp's native library that return the location of a gradient. Reading <c>parameter.grad</c> instead creates an
/// object with a finalizer and an entry in a disposal scope, which takes most of the time for a small model: 205 µs instead of 65 µs,
/// measured over 1000 parameters of 64 elements.
/// </summary>
/// <remarks>
/// The functions are not a public interface. They are used only if <see cref="IsUsable"/>: each of them is exported, and TorchSharp itself
/// declares it with the signature used here. Otherwise <see cref="GradientFinder"/> uses TorchSharp's public properties.
/// </remarks>
internal static unsafe class NativeTensor
{
    private const string Declarations = "TorchSharp.PInvoke.NativeMethods";

    // Loaded as TorchSharp loads it: relative to its assembly.
    private static readonly nint Library = NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, null, out nint library)
        ? library
        : 0;

    private static readonly delegate* unmanaged<nint,
        nint> GradExport = (delegate* unmanaged<nint, nint>)Find("THSTensor_grad", typeof(nint));
    private static readonly delegate* unmanaged<nint,
        void> DisposeExport = (delegate* unmanaged<nint, void>)Find("THSTensor_dispose", typeof(void));

    // These functions read a few fields. A transition that allows garbage collection would take longer than the call.
    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte> RequiresGradExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, byte>)Find("THSTensor_requires_grad", typeof(bool));

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, nint> DataExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, nint>)Find("THSTensor_data", typeof(nint));

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, long> LengthExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, long>)Find("THSTensor_numel", typeof(long));

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, sbyte> ElementTypeExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, sbyte>)Find("THSTensor_type", typeof(sbyte));

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, int> DeviceTypeExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, int>)Find("THSTensor_device_type", typeof(int));

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte> IsSparseExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, byte>)Find("THSTensor_is_sparse", typeof(bool));

    private static readonly delegate* unmanaged[SuppressGCTransition]<nint, byte> IsContiguousExport =
        (delegate* unmanaged[SuppressGCTransition]<nint, byte>)Find("THSTensor_is_contiguous", typeof(bool));

    /// <summary>Whether all functions exist with the expected signatures.</summary>
    internal static bool IsUsable { get; } =
        GradExport != null && DisposeExport != null && RequiresGradExport != null && DataExport != null && LengthExport != null
        && ElementTypeExport != null && DeviceTypeExport != null && IsSparseExport != null && IsContiguousExport != null;

    internal static bool RequiresGradient(nint tensor) => RequiresGradExport(tensor) != 0;

    /// <summary>Creates a handle of the gradient, which the caller must pass to <see cref="Dispose"/>; 0 if there is none.</summary>
    internal static nint Gradient(nint tensor) => GradExport(tensor);

    internal static void Dispose(nint tensor) => DisposeExport(tensor);

    internal static nint Data(nint tensor) => DataExport(tensor);

    internal static long Length(nint tensor) => LengthExport(tensor);

    internal static torch.ScalarType ElementType(nint tensor) => (torch.ScalarType)ElementTypeExport(tensor);

    internal static bool IsOnCpu(nint tensor) => DeviceTypeExport(tensor) == (int)DeviceType.CPU;

    internal static bool IsSparse(nint tensor) => IsSparseExport(tensor) != 0;

    internal static bool IsContiguous(nint tensor) => IsContiguousExport(tensor) != 0;

    /// <summary>Whether TorchSharp declares the function with a tensor handle as its only parameter and the given result.</summary>
    internal static bool IsDeclared(string name, Type result)
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return typeof(torch).Assembly.GetType(Declarations)?.GetMember(name, MemberTypes.Method, Any) is [MethodInfo declaration]
            && declaration.ReturnType == result
            && declaration.GetParameters() is [{ ParameterType: { } parameter }]
            && parameter == typeof(nint);
    }

    private static void* Find(string name, Type result) =>
        Library != 0 && IsDeclared(name, result) && NativeLibrary.TryGetExport(Library, name, out nint address) ? (void*)address : null;
}
