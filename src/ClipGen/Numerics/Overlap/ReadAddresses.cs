using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Overlap;

/// <summary>Records the current address of every buffer.</summary>
internal struct ReadAddresses(BufferTable table) : IGradientOperation
{
    private readonly BufferTable _table = table;

    /// <summary>Whether an address differs from that of the previous reading.</summary>
    public bool Changed { get; private set; }

    public void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter)
    {
        ref GradientEntry entry = ref _table[slot.Ordinal];
        (nuint start, nuint end) = (entry.Start, entry.End);
        SetAddress(ref entry, gradient);
        Changed |= entry.Start != start || entry.End != end;
    }

    internal static unsafe void SetAddress<T>(ref GradientEntry entry, Span<T> gradient)
    {
        entry.Start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(gradient));
        entry.End = entry.Start + ((nuint)gradient.Length * (nuint)Unsafe.SizeOf<T>());
    }
}
