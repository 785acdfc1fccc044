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
    /// <returns>Whether any gradient must be changed.</returns>
    internal abstract bool Decide(BufferTable table, int rule, ref Excess excess);

    /// <summary>The factor that scales the total of the clipped norms to a limit; 1 if it is not greater.</summary>
    private protected double FactorOfTotal(in NormTotal total, double limit, ref Excess excess)
    {
        double norm = total.Value;
        ExceededTotal = default;
        if (!(norm > limit))
            return 1;
        ExceededTotal = (norm, limit);
        double factor = limit / norm;
        excess.AddScaled(norm, limit, factor);
        return factor;
    }
}
