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

    /// <summary>Dense bfloat16 elements, which .NET has no type for.</summary>
    BFloat16,

    /// <summary>A tensor on another device, with gaps between its elements, or of another element type: through torch operations.</summary>
    Tensor,

    /// <summary>A sparse tensor: through a dense copy.</summary>
    Sparse,

    /// <summary>No gradient: the records that follow belong to a module.</summary>
    Enter,

    /// <summary>No gradient: the end of what <see cref="Enter"/> began.</summary>
    Leave,
}
