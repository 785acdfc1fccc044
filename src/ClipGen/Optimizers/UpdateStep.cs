using System.Numerics;
using System.Runtime.CompilerServices;
using ClipGen.Optimizers.Kernels;

namespace ClipGen.Optimizers;

/// <summary>The options of one step for one buffer, for an <see cref="IUpdate"/>.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public readonly struct UpdateStep<T>
    where T : unmanaged
{
    internal UpdateStep(double learningRate, double weightDecay, long number)
    {
        LearningRate = learningRate;
        WeightDecay = weightDecay;
        Number = number;
    }

    /// <summary>The learning rate of this buffer: the optimizer's, multiplied by the scale that the buffer's member declares.</summary>
    public double LearningRate { get; }

    /// <summary>The weight decay of this buffer; 0 if its member excludes it.</summary>
    public double WeightDecay { get; }

    /// <summary>The number of this step, starting at 1. A <see cref="double"/>, because formulas use it as one.</summary>
    public double Number { get; }

    /// <summary>A vector with the coefficient in every element, rounded to the type of the elements.</summary>
    /// <param name="coefficient">The coefficient. Compute it in <see cref="double"/>: <c>step.Of(1 - beta)</c>.</param>
    /// <returns>The vector.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Of(double coefficient) => new(BufferUpdate.Round<T>(coefficient));

    /// <summary>The sign of each element: 1, −1, or 0 for zeros and NaN.</summary>
    /// <param name="elements">The elements.</param>
    /// <returns>The signs.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> Sign(Vector<T> elements)
    {
        Vector<T> positive = Vector.ConditionalSelect(Vector.GreaterThan(elements, Vector<T>.Zero), Vector<T>.One, Vector<T>.Zero);
        return Vector.ConditionalSelect(Vector.LessThan(elements, Vector<T>.Zero), -Vector<T>.One, positive);
    }
}
