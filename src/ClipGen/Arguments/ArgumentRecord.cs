namespace ClipGen.Arguments;

/// <summary>One step of the traversal over the arguments of a call.</summary>
internal struct ArgumentRecord
{
    /// <summary>The kind of step.</summary>
    internal ArgumentKind Kind;

    /// <summary>The name of a buffer or a sequence: the argument's text, or empty for an item.</summary>
    internal string? Name;

    /// <summary>The buffer, the key of an item, or the object that keeps pinned elements alive.</summary>
    internal object? Target;

    /// <summary>The address of pinned elements.</summary>
    internal nint Address;

    /// <summary>The number of pinned elements, or the position of an item.</summary>
    internal int Number;
}
