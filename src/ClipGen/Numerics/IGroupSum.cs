using System.ComponentModel;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics;

/// <summary>The sum that unrolled generated code adds a block of buffers to; see <see cref="IUnrolledGradients{T}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGroupSum
{
    /// <summary>Whether the addresses of the block are needed. Constant for each operation, so that the JIT removes the check.</summary>
    bool WatchesAddresses { get; }

    /// <summary>Prepares for a block. Called before the other buffers are read, so that they need not be kept over a call.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="first">The first element of the block's first buffer.</param>
    void MoveTo<T>(ref T first);

    /// <summary>
    /// Records the addresses of a block of consecutive buffers, if they alone prove that none is tied to another buffer.
    /// </summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="first">The first element of the block's first buffer.</param>
    /// <param name="last">The first element of the block's last buffer.</param>
    /// <param name="lastLength">The length of that buffer.</param>
    /// <returns>True if the addresses were recorded.</returns>
    bool TryTake<T>(ref T first, ref T last, int lastLength);

    /// <summary>Adds the squares of a block.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="squares">The sum of the block's lanes.</param>
    void Add<T>(Vector512<T> squares)
        where T : unmanaged, INumber<T>;
}
