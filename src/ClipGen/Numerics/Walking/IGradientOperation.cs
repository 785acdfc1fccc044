namespace ClipGen.Numerics.Walking;

/// <summary>What is done with each gradient of a source. <see cref="Walk{TOperation}"/> knows where in the source it is.</summary>
internal interface IGradientOperation
{
    /// <summary>Whether it asks for the group of a gradient. Decided when a walk is compiled.</summary>
    static virtual bool NeedsGroups => false;

    /// <summary>Whether it asks for the keys of the items before a gradient. Decided when a walk is compiled.</summary>
    static virtual bool NeedsKeys => false;

    /// <summary>
    /// Whether the names of members and arguments count among the keys. The same name is the same string in all passes and clips, as
    /// literals are; another string only costs time. Decided when a walk is compiled.
    /// </summary>
    static virtual bool NeedsNames => false;

    /// <summary>Receives one gradient that holds elements.</summary>
    /// <param name="slot">Which one it is.</param>
    /// <param name="gradient">The gradient's elements.</param>
    /// <param name="parameter">The elements of its parameter; none where no parameter was declared.</param>
    void Visit<T>(in GradientSlot slot, Span<T> gradient, Span<T> parameter);
}
