using System.Numerics;
using System.Runtime.CompilerServices;

namespace ClipGen.Optimizers.Kernels;

/// <summary>
/// Adam (Kingma and Ba 2015), with weight decay added to the gradient or decoupled (AdamW, Loshchilov and Hutter 2019), and AMSGrad (Reddi
/// et al. 2018). States: <c>exp_avg</c>, <c>exp_avg_sq</c>, and with <typeparamref name="TAmsGrad"/> <c>max_exp_avg_sq</c>.
/// </summary>
internal readonly struct AdamKernel<T, TDecay, TAmsGrad> : IUpdateKernel<AdamKernel<T, TDecay, TAmsGrad>, T, AdamStep>
    where T : unmanaged
    where TDecay : struct, IFlag
    where TAmsGrad : struct, IFlag
{
    private readonly T _decay;
    private readonly T _kept;
    private readonly T _beta1;
    private readonly T _beta1Rest;
    private readonly T _beta2;
    private readonly T _beta2Rest;
    private readonly T _correction;
    private readonly T _epsilon;
    private readonly T _rate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private AdamKernel(in AdamStep step)
    {
        _decay = BufferUpdate.Round<T>(step.WeightDecay);
        _kept = BufferUpdate.Round<T>(step.IsDecoupled ? 1 - (step.LearningRate * step.WeightDecay) : 1);
        _beta1 = BufferUpdate.Round<T>(step.Beta1);
        _beta1Rest = BufferUpdate.Round<T>(1 - step.Beta1);
        _beta2 = BufferUpdate.Round<T>(step.Beta2);
        _beta2Rest = BufferUpdate.Round<T>(1 - step.Beta2);
        _correction = BufferUpdate.Round<T>(step.RootCorrection);
        _epsilon = BufferUpdate.Round<T>(step.Epsilon);
        _rate = BufferUpdate.Round<T>(step.LearningRate / step.BiasCorrection1);
    }

    /// <inheritdoc/>
    public static int StateCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TAmsGrad.IsSet ? 3 : 2;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdamKernel<T, TDecay, TAmsGrad> Create(in AdamStep step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update(ref Vector<T> parameter, Vector<T> gradient, ref Vector<T> state0, ref Vector<T> state1, ref Vector<T> state2)
    {
        if (TDecay.IsSet)
            gradient += new Vector<T>(_decay) * parameter;
        Vector<T> mean = (new Vector<T>(_beta1) * state0) + (new Vector<T>(_beta1Rest) * gradient);
        Vector<T> square = (new Vector<T>(_beta2) * state1) + (new Vector<T>(_beta2Rest) * gradient * gradient);
        Vector<T> largest = square;
        if (TAmsGrad.IsSet)
        {
            // A NaN is not less or equal, so it is kept.
            largest = Vector.ConditionalSelect(Vector.LessThanOrEqual(square, state2), state2, square);
            state2 = largest;
        }

        Vector<T> root = (Vector.SquareRoot(largest) * new Vector<T>(_correction)) + new Vector<T>(_epsilon);
        parameter = (parameter * new Vector<T>(_kept)) - (new Vector<T>(_rate) * mean / root);
        state0 = mean;
        state1 = square;
    }
}
