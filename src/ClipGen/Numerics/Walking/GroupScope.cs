using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Walking;

/// <summary>The current group of a traversal: that of the outermost member that declares one.</summary>
internal struct GroupScope
{
    private string? _group;
    private int _depth;
    private int _groupDepth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter(string? group)
    {
        _depth++;
        if (_group is null && group is not null)
        {
            _group = group;
            _groupDepth = _depth;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave()
    {
        if (_groupDepth == _depth)
        {
            _group = null;
            _groupDepth = 0;
        }

        _depth--;
    }

    /// <summary>The group of a buffer that declares <paramref name="own"/>.</summary>
    internal readonly string? Of(string? own) => _group ?? own;
}
