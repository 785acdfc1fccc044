using ClipGen.Exchange;
using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;

namespace ClipGen.Numerics.Limits;

/// <summary>A state that gives every buffer, or every unit of one, a limit of its own.</summary>
internal abstract class BufferLimitState(LimitSettings settings) : LimitState(settings)
{
    /// <summary>The largest norm over all gradients of the rule, in the units of the clip under way.</summary>
    private protected double MaxNorm => Settings.MaxNorm * LossScale;

    /// <summary>Finds what is known of each buffer. Reads no element.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="table">Their entries.</param>
    /// <param name="rule">The number of the rule.</param>
    internal virtual void Bind<TSource>(TSource gradients, BufferTable table, int rule)
        where TSource : IGradientSource
    {
    }

    /// <summary>Writes into the entries of a rule what is to be done. Changes nothing that a later step sees.</summary>
    /// <param name="table">The entries.</param>
    /// <param name="rule">The number of the rule.</param>
    /// <param name="ranks">The processes that hold other gradients of the rule, which all decide together; or null.</param>
    /// <param name="excess">Receives what exceeds its limit.</param>
    /// <returns>Whether any gradient is changed.</returns>
    internal abstract bool Decide(BufferTable table, int rule, RankExchange? ranks, ref Excess excess);

    /// <summary>Whether the norm of a gradient takes part in the total of this process. A replicated one does in one process.</summary>
    private protected static bool Counts(in GradientEntry entry, RankExchange? ranks) =>
        !entry.IsReplicated || ranks is not { CountsReplicated: false };

    /// <summary>The factor that brings the total of clipped norms to its limit; 1 where it is not above.</summary>
    private protected static double FactorOfTotal(double norm, double limit, ref Excess excess)
    {
        if (!(norm > limit))
            return 1;
        double factor = limit / norm;
        excess.AddScaled(norm, limit, factor);
        return factor;
    }
}
