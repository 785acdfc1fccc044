using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics.Kernels;

/// <summary>
/// The sums of long <see cref="float"/> buffers. Lanes are <see cref="float"/> within a block, and are then widened and added to lanes of
/// <see cref="double"/>. Blocks are so short that no term takes more roundings than <see cref="Reduction"/> allows, and lanes are
/// cheaper to widen than to add up.
/// </summary>
internal static class WidenedSum
{
    /// <summary>Elements that the four registers take at a time.</summary>
    internal const int RoundLength = 64;

    /// <summary>Sums a buffer that is longer than a block.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static double Reduce<TReduction>(ref float first, nuint length)
        where TReduction : struct, IReduction<float>
    {
        if (ReductionOf256.IsBest)
            return ReductionOf256.ReduceWidened<TReduction>(ref first, length);

        Vector512<double> lower = Vector512<double>.Zero;
        Vector512<double> upper = Vector512<double>.Zero;
        for (nuint i = 0; i < length; i += (nuint)TReduction.BlockLength)
        {
            nuint end = Math.Min(i + (nuint)TReduction.BlockLength, length);
            Vector512<float> lanes = Reduction.AccumulateBlock<float, TReduction>(ref first, i, end);
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(lanes);
            lower += a;
            upper += b;
        }

        return Reduction.ReduceTree<double, SumOfMagnitudes<double>>(lower + upper);
    }
}
