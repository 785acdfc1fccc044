using System.ComponentModel;

namespace ClipGen.Numerics;

/// <summary>
/// A block of neighbouring short buffers of one source, which generated code sums and scales without a loop or a call per buffer.
/// </summary>
/// <remarks>
/// The order of the sum determines its bits. Every buffer begins at a new slot of one 512-bit vector. The slots of the block are added to
/// four vectors of lanes in turn. A fixed tree adds up <c>(lanes0 + lanes1) + (lanes2 + lanes3)</c>, and the result is added to the total
/// in <see cref="double"/>. For <see cref="Visit"/>, which passes single buffers, the runtime adds in the same order.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IUnrolledGradients<T>
    where T : unmanaged
{
    /// <summary>Adds the squares of all elements, if the buffers have the expected lengths.</summary>
    /// <typeparam name="TSum">The operation.</typeparam>
    /// <param name="sum">The sum.</param>
    /// <returns>True if the squares were added; otherwise nothing was added.</returns>
    bool TrySum<TSum>(ref TSum sum)
        where TSum : struct, IGroupSum;

    /// <summary>Multiplies all elements, if the buffers have the expected lengths.</summary>
    /// <param name="factor">The factor.</param>
    /// <returns>True if the elements were multiplied; otherwise nothing was changed.</returns>
    bool TryScale(T factor);

    /// <summary>Passes the buffers one by one.</summary>
    /// <typeparam name="TVisitor">The operation.</typeparam>
    /// <param name="visitor">Receives the buffers.</param>
    void Visit<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor;
}
