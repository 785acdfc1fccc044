using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// An element of type bfloat16, which .NET has no type for: the upper half of a <see cref="float"/>. Only ClipGen's own packages hand over
/// such elements.
/// </summary>
/// <param name="Bits">Sign, eight bits of exponent, seven of fraction.</param>
internal readonly record struct BFloat16(ushort Bits)
{
    private const ushort NaN = 0x7fc0;
    private const ushort LargestFinite = 0x7f7f;

    /// <summary>The largest number of the type.</summary>
    internal static BFloat16 MaxValue => new(LargestFinite);

    /// <summary>The value, which <see cref="float"/> holds.</summary>
    internal float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);

    /// <summary>The nearest element; of two, the even one.</summary>
    internal static BFloat16 FromDouble(double value)
    {
        if (double.IsNaN(value))
            return new BFloat16(NaN);

        // The float next to the value towards zero, made odd if it is not the value: rounded again, it goes where the value would go.
        float single = (float)value;
        uint bits = BitConverter.SingleToUInt32Bits(single);
        if (single != value && Math.Abs((double)single) > Math.Abs(value))
            bits--;
        if (single != value)
            bits |= 1;
        return new BFloat16((ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>Widens elements.</summary>
    internal static void ToSingle(ReadOnlySpan<BFloat16> elements, Span<float> values)
    {
        ref ushort first = ref Unsafe.As<BFloat16, ushort>(ref MemoryMarshal.GetReference(elements));
        ref float to = ref MemoryMarshal.GetReference(values);
        int width = Vector512<ushort>.Count;
        int i = 0;
        for (; i <= elements.Length - width; i += width)
        {
            (Vector512<uint> lower, Vector512<uint> upper) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i));
            (lower << 16).AsSingle().StoreUnsafe(ref to, (nuint)i);
            (upper << 16).AsSingle().StoreUnsafe(ref to, (nuint)(i + Vector512<float>.Count));
        }

        for (; i < elements.Length; i++)
            values[i] = elements[i].ToSingle();
    }

    /// <summary>Rounds values to the nearest element; of two, to the even one.</summary>
    internal static void FromSingle(ReadOnlySpan<float> values, Span<BFloat16> elements)
    {
        ref float first = ref MemoryMarshal.GetReference(values);
        ref ushort to = ref Unsafe.As<BFloat16, ushort>(ref MemoryMarshal.GetReference(elements));
        int width = Vector512<ushort>.Count;
        int i = 0;
        for (; i <= values.Length - width; i += width)
        {
            Vector512<uint> lower = Narrow(Vector512.LoadUnsafe(ref first, (nuint)i));
            Vector512<uint> upper = Narrow(Vector512.LoadUnsafe(ref first, (nuint)(i + Vector512<float>.Count)));
            Vector512.Narrow(lower, upper).StoreUnsafe(ref to, (nuint)i);
        }

        for (; i < values.Length; i++)
            elements[i] = FromDouble(values[i]);
    }

    // The rounding carries into the upper half, which a NaN must not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Narrow(Vector512<float> values)
    {
        Vector512<uint> bits = values.AsUInt32();
        Vector512<uint> rounded = (bits + Vector512.Create(0x7fffu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        return Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create((uint)NaN));
    }
}
