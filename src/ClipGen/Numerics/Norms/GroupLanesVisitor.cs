using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Overlap;

namespace ClipGen.Numerics.Norms;

/// <summary>
/// Sums the squares of one block of neighbouring short buffers in the order of unrolled code (see <see cref="IUnrolledGradients{T}"/>), but
/// one buffer at a time and of any length. It is used if a buffer was replaced by one of another length, if the hardware has no 256-bit
/// vectors, and in searches for tied buffers.
/// </summary>
internal struct GroupLanesVisitor<T, TWatch>(EuclideanNormVisitor<TWatch> norm) : IGradientVisitor
    where T : unmanaged, INumber<T>
    where TWatch : struct, IAddressWatch
{
    private const int LongestBuffer = 256;
    private const int LaneCount = 4;

    // The maximum number in unrolled code. Buffers of other lengths than declared may have more, and their lanes would have too many
    // roundings.
    private const int MostSlots = 64;

    private EuclideanNormVisitor<TWatch> _norm = norm;
    private Lanes _lanes;
    private int _slot;

    public void Visit<TElement>(string name, Span<TElement> gradient, Span<TElement> parameter = default, string? group = null,
        in ParameterOptions options = default)
    {
        if (gradient.Length is 0 or > LongestBuffer)
        {
            _norm.Visit(name, gradient, parameter, group, options);
            return;
        }

        _norm.Note(gradient);
        AddShort(ref Unsafe.As<TElement, T>(ref MemoryMarshal.GetReference(gradient)), (nuint)gradient.Length);
    }

    public void Enter(string name, string? group = null, string? parameter = null) => _norm.Enter(name, group, parameter);

    public void EnterItem<TKey>(TKey key) => _norm.EnterItem(key);

    public void Leave() => _norm.Leave();

    public void EnterReplicated() => _norm.EnterReplicated();

    public void LeaveReplicated() => _norm.LeaveReplicated();

    /// <summary>Returns the given sum plus the sum of this block.</summary>
    internal EuclideanNormVisitor<TWatch> End()
    {
        AddLanes();
        return _norm;
    }

    private void AddLanes() => _norm.Add((_lanes[0] + _lanes[1]) + (_lanes[2] + _lanes[3]));

    private void AddShort(ref T first, nuint length)
    {
        nuint width = (nuint)Vector512<T>.Count;
        nuint i = 0;
        for (; i + width <= length; i += width)
            AddSlot(Vector512.LoadUnsafe(ref first, i));
        if (i < length)
            AddSlot(PartialVector.LoadRest(ref first, length));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddSlot(Vector512<T> elements)
    {
        if (_slot == MostSlots)
        {
            AddLanes();
            _lanes = default;
            _slot = 0;
        }

        ref Vector512<T> lanes = ref _lanes[_slot++ % LaneCount];
        lanes = SumOfSquares<T>.Accumulate(lanes, elements);
    }

    [InlineArray(LaneCount)]
    private struct Lanes
    {
        private Vector512<T> _first;
    }
}
