using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace ClipGen.Torch.Gathering;

/// <summary>
/// The functions of TorchSharp's native library that tell where a gradient lies. Reading <c>parameter.grad</c> instead costs an object with
/// a finalizer and an entry in a disposal scope, four times as much for each parameter (measured over 1000 × 64: 205 µs against 65), and
/// small models are made of that.
/// </summary>
/// <remarks>
/// They are no public interface. So none is called unless <see cref="IsUsable"/>: each is exported, and TorchSharp itself declares it as it
/// is called here. In any other version <see cref="GradientFinder"/> goes by TorchSharp's public properties.
/// </remarks>
internal static unsafe class NativeTensor
{
    private const string Declarations = "TorchSharp.PInvoke.NativeMethods";

    // Found as TorchSharp finds it: relative to its assembly.
    private static readonly nint Library = NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, null, out nint library)
        ? library
        : 0;

    private static readonly delegate* unmanaged<nint,
        nint> GradExport = (delegate* unmanaged<nint, nint>)Find("THSTensor_grad", typeof(nint));
    private static readonly delegate* unmanaged<nint,
        void> DisposeExport = (delegate* unmanaged<nint, void>)Find("THSTensor_dispose", typeof(void));

    // These only read a field or two: a transition that lets the garbage collector in would cost more than they do.
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

    /// <summary>Whether all functions are there, and what they are taken for.</summary>
    internal static bool IsUsable { get; } =
        GradExport != null && DisposeExport != null && RequiresGradExport != null && DataExport != null && LengthExport != null
        && ElementTypeExport != null && DeviceTypeExport != null && IsSparseExport != null && IsContiguousExport != null;

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

    /// <summary>Whether TorchSharp declares the function with a tensor's handle as its one parameter and that result.</summary>
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
