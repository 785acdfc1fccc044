namespace ClipGen.Numerics.Norms;

/// <summary>One norm over several gradients of a table.</summary>
internal struct CommonNorm
{
    /// <summary>The rule whose gradients it covers, or <see cref="BufferNorms.EveryRule"/>.</summary>
    internal int Rule;

    /// <summary>Its order.</summary>
    internal double Order;

    /// <summary>Whether the sums in the precision of the elements are sufficient.</summary>
    internal bool IsExact;

    /// <summary>The norm, after the measurement.</summary>
    internal ScaledNorm Value;
}
