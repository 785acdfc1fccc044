using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClipGen.Arguments;

namespace ClipGen;

/// <summary>
/// A gradient in a call of <see cref="Gradients"/> with spans. It converts implicitly from a <see cref="Span{T}"/>,
/// <see cref="Memory{T}"/>, an array of any rank, or an array or list of arrays.
/// </summary>
public readonly ref struct GradientArgument
{
    private readonly ref byte _elements;
    private readonly int _length;
    private readonly ArgumentKind _kind;

    // The owner of the elements; if there are no elements, the buffer or sequence itself.
    private readonly object? _target;

    private GradientArgument(object? target) => _target = target;

    private GradientArgument(ref byte elements, int length, ArgumentKind kind, object? owner)
    {
        _elements = ref elements;
        _length = length;
        _kind = kind;
        _target = owner;
    }

    /// <summary>The elements of a span.</summary>
    /// <param name="gradient">The gradient.</param>
    public static implicit operator GradientArgument(Span<float> gradient) => Of(gradient, ArgumentKind.Single, null);

    /// <summary>The elements of a span.</summary>
    /// <param name="gradient">The gradient.</param>
    public static implicit operator GradientArgument(Span<double> gradient) => Of(gradient, ArgumentKind.Double, null);

    /// <summary>The elements of a span.</summary>
    /// <param name="gradient">The gradient.</param>
    public static implicit operator GradientArgument(Span<Half> gradient) => Of(gradient, ArgumentKind.Half, null);

    /// <summary>The elements of a memory.</summary>
    /// <param name="gradient">The gradient.</param>
    public static implicit operator GradientArgument(Memory<float> gradient) =>
        Of(gradient.Span, ArgumentKind.Single, OwnerOf<float>(gradient));

    /// <summary>The elements of a memory.</summary>
    /// <param name="gradient">The gradient.</param>
    public static implicit operator GradientArgument(Memory<double> gradient) =>
        Of(gradient.Span, ArgumentKind.Double, OwnerOf<double>(gradient));

    /// <summary>The elements of a memory.</summary>
    /// <param name="gradient">The gradient.</param>
    public static implicit operator GradientArgument(Memory<Half> gradient) =>
        Of(gradient.Span, ArgumentKind.Half, OwnerOf<Half>(gradient));

    /// <summary>The elements of an array.</summary>
    /// <param name="gradient">The gradient; <see langword="null"/> is skipped.</param>
    public static implicit operator GradientArgument(float[]? gradient) => new(gradient);

    /// <summary>The elements of an array.</summary>
    /// <param name="gradient">The gradient; <see langword="null"/> is skipped.</param>
    public static implicit operator GradientArgument(double[]? gradient) => new(gradient);

    /// <summary>The elements of an array.</summary>
    /// <param name="gradient">The gradient; <see langword="null"/> is skipped.</param>
    public static implicit operator GradientArgument(Half[]? gradient) => new(gradient);

    /// <summary>The elements of an array of any rank, or of the arrays in it.</summary>
    /// <param name="gradients">The gradients; <see langword="null"/> is skipped.</param>
    public static implicit operator GradientArgument(Array? gradients) => new(gradients);

    /// <summary>The elements of the arrays in a list.</summary>
    /// <param name="gradients">The gradients; <see langword="null"/> is skipped.</param>
    public static implicit operator GradientArgument(List<float[]>? gradients) => new(gradients);

    /// <summary>The elements of the arrays in a list.</summary>
    /// <param name="gradients">The gradients; <see langword="null"/> is skipped.</param>
    public static implicit operator GradientArgument(List<double[]>? gradients) => new(gradients);

    /// <summary>The elements of the arrays in a list.</summary>
    /// <param name="gradients">The gradients; <see langword="null"/> is skipped.</param>
    public static implicit operator GradientArgument(List<Half[]>? gradients) => new(gradients);

    /// <summary>The reference to pin while the elements are used.</summary>
    internal ref byte GetPinnableReference() => ref _elements;

    internal void AddTo(ArgumentList arguments, nint address, string? text, int position)
    {
        if (_kind == ArgumentKind.Buffer)
            arguments.Add(_target, text, position);
        else
            arguments.AddPinned(_kind, address, _length, _target, text, position);
    }

    private static GradientArgument Of<T>(Span<T> gradient, ArgumentKind kind, object? owner) =>
        new(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(gradient)), gradient.Length, kind, owner);

    // A span over native memory does not keep its owner alive.
    private static object? OwnerOf<T>(ReadOnlyMemory<T> gradient) =>
        MemoryMarshal.TryGetMemoryManager(gradient, out MemoryManager<T>? manager) ? manager : null;
}
