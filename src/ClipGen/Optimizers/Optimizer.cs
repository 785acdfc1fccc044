using System.Runtime.CompilerServices;
using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Walking;
using ClipGen.Observing;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Optimizers;

/// <summary>
/// Updates the parameters of a model from its gradients, and clips the gradients in the same pass:
/// <see cref="ClipAndStep{TModel}(TModel)"/> reads each gradient once for the norm and once for the update, and does not write to it.
/// </summary>
/// <remarks>
/// <para>
/// Formulas, names and defaults are those of PyTorch. Coefficients are computed in <see cref="double"/>. Elements and states have the type
/// of the parameter, or <see cref="float"/> for parameters of type <see cref="Half"/>. Results have the same bits on every instruction set
/// and for every number of threads.
/// </para>
/// <para>
/// An optimizer keeps the state of one model, by the paths of its parameters. It allocates nothing after the first step. A parameter whose
/// gradient is null or empty is skipped, and the step is not counted for it. Tied gradients are applied once.
/// </para>
/// <para>Use an optimizer from one thread at a time.</para>
/// </remarks>
/// <example>
/// <code>
/// var optimizer = new AdamW(learningRate: 1e-3) { WeightDecay = 0.01 };
/// foreach (Batch batch in batches)
/// {
///     model.ZeroGradients();
///     model.Backward(batch);
///     ClipResult result = optimizer.ClipAndStep(model);
/// }
/// </code>
/// </example>
public abstract partial class Optimizer : AdaptiveLimitSteps
{
    private protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>The learning rate: finite, 0 or greater. A change applies from the next step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LearningRate
    {
        get;
        set => field = Option.NotNegative(value, nameof(LearningRate));
    }

    /// <summary>Whether a step also sets the gradients to zero, in the same pass. This includes skipped steps.</summary>
    public bool ZeroGradients { get; set; }

    private protected StateTable States { get; } = new();

    /// <summary>
    /// Clips the gradients of a model as its attributes declare, and applies the clipped gradients to the parameters, in one pass over
    /// memory.
    /// </summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="model">The model.</param>
    /// <returns>
    /// The norm before clipping, and what was done. The gradients keep their values; <see cref="ClipResult.Scale"/> is the factor that the
    /// update applied to them.
    /// </returns>
    /// <remarks>
    /// If a gradient is not finite, the policy decides. Under <see cref="NonFinitePolicy.Throw"/>, nothing changes. Under
    /// <see cref="NonFinitePolicy.Zero"/> and <see cref="NonFinitePolicy.Leave"/>, the step is skipped, and
    /// <see cref="ClipResult.Skipped"/> is true. Under <see cref="NonFinitePolicy.Propagate"/>, the step is done.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    /// <exception cref="NonFiniteGradientException">A gradient holds a NaN or an infinity, under <see cref="NonFinitePolicy.Throw"/>.
    /// Nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">
    /// A gradient has no parameter, or a parameter of another length; or the optimizer keeps the state of another model. Nothing was
    /// changed.
    /// </exception>
    public ClipResult ClipAndStep<TModel>(TModel model)
        where TModel : IClippable => ClipAndStepBy(model, limit: null, scaler: null);

    /// <summary>Clips with another limit instead of the one declared for all gradients, and applies the clipped gradients.</summary>
    /// <param name="model">The model.</param>
    /// <param name="limit">The limit: greater than zero, in the units of the gradient. Limits of groups and members still apply.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero. Nothing was changed.</exception>
    /// <inheritdoc cref="ClipAndStep{TModel}(TModel)"/>
    public ClipResult ClipAndStep<TModel>(TModel model, double limit)
        where TModel : IClippable => ClipAndStepBy(model, limit, scaler: null);

    /// <summary>
    /// Divides the gradients by the loss scale, clips them and applies them, in one pass over memory. If a gradient has overflowed, the
    /// step is skipped.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="scaler">The loss scale, which is updated: it grows or shrinks depending on whether the gradients are finite.</param>
    /// <returns>The norm of the gradients divided by the loss scale, and what was done.</returns>
    /// <inheritdoc cref="ClipAndStep{TModel}(TModel)"/>
    public ClipResult ClipAndStep<TModel>(TModel model, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(scaler);
        return ClipAndStepBy(model, limit: null, scaler);
    }

    /// <summary>
    /// Divides the gradients by the loss scale, clips them with another limit, and applies them. If a gradient has overflowed, the step is
    /// skipped.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="limit">The limit: greater than zero, in the units of the gradient divided by the loss scale.</param>
    /// <param name="scaler">The loss scale, which is updated: it grows or shrinks depending on whether the gradients are finite.</param>
    /// <inheritdoc cref="ClipAndStep{TModel}(TModel, LossScaler)"/>
    public ClipResult ClipAndStep<TModel>(TModel model, double limit, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(scaler);
        return ClipAndStepBy(model, limit, scaler);
    }

