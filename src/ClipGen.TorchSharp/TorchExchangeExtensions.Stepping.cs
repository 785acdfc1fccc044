using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Optimizers.Stepping;
using ClipGen.Torch.Gathering;
using ClipGen.Torch.Stepping;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen;

/// <content>Clip and step in one, with an optimizer of TorchSharp.</content>
public static partial class TorchExchangeExtensions
{
    /// <summary>
    /// Averages the gradients of the module and of the optimizer over all processes, clips those of the module as its attributes declare,
    /// and steps.
    /// </summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process. All processes must have the same options and state.</param>
    /// <param name="module">The module. Every process holds all of it.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process; null for none.</param>
    /// <returns>The norm of the averaged gradients before clipping, and what was done: the same in every process.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The module declares no limit.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient of any process holds a NaN or an infinity, under <see cref="NonFinitePolicy.Throw"/>. Every process throws it and does
    /// not step.
    /// </exception>
    /// <exception cref="InvalidOperationException">The processes hold different gradients, or make different calls.</exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS, or a gradient is complex.</exception>
    public static ClipResult ClipAndStep(
        this IGradientExchange exchange, torch.optim.Optimizer optimizer, torch.nn.Module module, LossScaler? scaler = null)
    {
        ArgumentNullException.ThrowIfNull(module);

        // Throws for a module without limits before anything is averaged.
        if (module is IClipModel model)
            Average(exchange, optimizer, module, model.GetClipRules(), ClipState.Of, scaler);
        return StepOperations.ClipAndStep(optimizer, module, limit: null, scaler, zeroGradients: false);
    }

    /// <summary>
    /// Averages the gradients of the optimizer's parameters over all processes, scales them so that their common norm is at most
    /// <paramref name="maxNorm"/>, and steps.
    /// </summary>
    /// <inheritdoc cref="ClipAndStep(IGradientExchange, torch.optim.Optimizer, torch.nn.Module, LossScaler)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="maxNorm">The largest norm that is left unchanged, in the units of the gradient; greater than zero.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is not greater than zero.</exception>
    public static ClipResult ClipAndStep(
        this IGradientExchange exchange, torch.optim.Optimizer optimizer, double maxNorm, LossScaler? scaler = null)
    {
        ClipRule rule = ClipRule.Norm(maxNorm);
        Average(exchange, optimizer, module: null, new ReadOnlySpan<ClipRule>(in rule), stateOf: null, scaler);
        return StepOperations.ClipAndStep(optimizer, rule, scaler, zeroGradients: false, site: default);
    }

    /// <summary>
    /// Averages the gradients of the optimizer's parameters over all processes, clips them by an adaptive limit, and steps.
    /// </summary>
    /// <inheritdoc cref="ClipAndStep(IGradientExchange, torch.optim.Optimizer, torch.nn.Module, LossScaler)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="limit">The limit. All processes must use one with the same settings and state.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process; null for none.</param>
    public static ClipResult ClipAndStep(
        this IGradientExchange exchange, torch.optim.Optimizer optimizer, AdaptiveLimit limit, LossScaler? scaler = null)
    {
        ArgumentNullException.ThrowIfNull(limit);
        ClipRule rule = limit.Rule(NonFinitePolicy.Throw);
        Average(exchange, optimizer, module: null, new ReadOnlySpan<ClipRule>(in rule), _ => limit.State, scaler);
        return StepOperations.ClipAndStep(optimizer, limit, NonFinitePolicy.Throw, scaler, zeroGradients: false, site: default);
    }

    /// <summary>
    /// Clips a module whose gradients are distributed over all processes, as its attributes declare, and steps the optimizer of each
    /// process.
    /// </summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process, which keeps the state of its part.</param>
    /// <param name="module">The part of the module that this process holds.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process; null for none.</param>
    /// <returns>The norm over all processes before clipping, and what was done: the same in every process.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The module declares no limit.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient of any process holds a NaN or an infinity, under <see cref="NonFinitePolicy.Throw"/>. Every process throws it, and
    /// changes nothing.
    /// </exception>
    /// <exception cref="InvalidOperationException">The processes have different limits, or make different calls.</exception>
    /// <exception cref="NotSupportedException">The optimizer is L-BFGS.</exception>
    public static ClipResult ClipAndStepSharded(
        this IGradientExchange exchange, torch.optim.Optimizer optimizer, torch.nn.Module module, LossScaler? scaler = null)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(module);
        return StepOperations.ClipAndStep(optimizer, module, limit: null, scaler, zeroGradients: false, exchange);
    }

    /// <summary>
    /// Scales the gradients of the optimizers of all processes so that their common norm is at most <paramref name="maxNorm"/>, and steps
    /// the optimizer of each process.
    /// </summary>
    /// <inheritdoc cref="ClipAndStepSharded(IGradientExchange, torch.optim.Optimizer, torch.nn.Module, LossScaler)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="maxNorm">The largest norm that is left unchanged, in the units of the gradient; greater than zero.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is not greater than zero.</exception>
    public static ClipResult ClipAndStepSharded(
        this IGradientExchange exchange, torch.optim.Optimizer optimizer, double maxNorm, LossScaler? scaler = null)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        return StepOperations.ClipAndStep(optimizer, ClipRule.Norm(maxNorm), scaler, zeroGradients: false, site: default, exchange);
    }

    /// <summary>
    /// Clips the gradients of the optimizers of all processes by an adaptive limit, and steps the optimizer of each process.
    /// </summary>
    /// <inheritdoc cref="ClipAndStepSharded(IGradientExchange, torch.optim.Optimizer, torch.nn.Module, LossScaler)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="limit">The limit. All processes must use one with the same settings.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process; null for none.</param>
    public static ClipResult ClipAndStepSharded(
        this IGradientExchange exchange, torch.optim.Optimizer optimizer, AdaptiveLimit limit, LossScaler? scaler = null)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(limit);
        return StepOperations.ClipAndStep(optimizer, limit, NonFinitePolicy.Throw, scaler, zeroGradients: false, site: default, exchange);
    }

    // Gradients of the module that the optimizer does not step count in the norm. Gradients that the module excludes are stepped.
    private static void Average(
        IGradientExchange exchange,
        torch.optim.Optimizer optimizer,
        torch.nn.Module? module,
        ReadOnlySpan<ClipRule> rules,
        Func<object, ClipState>? stateOf,
        LossScaler? scaler)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        OwnStep.ThrowIfRefused(optimizer);
        ClipRule[] declared = rules.ToArray();

        // An optimizer in native code makes objects for its parameters.
        using DisposeScope? scope = optimizer is OptimizerHelper ? null : torch.NewDisposeScope();
        SteppedParameters parameters = SteppedParameters.Rent(optimizer);
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.AskForIndexOrder();
            if (module is not null)
                batch.Add(module);
            batch.Add(parameters.All);
            BatchOperations.Average(batch, exchange, CallKind.ClipAndStep, TermsOf);
        }
        finally
        {
            batch.Return();
            parameters.Return();
        }

        SharedTerms TermsOf(bool isListed)
        {
            ClipState? state = Array.Exists(declared, rule => rule.Settings is not null) ? stateOf?.Invoke(module!) : null;
            using ReplacedRules replaced = new(declared, limit: null, scaler, state);
            var terms = SharedTerms.Of(replaced.Rules, scaler, isListed);
            terms.Begin(optimizer.GetType().Name);
            foreach (torch.optim.ILearningRateController group in optimizer.ParamGroups)
                terms.Add("LearningRate", group.LearningRate);
            return terms;
        }
    }
}
