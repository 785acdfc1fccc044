using System.Runtime.CompilerServices;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Optimizers.Stepping;

/// <summary>The state that an optimizer keeps of one parameter between steps.</summary>
/// <param name="path">The path of the parameter in its model.</param>
/// <param name="type">The type of its elements.</param>
/// <param name="length">The number of its elements.</param>
internal sealed class SlotState(string path, ElementType type, int length)
{
    private StateList _states;

    /// <summary>The path of the parameter in its model.</summary>
    internal string Path { get; } = path;

    /// <summary>The type of its elements.</summary>
    internal ElementType Type { get; } = type;

    /// <summary>The number of its elements.</summary>
    internal int Length { get; } = length;

    /// <summary>The number of steps so far.</summary>
    internal long Steps { get; set; }

    /// <summary>The number of the last step that included the gradient, as <see cref="StateTable"/> counts steps.</summary>
    internal long LastRound { get; set; }

    /// <summary>
    /// A hash of the collection keys visited before the parameter. If the order changes, positions identify other parameters.
    /// </summary>
    internal int Keys { get; set; }

    /// <summary>The states that no step has written yet, as a bit mask.</summary>
    internal int Unwritten { get; set; }

    /// <summary>
    /// One of the states: <see cref="double"/> for parameters of that type, else <see cref="float"/>. Null if the optimizer does not keep
    /// it.
    /// </summary>
    internal AlignedElements? this[int state]
    {
        get => _states[state];
        set => _states[state] = value;
    }

    /// <summary>Whether all given states are kept.</summary>
    internal bool Has(int states)
    {
        for (int i = 0; i < IBufferStep.MostStates; i++)
        {
            if ((states >> i & 1) != 0 && _states[i] is null)
                return false;
        }

        return true;
    }

    /// <summary>Allocates the given states that are not kept yet, as zeros.</summary>
    internal void Add(int states)
    {
        for (int i = 0; i < IBufferStep.MostStates; i++)
        {
            if ((states >> i & 1) == 0 || _states[i] is not null)
                continue;
            _states[i] = new AlignedElements(Type == ElementType.Double, Length);
            Unwritten |= 1 << i;
        }
    }

    /// <summary>A range of elements of one state; empty if the state is not kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<TState> Elements<TState>(int state, int start, int count) =>
        _states[state] is { } elements ? elements.Slice<TState>(start, count) : default;

    // In the object itself: an array would be one more access for each of them.
    [InlineArray(IBufferStep.MostStates)]
    private struct StateList
    {
        private AlignedElements? _first;
    }
}
