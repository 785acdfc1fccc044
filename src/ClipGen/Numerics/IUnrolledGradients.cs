using System.ComponentModel;

namespace ClipGen.Numerics;

/// <summary>
/// A group of neighbouring short buffers of one source, which generated code sums and scales without a loop or a call per buffer.
/// </summary>
/// <remarks>
/// The bits of its sum: every buffer begins on a whole slot, which is a 512-bit vector; the slots of the group take turns over four vectors
/// of lanes, <c>(lanes0 + lanes1) + (lanes2 + lanes3)</c> is added up by a fixed tree, and the result added to the total in
/// <see cref="double"/>. One by one, in <see cref="Visit"/>, the runtime does the same.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IUnrolledGradients<T>
    where T : unmanaged
{
    /// <summary>Adds the squares of all elements, if the buffers have their lengths.</summary>
    /// <typeparam name="TSum">The operation.</typeparam>
    /// <param name="sum">The sum.</param>
    /// <returns>Whether that was done. If not, nothing was.</returns>
    bool TrySum<TSum>(ref TSum sum)
        where TSum : struct, IGroupSum;

    /// <summary>Multiplies all elements, if the buffers have their lengths.</summary>
    /// <param name="factor">The factor.</param>
    /// <returns>Whether that was done. If not, nothing was.</returns>
    bool TryScale(T factor);

    /// <summary>Hands over the buffers one by one.</summary>
    /// <typeparam name="TVisitor">The operation.</typeparam>
    /// <param name="visitor">Receives them.</param>
    void Visit<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IGradientVisitor;
}