    /// <summary>Applies the gradients without clipping them. They are not checked for NaN and infinities.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="source">The gradients, with their parameters.</param>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// A gradient has no parameter, or a parameter of another length; or the optimizer keeps the state of another source. Nothing was
    /// changed.
    /// </exception>
    public void Step<TSource>(TSource source)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(source);
        ClipPlan plan = ClipPlanner.PlanNothing(source);
        try
        {
            Run(new StepPass<TSource>(source, States, in plan, unscale: 1, ZeroGradients));
        }
        finally
        {
            plan.ReturnTable();
        }
    }

    private protected sealed override ClipResult ClipAndStepFollowing<TModel>(TModel model, AdaptiveLimit limit) =>
        ClipAndStepBy(model, limit: null, scaler: null, follower: limit);

    /// <summary>Prepares and runs a pass with the rule of the optimizer.</summary>
    private protected abstract void Run<TSource>(in StepPass<TSource> pass)
        where TSource : IGradientSource;

    /// <summary>Adds the settings that must be the same in all processes that step the same parameters.</summary>
    /// <param name="terms">Receives them.</param>
    /// <param name="hasSameState">Whether all processes keep the state of the same parameters.</param>
    internal void AddTo(SharedTerms terms, bool hasSameState = true)
    {
        terms.Begin(KindName);
        foreach ((string name, string value) in CurrentOptions())
            terms.Add(name, value);
        terms.Add(nameof(ZeroGradients), ZeroGradients ? "true" : "false");
        if (hasSameState)
            terms.Add("steps so far", States.Slots.Select(slot => slot.Steps).DefaultIfEmpty().Max());
    }

    /// <summary>Clips and steps, over several processes if an exchange is given.</summary>
    internal ClipResult ClipAndStepBy<TModel>(
        TModel model, double? limit, LossScaler? scaler, IGradientExchange? exchange = null, AdaptiveLimit? follower = null)
        where TModel : IClippable =>
        ModelClip.Run(
            model,
            new SteppedClip(this, model, limit, follower, scaler, exchange),
            limit,
            scaler,
            advice: " Call its ClipGradients(), and then Step.",
            followsGradients: follower is not null);

    private ClipResult ClipAndStepOn<TSource>(
        TSource gradients,
        ReadOnlySpan<ClipRule> rules,
        bool isUntied,
        RankExchange? ranks,
        ClipReport? report,
        double unscale = 1,
        bool isScaled = false,
        ParameterOwners? owners = null)
        where TSource : IGradientSource
    {
        ClipPlan plan = ClipPlanner.Plan(gradients, rules, isUntied, ranks, report, isForStep: owners is null);
        plan.Skips |= isScaled && !plan.Result.IsFinite;
        try
        {
            if (!plan.Skips)
            {
                owners?.LeaveOthers(ref plan);
                Run(new StepPass<TSource>(gradients, States, in plan, unscale, ZeroGradients));
                plan.AddOpenUnits();
                ClipState.Commit(rules, plan.Result);
                return plan.StepResult;
            }

            if (plan.Zeros || ZeroGradients)
                Walk.Through(gradients, default(Clear));
            return plan.StepResult;
        }
        finally
        {
            plan.ReturnTable();
        }
    }

    /// <summary>Clip and step, compiled for one model.</summary>
    internal readonly struct SteppedClip(
        Optimizer optimizer,
        object model,
        double? limit,
        AdaptiveLimit? follower,
        LossScaler? scaler,
        IGradientExchange? exchange,
        ParameterOwners? owners = null)
        : IModelClip
    {
        public ClipResult Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied, ClipReport? report)
            where TSource : IGradientSource
        {
            ClipState? state = ClipState.For(model, rules);
            if (limit is null && scaler is null && state is null && follower is null)
            {
                RankExchange? all = ShardedClip.Begin(exchange, CallKind.ClipAndStepSharded, rules);
                return optimizer.ClipAndStepOn(gradients, rules, isUntied, all, report, owners: owners);
            }

            return RunReplaced(gradients, rules, isUntied, report, state);
        }

        // A separate method, so that the common path does not clear stack space for it.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private ClipResult RunReplaced<TSource>(
            TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied, ClipReport? report, ClipState? state)
            where TSource : IGradientSource
        {
            using ReplacedRules replaced = new(rules, limit, scaler, state, follower);
            RankExchange? ranks = ShardedClip.Begin(exchange, CallKind.ClipAndStepSharded, replaced.Rules, scaler);
            ClipResult result = optimizer.ClipAndStepOn(
                gradients, replaced.Rules, isUntied, ranks, report, 1 / replaced.Scale, isScaled: scaler is not null, owners);
            scaler?.Update(result.IsFinite);
            return replaced.Unscale(result);
        }
    }
}
