using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Clipping;

/// <summary>What a clip has found, and what it is about to do. Nothing has been changed yet.</summary>
internal struct ClipPlan
{
    /// <summary>The result, once that is done.</summary>
    internal ClipResult Result;

    /// <summary>What exceeds its limit so far; which elements are clamped is known when they are read.</summary>
    internal Excess Excess;

    /// <summary>The factor of all gradients, where there is no table.</summary>
    internal ScaleFactor Factor;

    /// <summary>
    /// An entry per gradient: what happens to each, and which ones are tied. Null where one factor is for all, and none is tied.
    /// </summary>
    internal BufferTable? Buffers;

    /// <summary>Whether any gradient is scaled or clamped.</summary>
    internal bool Acts;

    /// <summary>Whether all gradients are set to zero instead.</summary>
    internal bool Zeros;

    /// <summary>Whether a gradient is not finite, under a policy that leaves out the optimizer's step.</summary>
    internal bool Skips;

    /// <summary>Gives the memory of the buffer table back, when all is done.</summary>
    internal readonly void ReturnTable()
    {
        if (Buffers is not null)
            BufferTable.Return(Buffers);
    }

    /// <summary>The result of a step on the gradients. What is skipped is not clipped either.</summary>
    internal readonly ClipResult StepResult => !Skips
        ? Result
        : new ClipResult
        {
            TotalNorm = Result.TotalNorm,
            Scale = Zeros ? 0 : 1,
            NonFiniteGradient = Result.NonFiniteGradient,
            NonFiniteRank = Result.NonFiniteRank,
            Skipped = true,
        };

    /// <summary>The chunks of long gradients, where there is enough for several threads; else 0.</summary>
    internal int SharedChunks;
}
