namespace ClipGen.Numerics.Walking;

/// <summary>An operation on each gradient of a source. <see cref="Walk{TOperation}"/> tracks the position in the source.</summary>
internal interface IGradientOperation
{
    /// <summary>Whether the operation uses the groups of gradients. Constant when the JIT compiles a walk.</summary>
    static virtual bool NeedsGroups => false;

    /// <summary>Whether the operation uses the keys of the items before a gradient. Constant when the JIT compiles a walk.</summary>
    static virtual bool NeedsKeys => false;

    /// <summary>
    /// Whether names of members and arguments are included in the keys. A name is usually the same string object in all passes and clips,
    /// as literals are; a different object only takes more time. Constant when the JIT compiles a walk.
    /// </summary>
    static virtual bool NeedsNames => false;

    /// <summary>Receives one gradient that has elements.</summary>
    /// <param name="slot">The position of the gradient.</param>
    /// <param name="gradient">The gradient's elements.</param>
    /// <param name="parameter">The elements of its parameter; empty if no parameter is declared.</param>
    void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter);
}
