using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Gathering;

/// <summary>One gradient, as gathered once for all passes of an operation; or the beginning or end of a module around some.</summary>
internal struct GradientRecord
{
    /// <summary>How the elements are reached.</summary>
    internal GradientKind Kind;

    /// <summary>
    /// The native gradient. Held until the operation ends, so that the memory stays even if <c>set_to_none</c> runs elsewhere.
    /// </summary>
    internal nint Handle;

    /// <summary>The address of the first element; 0 where it is not known.</summary>
    internal nint Data;

    /// <summary>The number of elements.</summary>
    internal long Length;

    /// <summary>
    /// The address of the parameter's first element, where the parameter was asked for and its elements are of the type and in the order of
    /// the gradient's; else 0.
    /// </summary>
    internal nint ParameterData;

    /// <summary>
    /// The number of elements of a unit, which the first index of the parameter tells; 0 for a parameter of one dimension, or where units
    /// were not asked
    /// for.
    /// </summary>
    internal int UnitLength;

    /// <summary>A dense copy of the parameter on the CPU, where the gradient is visited as one too.</summary>
    internal torch.Tensor? ParameterCopy;

    /// <summary>The parameter's name in its module, or the module's; null for a parameter that is known by its position.</summary>
    internal string? Name;

    /// <summary>The position in the sequence.</summary>
    internal int Position;

    /// <summary>The group that the gradient belongs to.</summary>
    internal string? Group;

    /// <summary>Whether every process holds it.</summary>
    internal bool IsReplicated;

    /// <summary>The parameter, for gradients that are not plain memory.</summary>
    internal Parameter? Parameter;

    /// <summary>The gradient as a tensor, where torch operations are needed.</summary>
    internal torch.Tensor? Tensor;

    /// <summary>
    /// Whether torch cannot change the gradient in place: a sparse tensor may list one element several times, and an expanded one has one
    /// element for several. The parameter gets another gradient then.
    /// </summary>
    internal bool IsReplaced;

    /// <summary>For a gradient that is the same as an earlier record's: one more than the number of that record. Otherwise 0.</summary>
    internal int SameAs;

    /// <summary>A dense copy on the CPU, which is visited in place of the gradient.</summary>
    internal torch.Tensor? Copy;

    /// <summary>The magnitudes of a complex gradient, of which <see cref="Copy"/> is a copy.</summary>
    internal torch.Tensor? Magnitudes;

    /// <summary>A sparse gradient of another device, made dense there.</summary>
    internal torch.Tensor? Dense;

    /// <summary>The position of the number that stands for the gradient, and how many there are: 0 or 1.</summary>
    internal int Surrogate;

    /// <inheritdoc cref="Surrogate"/>
    internal int SurrogateLength;

    /// <summary>Lets go of everything that belongs to the operation.</summary>
    internal readonly void Release()
    {
        Copy?.Dispose();
        ParameterCopy?.Dispose();
        Magnitudes?.Dispose();
        Dense?.Dispose();
        Tensor?.Dispose();
        if (Handle != 0)
            NativeTensor.Dispose(Handle);
    }
}
