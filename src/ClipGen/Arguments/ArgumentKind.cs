namespace ClipGen.Arguments;

/// <summary>What an <see cref="ArgumentRecord"/> stands for.</summary>
internal enum ArgumentKind : byte
{
    /// <summary>A buffer or a gradient source, see <see cref="GradientBuffers"/>.</summary>
    Buffer,

    /// <summary>Elements of type <see cref="float"/> in memory that the caller has pinned.</summary>
    Single,

    /// <summary>Elements of type <see cref="double"/> in memory that the caller has pinned.</summary>
    Double,

    /// <summary>Elements of type <see cref="System.Half"/> in memory that the caller has pinned.</summary>
    Half,

    /// <summary>The beginning of a sequence.</summary>
    Enter,

    /// <summary>The beginning of an item that is known by its position.</summary>
    EnterItem,

    /// <summary>The beginning of an item that is known by its key.</summary>
    EnterKey,

    /// <summary>The end of a sequence or an item.</summary>
    Leave,
}
