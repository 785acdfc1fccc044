using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Tensors;

/// <summary>What a tensor is, as far as training is concerned.</summary>
/// <param name="Origin">Where its values come from.</param>
/// <param name="Owner">The tensor that it is the gradient of; <see langword="null"/> if it is no gradient, or that of no tensor in
/// sight.</param>
/// <param name="IsShared">Whether a change of it in place changes the gradient itself, not a copy.</param>
/// <param name="Bound">Whether its values were limited on the way from the gradient.</param>
internal readonly record struct TensorValue(TensorOrigin Origin, IOperation? Owner = null, bool IsShared = false, Bound Bound = Bound.None)
{
    /// <summary>A tensor that has nothing to do with gradients.</summary>
    public static readonly TensorValue Other = new(TensorOrigin.Other);

    /// <summary>A tensor that may be anything.</summary>
    public static readonly TensorValue Unknown = new(TensorOrigin.Unknown);

    /// <summary>A variable whose values are being read already.</summary>
    public static readonly TensorValue Itself = new(TensorOrigin.Itself);

    /// <summary>Whether it is a gradient, or computed from one.</summary>
    public bool IsGradient => Origin is TensorOrigin.Gradient or TensorOrigin.NewGradient;

    /// <summary>A result of its own, computed from this one without a limit.</summary>
    public TensorValue Computed() => this with { IsShared = false };

    /// <summary>The same values, limited.</summary>
    public TensorValue Within(Bound bound) =>
        (IsGradient || Origin == TensorOrigin.Itself) && bound > Bound ? this with { Bound = bound } : this;

    /// <summary>A tensor that is one or the other, or is made of both.</summary>
    public TensorValue Or(TensorValue other)
    {
        if (other.Weight > Weight)
            return other.Or(this);
        return this with { IsShared = IsShared || (other.IsGradient && other.IsShared), Bound = other.Bound > Bound ? other.Bound : Bound };
    }

    /// <summary>Which of two values decides what is made of both.</summary>
    private int Weight => Origin switch
    {
        TensorOrigin.Unknown => 5,
        TensorOrigin.Gradient => 4,
        TensorOrigin.NewGradient => 3,
        TensorOrigin.Other => 2,
        TensorOrigin.Zero => 1,
        _ => 0,
    };
}

/// <summary>Whether values are limited.</summary>
internal enum Bound
{
    None,

    /// <summary>They are scaled by something of which nothing is known.</summary>
    Possible,

    Certain,
}

/// <summary>Where the values of a tensor come from.</summary>
internal enum TensorOrigin
{
    /// <summary>From something that has nothing to do with gradients: a weight, an input, a mask.</summary>
    Other,

    /// <summary>It is filled with zeros, or nothing.</summary>
    Zero,

    /// <summary>From the gradient that a tensor keeps.</summary>
    Gradient,

    /// <summary>From a gradient that was just computed and that no tensor keeps yet.</summary>
    NewGradient,

    /// <summary>From the variable that is being read.</summary>
    Itself,

    /// <summary>From code that is not read.</summary>
    Unknown,
}
