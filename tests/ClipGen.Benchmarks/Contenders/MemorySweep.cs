using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>
/// The memory traffic of clipping with as little computation as possible: one pass that reads and, if gradients are scaled, a second pass
/// that reads and writes. For models beyond the caches, no clipping in separate passes can be faster.
/// </summary>
public sealed class MemorySweep(float[][] gradients, bool writes) : Contender(writes ? Both : ReadOnly)
{
    /// <summary>Its name if nothing is scaled.</summary>
    public const string ReadOnly = "read sweep";

    /// <summary>Its name if everything is scaled.</summary>
    public const string Both = "read sweep, then read-write sweep";

    // Stored, so that the compiler cannot remove the reads.
    private int _seen;

    /// <inheritdoc/>
    public override double Clip(double limit)
    {
        int seen = 0;
        foreach (float[] gradient in gradients) seen |= Read(gradient);

        _seen |= seen;
        if (writes)
        {
            foreach (float[] gradient in gradients) ReadAndWrite(gradient);
        }

        return double.NaN;
    }

    /// <summary>True if the sweep found an element other than zero.</summary>
    public bool SawSomething => _seen != 0;

    private static int Read(float[] gradient)
    {
        ref int first = ref Unsafe.As<float, int>(ref MemoryMarshal.GetArrayDataReference(gradient));
        nuint length = (nuint)gradient.Length;
        Vector512<int> a = default, b = default, c = default, d = default;
        nuint i = 0;
        for (; i + 64 <= length; i += 64)
        {
            a |= Vector512.LoadUnsafe(ref first, i);
            b |= Vector512.LoadUnsafe(ref first, i + 16);
            c |= Vector512.LoadUnsafe(ref first, i + 32);
            d |= Vector512.LoadUnsafe(ref first, i + 48);
        }

        Vector512<int> all = a | b | c | d;
        int seen = all[0] | all[7];
        for (; i < length; i++) seen |= Unsafe.Add(ref first, i);

        return seen;
    }

    // Multiplies by one: the values do not change, which neither the compiler nor the processor knows.
    private static void ReadAndWrite(float[] gradient)
    {
        float one = One;
        ref float first = ref MemoryMarshal.GetArrayDataReference(gradient);
        nuint length = (nuint)gradient.Length;
        nuint i = 0;
        for (; i + 64 <= length; i += 64)
        {
            Vector512<float> a = Vector512.LoadUnsafe(ref first, i) * one;
            Vector512<float> b = Vector512.LoadUnsafe(ref first, i + 16) * one;
            Vector512<float> c = Vector512.LoadUnsafe(ref first, i + 32) * one;
            Vector512<float> d = Vector512.LoadUnsafe(ref first, i + 48) * one;
            a.StoreUnsafe(ref first, i);
            b.StoreUnsafe(ref first, i + 16);
            c.StoreUnsafe(ref first, i + 32);
            d.StoreUnsafe(ref first, i + 48);
        }

        for (; i < length; i++) Unsafe.Add(ref first, i) *= one;
    }

    private static float One { get; set; } = 1;
}
