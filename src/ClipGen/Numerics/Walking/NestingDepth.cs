using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Walking;

/// <summary>Turns the stack overflow of a source that holds itself, over however many members, into an exception.</summary>
internal struct NestingDepth
{
    // The stack is asked for only at every 16th level. What is left then, 64 KiB or more, is enough for the levels between.
    private const int LevelsBetweenChecks = 16;

    private int _depth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter()
    {
        if (++_depth % LevelsBetweenChecks == 0)
            ThrowIfStackEnds();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave() => _depth--;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void ThrowIfStackEnds()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new InvalidOperationException(
                $"The gradient sources are nested {_depth} levels deep, and the stack ends. A source that holds itself, directly or "
                + "through others, cannot be traversed; put [ClipIgnore] on the member that closes the circle.");
        }
    }
}
