using System.ComponentModel;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace ClipGen.Numerics;

/// <summary>The sum that unrolled generated code adds a group of buffers to; see <see cref="IUnrolledGradients{T}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IGroupSum
{
    /// <summary>Whether the addresses of the group have to be taken. A constant where code is compiled for one operation.</summary>
    bool WatchesAddresses { get; }

    /// <summary>Makes ready for a group. Called before the other buffers are read, so that they need not be kept over a call.</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="first">The first element of the group's first buffer.</param>
    void MoveTo<T>(ref T first);

    /// <summary>
    /// Takes the addresses of a group, whose buffers lie one behind the other, if it is plain that none is tied to another buffer.
    /// </summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <param name="first">The first element of the group's first buffer.</param>
    /// <param name="last">The first element of the group's last buffer.</param>
    /// <param name="lastLength">The length of that buffer.</param>
    /// <returns>Whether they were taken.</returns>
    bool TryTake<T>(ref T first, ref T last, int lastLength);

    /// <summary>Adds the squares of a group.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="squares">The sum of the group's lanes.</param>
    void Add<T>(Vector512<T> squares)
        where T : unmanaged, INumber<T>;
}
