using System.Runtime.InteropServices;

namespace ClipGen.Benchmarks.Contenders.Steps;

/// <summary>The C interface through which libtorch calls any of its operators: <c>torch/csrc/stable/c/shim.h</c> of PyTorch 2.10.</summary>
internal static unsafe partial class LibtorchDispatcher
{
    // PyTorch's TORCH_VERSION_2_10_0: the version of the interface, which determines the layout of the arguments.
    private const ulong Version = (2UL << 56) | (10UL << 48);

    private const string Library = "torch_cpu";

    /// <summary>Calls an operator. It owns the objects that the arguments refer to, also if it fails.</summary>
    /// <param name="name">The name of the operator, zero-terminated: <c>aten::_fused_adamw_</c>.</param>
    /// <param name="overload">The name of the overload, zero-terminated.</param>
    /// <param name="arguments">The arguments, which results replace.</param>
    /// <exception cref="InvalidOperationException">The operator failed.</exception>
    public static void Call(ReadOnlySpan<byte> name, ReadOnlySpan<byte> overload, Span<ulong> arguments)
    {
        fixed (byte* ofName = name, ofOverload = overload)
        fixed (ulong* ofArguments = arguments)
        {
            Check(torch_call_dispatcher(ofName, ofOverload, ofArguments, Version));
        }
    }

    /// <summary>An argument for a list of tensors.</summary>
    /// <param name="tensors">The handles of the tensors, which the caller still owns.</param>
    public static ulong List(ReadOnlySpan<nint> tensors)
    {
        Check(torch_new_list_reserve_size((nuint)tensors.Length, out nint list));
        foreach (nint tensor in tensors)
        {
            Check(aoti_torch_new_tensor_handle(tensor, out nint owned));
            Check(torch_list_push_back(list, (ulong)owned));
        }

        return (ulong)list;
    }

    /// <summary>An argument for a number.</summary>
    public static ulong Number(double value) => BitConverter.DoubleToUInt64Bits(value);

    private static void Check(int code)
    {
        if (code != 0) throw new InvalidOperationException($"libtorch answered with error code {code}.");
    }

    [LibraryImport(Library)]
    private static partial int torch_call_dispatcher(byte* name, byte* overload, ulong* arguments, ulong version);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int torch_new_list_reserve_size(nuint size, out nint list);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int torch_list_push_back(nint list, ulong element);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int aoti_torch_new_tensor_handle(nint tensor, out nint owned);
}
