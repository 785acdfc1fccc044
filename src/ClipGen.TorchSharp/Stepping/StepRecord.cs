using ClipGen.Numerics.Buffers;
using ClipGen.Numerics.Clipping;
using ClipGen.Optimizers.Kernels;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>One parameter of a step: the locations of the parameter, its gradient and its state, and their changes.</summary>
/// <typeparam name="TStep">The update.</typeparam>
internal struct StepRecord<TStep>
    where TStep : struct, IBufferStep
{
    /// <summary>The parameter.</summary>
    internal Parameter Parameter;

    /// <summary>The optimizer's state of the parameter.</summary>
    internal OptimizerState State;

    /// <summary>Whether the first tensor of the state does not exist yet.</summary>
    internal bool IsMissing;

    /// <summary>That tensor, until it is stored in the state.</summary>
    internal torch.Tensor? Created;

    /// <summary>The number of the parameter group.</summary>
    internal int Group;

    /// <summary>The position of the gradient among the clipped gradients with elements; −1 if it is not clipped.</summary>
    internal int Ordinal;

    /// <summary>The number of elements.</summary>
    internal int Length;

    /// <summary>Whether elements are <see cref="double"/> instead of <see cref="float"/>.</summary>
    internal bool IsDouble;

    /// <summary>Whether an earlier record steps the same parameter.</summary>
    internal bool IsRepeated;

    /// <summary>The addresses of the elements; 0 for states that the update does not have.</summary>
    internal nint ParameterData;

    /// <inheritdoc cref="ParameterData"/>
    internal nint GradientData;

    /// <inheritdoc cref="ParameterData"/>
    internal StateAddresses StateData;

    /// <summary>The change of the gradient before the update.</summary>
    internal GradientChange Change;

    /// <summary>
    /// If the units of the gradient have separate factors: the buffer table that contains them, and one over the loss scale.
    /// </summary>
    internal BufferTable? Units;

    /// <inheritdoc cref="Units"/>
    internal double Unscale;

    /// <summary>The update.</summary>
    internal TStep Step;

    /// <summary>Changes the gradient, and updates a part of the parameter and its state.</summary>
    /// <param name="start">The first element.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="zeroGradients">Whether to set the gradient to zero.</param>
    internal readonly void Update(int start, int length, bool zeroGradients)
    {
        if (Units is null)
        {
            Update(start, length, Change, zeroGradients);
            return;
        }

        var runs = new UnitRuns(Units, Units[Ordinal], start, length);
        while (runs.MoveNext())
            Update(start + runs.Start, runs.Length, GradientChange.Scale(runs.Factor.Times(Unscale)), zeroGradients);
    }

    private readonly void Update(int start, int length, in GradientChange change, bool zeroGradients)
    {
        if (IsDouble)
            Update<double>(start, length, change, zeroGradients);
        else
            Update<float>(start, length, change, zeroGradients);
    }

    private readonly void Update<T>(int start, int length, in GradientChange change, bool zeroGradients)
        where T : unmanaged =>
        Step.Apply(
            Elements<T>(GradientData, start, length),
            Elements<T>(ParameterData, start, length),
            Elements<T>(StateData[0], start, length),
            Elements<T>(StateData[1], start, length),
            Elements<T>(StateData[2], start, length),
            change,
            zeroGradients);

    private static unsafe Span<T> Elements<T>(nint address, int start, int length)
        where T : unmanaged =>
        address == 0 ? default : new Span<T>((T*)address + start, length);
}
