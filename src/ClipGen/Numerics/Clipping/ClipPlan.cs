using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Threads;

namespace ClipGen.Numerics.Clipping;

/// <summary>The result of the measurements of a clip, and the changes to make. Nothing has been changed yet.</summary>
internal struct ClipPlan
{
    /// <summary>The result, as it will be after the changes.</summary>
    internal ClipResult Result;

    /// <summary>What exceeds its limit. Clamped elements are added when they are read.</summary>
    internal Excess Excess;

    /// <summary>The factor of all gradients, if there is no table.</summary>
    internal ScaleFactor Factor;

    /// <summary>
    /// The entries with the change of each gradient, and which are tied. Null if one factor applies to all, and none is tied.
    /// </summary>
    internal BufferTable? Buffers;

    /// <summary>Adds what a step decided about open units, after it has read all weights.</summary>
    internal void AddOpenUnits()
    {
        if (Buffers is not { Units.AreOpen: true } table)
            return;
        Excess.Merge(table.Units.Open.Excess);
        Result = Excess.WriteTo(Result);
    }

    /// <summary>Whether any gradient is scaled or clamped.</summary>
    internal bool Acts;

    /// <summary>Whether all gradients are set to zero instead.</summary>
    internal bool Zeros;

    /// <summary>Whether a gradient is not finite, under a policy that skips the optimizer's step.</summary>
    internal bool Skips;

    /// <summary>Returns the memory of the buffer table. Called at the end.</summary>
    internal readonly void ReturnTable()
    {
        if (Buffers is not null)
            BufferTable.Return(Buffers);
    }

    /// <summary>The result of a step with the gradients. If it is skipped, nothing counts as clipped.</summary>
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

    /// <summary>The long gradients, if the changes can be made in chunks.</summary>
    internal LongGradients Long;
}
