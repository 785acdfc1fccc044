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
    /// <returns>Whether any gradient is changed.</returns>
    internal abstract bool Decide(BufferTable table, int rule, ref Excess excess);

    /// <summary>The factor that brings the total of clipped norms to <see cref="MaxNorm"/>; 1 where it is not above.</summary>
    private protected double FactorOfTotal(in NormTotal total, double limit, ref Excess excess)
    {
        double norm = total.Value;
        if (!(norm > limit))
            return 1;
        double factor = limit / norm;
        excess.AddScaled(norm, limit, factor);
        return factor;
    }
}
