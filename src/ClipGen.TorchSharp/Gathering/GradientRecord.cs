using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Gathering;

/// <summary>One gradient, as gathered once for all passes of an operation; or the beginning or end of a module around some.</summary>
internal struct GradientRecord
{
    /// <summary>How the elements are reached.</summary>
    internal GradientKind Kind;

    /// <summary>Whether an earlier record has the same memory. Dense gradients are told apart by the runtime instead.</summary>
    internal bool IsTied;

    /// <summary>The native gradient. Held until the operation ends, so that the memory stays even if <c>set_to_none</c> runs elsewhere.</summary>
    internal nint Handle;

    /// <summary>The first element, in this process's memory.</summary>
    internal nint Data;

    /// <summary>The number of elements.</summary>
    internal long Length;

    /// <summary>The parameter's name in its module, or the module's; null for a parameter that is known by its position.</summary>
    internal string? Name;

    /// <summary>The position in the sequence.</summary>
    internal int Position;

    /// <summary>The group that the gradient belongs to.</summary>
    internal string? Group;

    /// <summary>The parameter, for gradients that are not plain memory.</summary>
    internal Parameter? Parameter;

    /// <summary>The gradient as a tensor, where torch operations are needed.</summary>
    internal torch.Tensor? Tensor;

    /// <summary>A dense copy on the CPU whose elements stand for the gradient's.</summary>
    internal torch.Tensor? Copy;

    /// <summary>The first of the numbers that stand for the gradient, and how many there are.</summary>
    internal int StandIn;

    /// <inheritdoc cref="StandIn"/>
    internal int StandInLength;
}
