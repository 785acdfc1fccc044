using ClipGen.Optimizers.Kernels;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>The mapping of <see cref="AdamW"/>.</summary>
internal readonly struct AdamWRule : IStepRule<AdamStep>
{
    public static bool TryRead(OptimizerOptions options, out AdamStep step)
    {
        step = default;
        if (options is not AdamW.Options
            {
                LearningRate: { } rate,
                beta1: { } beta1,
                beta2: { } beta2,
                eps: { } epsilon,
                weight_decay: { } decay,
                amsgrad: { } amsGrad,
                maximize: { } maximize,
            })
        {
            return false;
        }

        step = new AdamStep(rate, beta1, beta2, epsilon, decay, IsDecoupled: true, amsGrad, maximize, Step: 0);
        return true;
    }

    public static bool TryGetTensors(OptimizerState state, in AdamStep step, ref StateTensors tensors, out int count)
    {
        count = step.AmsGrad ? 3 : 2;
        if (state is not AdamW.State known)
            return false;
        (tensors[0], tensors[1], tensors[2]) = (known.exp_avg, known.exp_avg_sq, known.max_exp_avg_sq);
        return known is { exp_avg: not null, exp_avg_sq: not null } && (!step.AmsGrad || known.max_exp_avg_sq is not null);
    }

    public static void Begin(OptimizerState state, torch.Tensor? created, ref AdamStep step) =>
        AdamRule.SetNumber(ref step, ++((AdamW.State)state).step);
}

/// <summary>The mapping of <see cref="Adam"/>.</summary>
internal readonly struct AdamRule : IStepRule<AdamStep>
{
    public static bool TryRead(OptimizerOptions options, out AdamStep step)
    {
        step = default;
        if (options is not Adam.Options
            {
                LearningRate: { } rate,
                beta1: { } beta1,
                beta2: { } beta2,
                eps: { } epsilon,
                weight_decay: { } decay,
                amsgrad: { } amsGrad,
                maximize: { } maximize,
            })
        {
            return false;
        }

        step = new AdamStep(rate, beta1, beta2, epsilon, decay, IsDecoupled: false, amsGrad, maximize, Step: 0);
        return true;
    }

    public static bool TryGetTensors(OptimizerState state, in AdamStep step, ref StateTensors tensors, out int count)
    {
        count = step.AmsGrad ? 3 : 2;
        if (state is not Adam.State known)
            return false;
        (tensors[0], tensors[1], tensors[2]) = (known.exp_avg, known.exp_avg_sq, known.max_exp_avg_sq);
        return known is { exp_avg: not null, exp_avg_sq: not null } && (!step.AmsGrad || known.max_exp_avg_sq is not null);
    }

    public static void Begin(OptimizerState state, torch.Tensor? created, ref AdamStep step) =>
        SetNumber(ref step, ++((Adam.State)state).step);

    /// <summary>Recomputes the bias corrections only if the previous parameter had another number of steps.</summary>
    internal static void SetNumber(ref AdamStep step, long number)
    {
        if (step.Step != number)
        {
            step = new AdamStep(
                step.LearningRate,
                step.Beta1,
                step.Beta2,
                step.Epsilon,
                step.WeightDecay,
                step.IsDecoupled,
                step.AmsGrad,
                step.Maximize,
                number);
        }
    }
}

/// <summary>The mapping of <see cref="RMSProp"/>.</summary>
internal readonly struct RmsPropRule : IStepRule<RmsPropStep>
{
    public static bool TryRead(OptimizerOptions options, out RmsPropStep step)
    {
        step = default;
        if (options is not RMSProp.Options
            {
                LearningRate: { } rate,
                alpha: { } alpha,
                eps: { } epsilon,
                weight_decay: { } decay,
                momentum: { } momentum,
                centered: { } centered,
                maximize: { } maximize,
            })
        {
            return false;
        }

        step = new RmsPropStep(rate, alpha, epsilon, decay, momentum, centered, maximize);
        return true;
    }

    public static bool TryGetTensors(OptimizerState state, in RmsPropStep step, ref StateTensors tensors, out int count)
    {
        // All three tensors exist, whatever the options are. Unused tensors are not accessed.
        count = 3;
        if (state is not RMSProp.State known)
            return false;
        (tensors[0], tensors[1], tensors[2]) = (known.square_avg, known.momentum_buffer, known.grad_avg);
        return known is { square_avg: not null, momentum_buffer: not null, grad_avg: not null };
    }

    public static void Begin(OptimizerState state, torch.Tensor? created, ref RmsPropStep step) => ((RMSProp.State)state).step++;
}

/// <summary>The mapping of <see cref="SGD"/>.</summary>
/// <remarks>
/// With <c>maximize</c>, TorchSharp computes the momentum of the gradient itself and adds the step. This rule does the same with a negative
/// learning rate. TorchSharp then adds the weight decay with the wrong sign, so that weights grow; PyTorch and this rule let them shrink.
/// </remarks>
internal readonly struct SgdRule : IStepRule<SgdStep>
{
    public static bool TryRead(OptimizerOptions options, out SgdStep step)
    {
        step = default;
        if (options is not SGD.Options
            {
                LearningRate: { } rate,
                momentum: { } momentum,
                dampening: { } dampening,
                weight_decay: { } decay,
                nesterov: { } nesterov,
                maximize: { } maximize,
            })
        {
            return false;
        }

        double sign = maximize ? -1 : 1;
        step = new SgdStep(sign * rate, momentum, dampening, sign * decay, nesterov, Maximize: false, IsFirst: false);
        return true;
    }

    public static bool TryGetTensors(OptimizerState state, in SgdStep step, ref StateTensors tensors, out int count)
    {
        count = step.Momentum == 0 ? 0 : 1;
        if (state is not SGD.State known)
            return false;
        tensors[0] = known.momentum_buffer;
        return true;
    }

    public static void Begin(OptimizerState state, torch.Tensor? created, ref SgdStep step)
    {
        step = step with { IsFirst = created is not null };
        if (created is not null)
            ((SGD.State)state).momentum_buffer = created;
    }
}
