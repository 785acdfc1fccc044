namespace ClipGen.Torch.Gathering;

/// <summary>How the elements of a gathered gradient are accessed.</summary>
internal enum GradientKind : byte
{
    /// <summary>Dense <see cref="float"/> elements in this process's memory.</summary>
    Single,

    /// <summary>Dense <see cref="double"/> elements.</summary>
    Double,

    /// <summary>Dense <see cref="System.Half"/> elements.</summary>
    Half,

    /// <summary>Dense bfloat16 elements.</summary>
    BFloat16,

    /// <summary>By a dense copy: a tensor on the CPU with gaps between its elements, or a sparse or complex one.</summary>
    Copied,

    /// <summary>By a surrogate norm: a tensor on another device.</summary>
    Remote,

    /// <summary>Not accessed: the memory belongs to earlier gradients.</summary>
    Tied,

    /// <summary>The parameter has no gradient. Its record is removed when all are gathered.</summary>
    Missing,
}
