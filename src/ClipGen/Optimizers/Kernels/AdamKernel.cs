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
    public static bool TakesAnyWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AdamKernel<T, TDecay, TAmsGrad> Create(in AdamStep step) => new(step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Update<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes state0, ref TLanes state1, ref TLanes state2)
        where TLanes : struct, ILanes<TLanes, T>
    {
        if (TDecay.IsSet)
            gradient += parameter * _decay;
        TLanes mean = (state0 * _beta1) + (gradient * _beta1Rest);
        TLanes square = (state1 * _beta2) + (gradient * _beta2Rest * gradient);
        TLanes largest = square;
        if (TAmsGrad.IsSet)
        {
            largest = TLanes.LargerOrNaN(square, state2);
            state2 = largest;
        }

        TLanes root = (TLanes.SquareRoot(largest) * _correction) + _epsilon;
        parameter = (parameter * _kept) - (mean * _rate / root);
        state0 = mean;
        state1 = square;
    }
}
