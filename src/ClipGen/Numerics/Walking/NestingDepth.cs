using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Walking;

/// <summary>Throws an exception instead of a stack overflow if a source contains itself, directly or through other sources.</summary>
internal struct NestingDepth
{
    // The remaining stack is checked at every 16th level. At least 64 KiB must remain, which is sufficient for the levels in between.
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
                $"The gradient sources are nested {_depth} levels deep, and the stack is full. A source that contains itself, directly or "
                + "through others, cannot be traversed. Put [ClipIgnore] on the member that closes the cycle.");
        }
    }
}
