using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;

namespace ClipGen.Numerics.Walking;

/// <summary>
/// The traversal of a source for one operation. It counts gradients, tracks groups, and throws if sources contain themselves.
/// </summary>
/// <typeparam name="TOperation">The operation. It is a struct, so that the JIT compiles the walk for it.</typeparam>
internal struct Walk<TOperation>(TOperation operation) : IGradientVisitor
    where TOperation : struct, IGradientOperation
{
    /// <summary>The operation and its results so far.</summary>
    public TOperation Operation = operation;

    private GroupScope _groups;
    private NestingDepth _depth;
    private KeyHash _keys;
    private int _ordinal;
    private int _position;
    private int _replicated;

    /// <summary>The number of gradients with elements so far.</summary>
    internal readonly int Count => _ordinal;

    /// <summary>The number of all gradients so far.</summary>
    internal readonly int Positions => _position;

    /// <summary>Traverses a source.</summary>
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

/// <summary>Traversals that need only the operation afterwards.</summary>
internal static class Walk
{
    /// <summary>Runs an operation over a source, and returns it with its results.</summary>
    internal static TOperation Through<TSource, TOperation>(TSource gradients, TOperation operation)
        where TSource : IGradientSource
        where TOperation : struct, IGradientOperation
    {
        var walk = new Walk<TOperation>(operation);
        gradients.VisitGradients(ref walk);
        return walk.Operation;
    }
}
