using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// An element of type bfloat16: the upper half of a <see cref="float"/>. .NET has no such type. Only ClipGen's own packages pass such
/// elements.
/// </summary>
/// <param name="Bits">Sign, eight bits of exponent, seven of fraction.</param>
internal readonly record struct BFloat16(ushort Bits)
{
    private const ushort NaN = 0x7fc0;
    private const ushort LargestFinite = 0x7f7f;

    /// <summary>The largest number of the type.</summary>
    internal static BFloat16 MaxValue => new(LargestFinite);

    /// <summary>The value as a <see cref="float"/>, which represents it exactly.</summary>
    internal float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);

    /// <summary>Rounds to the nearest element, ties to even.</summary>
    internal static BFloat16 FromDouble(double value)
    {
        if (double.IsNaN(value))
            return new BFloat16(NaN);

        // Rounds towards zero to a float, and makes it odd if it differs from the value. A second rounding then gives the same result as a
        // direct one.
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

    /// <summary>Rounds values to the nearest element, ties to even.</summary>
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

    // Rounding may carry into the upper half. A NaN must not change that way.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Narrow(Vector512<float> values)
    {
        Vector512<uint> bits = values.AsUInt32();
        Vector512<uint> rounded = (bits + Vector512.Create(0x7fffu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        return Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create((uint)NaN));
    }
}
