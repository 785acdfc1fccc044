using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>
/// The memory traffic of clipping with as little computation as possible: one pass that reads and, if gradients are scaled, a second pass
/// that reads and writes. For models beyond the caches, no clipping in separate passes can be faster.
/// </summary>
public sealed class MemorySweep(float[][] gradients, bool writes, int threads = 1) : Contender(NameOf(writes, threads))
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
        ForEach(gradient =>
        {
            int seen = Read(gradient);
            if (seen != 0) Volatile.Write(ref _seen, seen);
        });
        if (writes) ForEach(ReadAndWrite);
        return double.NaN;
    }

    /// <summary>True if the sweep found an element other than zero.</summary>
    public bool SawSomething => _seen != 0;

    private static string NameOf(bool writes, int threads) =>
        (writes ? Both : ReadOnly) + (threads == 1 ? "" : $", {threads} threads");

    private void ForEach(Action<float[]> visit)
    {
        if (threads == 1) Array.ForEach(gradients, visit);
        else Parallel.ForEach(gradients, new ParallelOptions { MaxDegreeOfParallelism = threads }, visit);
    }

    // Four streams of reads use more of the memory's bandwidth than one.
    private static int Read(float[] gradient)
    {
        ref int first = ref Unsafe.As<float, int>(ref MemoryMarshal.GetArrayDataReference(gradient));
        nuint length = (nuint)gradient.Length;
        nuint part = length / 4;
        Vector512<int> a = default, b = default, c = default, d = default;
        nuint i = 0;
        for (; i + 16 <= part; i += 16)
        {
            a |= Vector512.LoadUnsafe(ref first, i);
            b |= Vector512.LoadUnsafe(ref first, i + part);
            c |= Vector512.LoadUnsafe(ref first, i + (2 * part));
            d |= Vector512.LoadUnsafe(ref first, i + (3 * part));
        }

        Vector512<int> all = a | b | c | d;
        return all[0] | all[7];
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
