using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.TrainingLoops.Tensors;

/// <summary>What a tensor is for the training loop.</summary>
/// <param name="Origin">Where its values come from.</param>
/// <param name="Owner">The tensor that it is the gradient of; <see langword="null"/> if it is no gradient, or if that tensor is not
/// visible.</param>
/// <param name="IsShared">Whether an in-place change of it changes the gradient itself, not a copy.</param>
/// <param name="Bound">Whether its values were limited since they were read from the gradient.</param>
internal readonly record struct TensorValue(TensorOrigin Origin, IOperation? Owner = null, bool IsShared = false, Bound Bound = Bound.None)
{
    /// <summary>A tensor that is unrelated to gradients.</summary>
    public static readonly TensorValue Other = new(TensorOrigin.Other);

    /// <summary>A tensor that may be anything.</summary>
    public static readonly TensorValue Unknown = new(TensorOrigin.Unknown);

    /// <summary>A variable that is being read already.</summary>
    public static readonly TensorValue Itself = new(TensorOrigin.Itself);

    /// <summary>Whether it is a gradient, or computed from one.</summary>
    public bool IsGradient => Origin is TensorOrigin.Gradient or TensorOrigin.NewGradient;

    /// <summary>A new tensor that is computed from this one without a limit.</summary>
    public TensorValue Computed() => this with { IsShared = false };

    /// <summary>The same values, limited.</summary>
    public TensorValue Within(Bound bound) =>
        (IsGradient || Origin == TensorOrigin.Itself) && bound > Bound ? this with { Bound = bound } : this;

    /// <summary>A tensor that is one or the other, or is computed from both.</summary>
    public TensorValue Or(TensorValue other)
    {
        if (other.Weight > Weight)
            return other.Or(this);
        return this with { IsShared = IsShared || (other.IsGradient && other.IsShared), Bound = other.Bound > Bound ? other.Bound : Bound };
    }

    /// <summary>The value of the two that decides the combination of both.</summary>
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

    /// <summary>They are scaled by an unknown factor.</summary>
    Possible,

    Certain,
}

/// <summary>Where the values of a tensor come from.</summary>
internal enum TensorOrigin
{
    /// <summary>From a value that is unrelated to gradients: a weight, an input, a mask.</summary>
    Other,

    /// <summary>It is filled with zeros, or empty.</summary>
    Zero,

    /// <summary>From the gradient of a tensor.</summary>
    Gradient,

    /// <summary>From a gradient that was just computed and that is not assigned to a tensor yet.</summary>
    NewGradient,

    /// <summary>From the variable that is being read.</summary>
    Itself,

    /// <summary>From unreadable code.</summary>
    Unknown,
}
