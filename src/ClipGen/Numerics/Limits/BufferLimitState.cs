using ClipGen.Exchange;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;

namespace ClipGen.Numerics.Limits;

/// <summary>The state of an adaptive limit that gives every buffer, or every unit of a buffer, its own limit.</summary>
internal abstract class BufferLimitState(LimitSettings settings) : LimitState(settings)
{
    /// <summary>The limit for the norm over all gradients of the rule, in the units of the current clip.</summary>
    private protected double MaxNorm => Settings.MaxNorm * LossScale;

    /// <summary>The total norm and its limit in the current clip, if it is exceeded; else zeros.</summary>
    internal (double Norm, double Limit) ExceededTotal { get; private set; }

    /// <summary>Finds the state of each buffer. Reads no element.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="table">Their entries.</param>
    /// <param name="rule">The number of the rule.</param>
    internal virtual void Bind<TSource>(TSource gradients, BufferTable table, int rule)
        where TSource : IGradientSource
    {
    }

    /// <summary>Writes the changes into the entries of a rule. Does not change the state that later steps use.</summary>
    /// <param name="table">The entries.</param>
    /// <param name="rule">The number of the rule.</param>
    /// <param name="ranks">The processes that hold other gradients of the rule, which all decide together; or null.</param>
    /// <param name="excess">Receives what exceeds its limit.</param>
    /// <returns>Whether any gradient must be changed.</returns>
    internal abstract bool Decide(BufferTable table, int rule, RankExchange? ranks, ref Excess excess);

    /// <summary>Whether the norm of a gradient takes part in the total of this process. A replicated one does in one process.</summary>
    private protected static bool Counts(in GradientEntry entry, RankExchange? ranks) =>
        !entry.IsReplicated || ranks is not { CountsReplicated: false };

    /// <summary>The factor that scales the total of the clipped norms to its limit; 1 if it is not greater.</summary>
    private protected double FactorOfTotal(double norm, double limit, ref Excess excess)
    {
        ExceededTotal = default;
        if (!(norm > limit))
            return 1;
        ExceededTotal = (norm, limit);
        double factor = limit / norm;
        excess.AddScaled(norm, limit, factor);
        return factor;
    }
}
