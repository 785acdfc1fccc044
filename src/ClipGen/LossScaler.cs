using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Walking;
using ClipGen.Observing;
using ClipGen.Optimizers.Stepping;

namespace ClipGen;

/// <summary>
/// The loss scale of training in half precision: the loss is multiplied with <see cref="Scale"/> before the backward pass, so that small
/// gradients do not round to zero, and the gradients are divided by it before they are clipped and stepped on.
/// </summary>
/// <remarks>
/// <para>
/// The scale begins at 2^16. It doubles after 2000 steps in a row with finite gradients, and halves at each step with an infinity or a NaN,
/// but never below
/// 1. Such a step is skipped. Source: P. Micikevicius et al., "Mixed precision training", ICLR 2018; the numbers are those of PyTorch's
/// <c>GradScaler</c>.
/// </para>
/// <para>Use a loss scaler from one thread at a time.</para>
/// </remarks>
/// <example>
/// <code>
/// model.Backward(batch, lossScale: scaler.Scale);
/// ClipResult result = optimizer.ClipAndStep(model, scaler);
/// </code>
/// </example>
public sealed partial class LossScaler
{
    private const double Least = 1;

    /// <summary>Begins with a scale.</summary>
    /// <param name="initialScale">The scale: finite, 1 or greater. A power of two rounds nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="initialScale"/> is out of range.</exception>
    public LossScaler(double initialScale = 65536)
    {
        if (initialScale is not (>= Least and <= double.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(initialScale), initialScale, "A loss scale is finite, and 1 or greater.");
        Scale = initialScale;
    }

    /// <summary>What to multiply the loss with.</summary>
    public double Scale { get; private set; }

    /// <summary>The number of steps in a row with finite gradients after which the scale doubles; 2000 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int GrowthInterval
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    }
    = 2000;

    /// <summary>The number of steps with finite gradients since the scale last changed.</summary>
    public int GoodSteps { get; private set; }

    /// <summary>
    /// Divides the scale out of the gradients of a model and clips them as its attributes say, for those who step themselves. Where a
    /// gradient holds a NaN or an infinity, gradients stay as they are (or are set to zero, where the policy says so), and the scale
    /// shrinks: do not step then.
    /// </summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="model">The model.</param>
    /// <returns>The norm of the gradients without the scale, and what was done. <see cref="ClipResult.Skipped"/>: do not step.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    /// <exception cref="ArgumentException">The model implements <see cref="IClippable"/> by hand.</exception>
    public ClipResult Clip<TModel>(TModel model)
        where TModel : IClippable => ClipBy(model, limit: null);

    /// <inheritdoc cref="Clip{TModel}(TModel)"/>
    /// <param name="model">The model.</param>
    /// <param name="limit">The limit in the place of the one declared for all gradients: greater than zero, in the units of the gradient
    /// without the scale.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero. Nothing was changed.</exception>
    public ClipResult Clip<TModel>(TModel model, double limit)
        where TModel : IClippable => ClipBy(model, limit);

    /// <summary>
    /// Tells whether the gradients of a step were finite, where they were clipped and stepped on in another way: the scale grows or shrinks
    /// by it.
    /// </summary>
    /// <param name="gradientsWereFinite">Whether they were.</param>
    public void Update(bool gradientsWereFinite)
    {
        if (!gradientsWereFinite)
        {
            Scale = Math.Max(Least, Scale / 2);
            GoodSteps = 0;
        }
        else if (++GoodSteps >= GrowthInterval)
        {
            // Doubled without end, it would be infinite.
            Scale = Scale <= double.MaxValue / 2 ? Scale * 2 : Scale;
            GoodSteps = 0;
        }
    }

    /// <summary>Unscales and clips, over processes where these are given.</summary>
    internal ClipResult ClipBy<TModel>(TModel model, double? limit, IGradientExchange? exchange = null)
        where TModel : IClippable => ModelClip.Run(model, new UnscaledClip(this, model, limit, exchange), limit, this);

    /// <summary>Unscale and clip, compiled for one model.</summary>
    private readonly struct UnscaledClip(LossScaler scaler, object model, double? limit, IGradientExchange? exchange) : IModelClip
    {
        public ClipResult Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied, ClipReport? report)
            where TSource : IGradientSource
        {
            using ReplacedRules replaced = new(rules, limit, scaler, ClipState.For(model, rules));
            ClipPlan plan = ClipPlanner.Plan(
                gradients, replaced.Rules, isUntied, ShardedClip.Begin(exchange, CallKind.ClipSharded, replaced.Rules, scaler), report);
            plan.Skips |= !plan.Result.IsFinite;
            try
            {
                if (plan.Zeros)
                    Walk.Through(gradients, default(Clear));
                else if (!plan.Skips)
                    UnscalePass.Run(gradients, plan, 1 / replaced.Scale);
                ClipState.Commit(replaced.Rules, plan.Result);
                scaler.Update(plan.Result.IsFinite);
                return replaced.Unscale(plan.StepResult);
            }
            finally
            {
                plan.ReturnTable();
            }
        }
    }
}
