namespace ClipGen.Arguments;

/// <summary>The kind of step that an <see cref="ArgumentRecord"/> represents.</summary>
internal enum ArgumentKind : byte
{
    /// <summary>A buffer or a gradient source, see <see cref="GradientBuffers"/>.</summary>
    Buffer,

    /// <summary>Elements of type <see cref="float"/> in pinned memory.</summary>
    Single,

    /// <summary>Elements of type <see cref="double"/> in pinned memory.</summary>
    Double,

    /// <summary>Elements of type <see cref="System.Half"/> in pinned memory.</summary>
    Half,

    /// <summary>The start of a sequence.</summary>
    Enter,

    /// <summary>The start of an item with a position.</summary>
    EnterItem,

    /// <summary>The start of an item with a key.</summary>
    EnterKey,

    /// <summary>The end of a sequence or an item.</summary>
    Leave,
}
