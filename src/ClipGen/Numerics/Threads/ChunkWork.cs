using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Walking;

namespace ClipGen.Numerics.Threads;

/// <summary>Sums the squares.</summary>
/// <param name="countsReplicated">Whether gradients that every process holds count in this process.</param>
internal readonly struct SumSquares(bool countsReplicated) : IChunkWork
{
    public static bool Sums => true;

    public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter) =>
        slot.IsReplicated && !countsReplicated ? 0 : GradientElements.SumOfSquares(gradient);
}

/// <summary>Scales the chunks.</summary>
internal readonly struct ScaleChunks(ScaleFactor factor) : IChunkWork
{
    public static bool Sums => false;

    public double Run<T>(in GradientSlot slot, int start, Span<T> gradient, Span<T> parameter)
    {
        GradientElements.Scale(gradient, factor);
        return 0;
    }
}
