using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen.Torch.Stepping;

/// <summary>A clip followed by the optimizer's own step, for cases without a fused step.</summary>
internal static class OwnStep
{
    /// <summary>Throws if the optimizer requires a closure.</summary>
    internal static void ThrowIfRefused(torch.optim.Optimizer optimizer)
    {
        if (optimizer is not LBFGS)
            return;
        throw new NotSupportedException(
            "L-BFGS computes gradients several times in one step. Clip them in its closure: "
            + "optimizer.step(() => { …; loss.backward(); TorchGradients.ClipNorm(model, 1.0); return loss; }).");
    }

    /// <summary>Clips the gradients and steps. Skips the step if a gradient is not finite and its policy says so.</summary>
    internal static ClipResult ClipAndStep(
        torch.optim.Optimizer optimizer,
        SteppedParameters parameters,
        GradientBatch clipped,
        ReadOnlySpan<ClipRule> rules,
        LossScaler? scaler,
        bool zeroGradients,
        ClipReport? report,
        RankExchange? ranks)
    {
        ClipResult result = BatchOperations.Clip(clipped, rules, report, isForStep: true, ranks);
        if (scaler is not null && !result.IsFinite)
            result = result with { Skipped = true };
        if (scaler is not null && !result.Skipped)
        {
            parameters.GatherAgain();
            BatchOperations.Scale(parameters.Gradients, 1 / scaler.Scale);
        }

        if (!result.Skipped)
            Step(optimizer, parameters);
        if (zeroGradients)
        {
            parameters.GatherAgain();
            BatchOperations.Zero(parameters.Gradients);
        }

        return result;
    }

    /// <summary>Steps the parameters that require gradients.</summary>
    internal static void Step(torch.optim.Optimizer optimizer, SteppedParameters parameters)
    {
        var hidden = new List<(Parameter Parameter, torch.Tensor Gradient)>();
        List<SGD.Options> turned = [];
        try
        {
            // TorchSharp's optimizers also update frozen parameters that have a gradient.
            foreach (Parameter? parameter in parameters.All)
            {
                if (parameter is null or { requires_grad: true } || parameter.grad?.DetachFromDisposeScope() is not { } gradient)
                    continue;
                hidden.Add((parameter, gradient));
                parameter.grad = null;
            }

            // TorchSharp applies the weight decay of a maximizing step with the wrong sign; see SgdRule.
            foreach (ParamGroup group in parameters.Groups)
            {
                if (group.Options is not SGD.Options { maximize: true, weight_decay: not null and not 0 } options
                    || turned.Contains(options))
                {
                    continue;
                }

                options.weight_decay = -options.weight_decay;
                turned.Add(options);
            }

            optimizer.step()?.Dispose();
        }
        finally
        {
            foreach (SGD.Options options in turned)
                options.weight_decay = -options.weight_decay;
            foreach ((Parameter parameter, torch.Tensor gradient) in hidden)
            {
                parameter.grad = gradient;
                gradient.Dispose();
            }
        }
    }
}
