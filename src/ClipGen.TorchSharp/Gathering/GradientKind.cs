namespace ClipGen.Torch.Gathering;

/// <summary>How the elements of a gathered gradient are reached.</summary>
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

    /// <summary>A tensor on the CPU with gaps between its elements, a sparse or a complex one: by a dense copy.</summary>
    Copied,

    /// <summary>A tensor on another device: by a number that stands for its elements.</summary>
    Remote,

    /// <summary>A gradient whose memory an earlier one covers: not at all.</summary>
    Tied,

    /// <summary>No gradient: the records that follow belong to a module.</summary>
    Enter,

    /// <summary>No gradient: the end of what <see cref="Enter"/> began.</summary>
    Leave,
}
