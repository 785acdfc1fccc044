using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Walking;

/// <summary>The walk of one operation through a source: it counts, follows groups, and ends where sources are nested without end.</summary>
/// <typeparam name="TOperation">The operation. A struct, so that the walk is compiled for it.</typeparam>
internal struct Walk<TOperation>(TOperation operation) : IGradientVisitor
    where TOperation : struct, IGradientOperation
{
    /// <summary>The operation, and what it has found so far.</summary>
    public TOperation Operation = operation;

    private GroupScope _groups;
    private NestingDepth _depth;
    private KeyHash _keys;
    private int _ordinal;
    private int _position;
    private int _replicated;

    /// <summary>The number of gradients so far that hold elements.</summary>
    internal readonly int Count => _ordinal;

    /// <summary>The number of gradients so far, empty ones included.</summary>
    internal readonly int Positions => _position;

    /// <summary>Walks through a source.</summary>
    internal static Walk<TOperation> Through<TSource>(TSource gradients, TOperation operation)
        where TSource : IGradientSource
    {
        var walk = new Walk<TOperation>(operation);
        gradients.VisitGradients(ref walk);
        return walk;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null,
        in ParameterOptions options = default)
    {
        GradientElements.ThrowIfUnsupported<T>();
        int position = _position++;
        if (gradient.IsEmpty)
            return;
        if (TOperation.NeedsNames)
            _keys.Add(RuntimeHelpers.GetHashCode(name));
        var slot = new GradientSlot(in options)
        {
            Ordinal = _ordinal++,
            Position = position,
            Group = TOperation.NeedsGroups ? _groups.Of(group) : null,
            Keys = _keys.Value,
            IsReplicated = _replicated > 0,
        };
        Operation.Visit(slot, gradient, parameter);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(string name, string? group = null, string? parameter = null)
    {
        _depth.Enter();
        if (TOperation.NeedsGroups)
            _groups.Enter(group);
        if (TOperation.NeedsNames)
            _keys.Add(RuntimeHelpers.GetHashCode(name));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterItem<TKey>(TKey key)
    {
        _depth.Enter();
        if (TOperation.NeedsGroups)
            _groups.Enter(null);
        if (TOperation.NeedsKeys)
            _keys.Add(key);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave()
    {
        if (TOperation.NeedsGroups)
            _groups.Leave();
        _depth.Leave();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterReplicated() => _replicated++;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LeaveReplicated() => _replicated--;
}

/// <summary>Walks that keep nothing but what they change.</summary>
internal static class Walk
{
    /// <summary>Walks one operation through a source, and returns what it has found.</summary>
    internal static TOperation Through<TSource, TOperation>(TSource gradients, TOperation operation)
        where TSource : IGradientSource
        where TOperation : struct, IGradientOperation
    {
        var walk = new Walk<TOperation>(operation);
        gradients.VisitGradients(ref walk);
        return walk.Operation;
    }
}
