using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Gathering;

/// <summary>One gradient, gathered once for all passes of an operation.</summary>
internal struct GradientRecord
{
    /// <summary>How the elements are accessed.</summary>
    internal GradientKind Kind;

    /// <summary>
    /// The native gradient. The handle is kept until the operation ends, so that its memory stays valid even if another thread sets the
    /// gradient to none.
    /// </summary>
    internal nint Handle;

    /// <summary>The address of the first element; 0 if it is unknown.</summary>
    internal nint Data;

    /// <summary>The number of elements.</summary>
    internal long Length;

    /// <summary>
    /// The address of the parameter's first element, if parameters were requested and this one's elements have the type and the order of
    /// the gradient's; otherwise 0.
    /// </summary>
    internal nint ParameterData;

    /// <summary>
    /// The number of elements of a unit, derived from the first dimension of the parameter; 0 for a parameter of one dimension, or if units
    /// were not requested.
    /// </summary>
    internal int UnitLength;

    /// <summary>A dense copy of the parameter on the CPU, if the gradient is visited as a copy too.</summary>
    internal torch.Tensor? ParameterCopy;

    /// <summary>The number of modules that end between the previous gradient and this one.</summary>
    internal int Left;

    /// <summary>The number of modules that start after those and before this gradient.</summary>
    internal int Entered;

    /// <summary>The position of the name of the first of them, as <see cref="GradientBatch"/> keeps them.</summary>
    internal int FirstEntered;

    /// <summary>The name of the parameter in its module; null for a parameter that is identified by position.</summary>
    internal string? Name;

    /// <summary>The position in the sequence.</summary>
    internal int Position;

    /// <summary>The group that the gradient belongs to.</summary>
    internal string? Group;

    /// <summary>Whether every process holds the gradient.</summary>
    internal bool IsReplicated;

    /// <summary>The parameter, for gradients that are not plain memory.</summary>
    internal Parameter? Parameter;

    /// <summary>The gradient as a tensor, if torch operations are needed.</summary>
    internal torch.Tensor? Tensor;

    /// <summary>
    /// Whether torch cannot change the gradient in place: a sparse tensor may contain an index several times, and several elements of an
    /// expanded tensor share memory. The parameter then gets a new gradient.
    /// </summary>
    internal bool IsReplaced;

    /// <summary>If the gradient equals that of an earlier record: the number of that record plus one. Otherwise 0.</summary>
    internal int SameAs;

    /// <summary>A dense copy on the CPU, which is visited instead of the gradient.</summary>
    internal torch.Tensor? Copy;

    /// <summary>The magnitudes of a complex gradient, which <see cref="Copy"/> is a copy of.</summary>
    internal torch.Tensor? Magnitudes;

    /// <summary>A sparse gradient on another device, made dense there.</summary>
    internal torch.Tensor? Dense;

    /// <summary>The position of the gradient's surrogate.</summary>
    internal int Surrogate;

    /// <summary>The number of surrogates: 0 or 1.</summary>
    internal int SurrogateLength;

    /// <summary>Releases everything that belongs to the operation.</summary>
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
