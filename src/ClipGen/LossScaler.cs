using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Numerics.Clipping;
using ClipGen.Numerics.Walking;
using ClipGen.Observing;
using ClipGen.Optimizers.Stepping;

namespace ClipGen;

/// <summary>
/// The loss scale of training in half precision. The loss is multiplied by <see cref="Scale"/> before the backward pass, so that small
/// gradients do not round to zero. The gradients are divided by it before they are clipped and applied.
/// </summary>
/// <remarks>
/// <para>
/// The scale starts at 2^16. It doubles after 2000 consecutive steps with finite gradients. It halves at each step with an infinity or a
/// NaN, but never goes below 1, and that step is skipped. Source: P. Micikevicius et al., "Mixed precision training", ICLR 2018; the
/// numbers are those of PyTorch's <c>GradScaler</c>.
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

    /// <summary>Creates a loss scaler with an initial scale.</summary>
    /// <param name="initialScale">The scale: finite, 1 or greater. Scaling by a power of two does not round.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="initialScale"/> is out of range.</exception>
    public LossScaler(double initialScale = 65536)
    {
        if (initialScale is not (>= Least and <= double.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(initialScale), initialScale, "The loss scale must be finite, and 1 or greater.");
        Scale = initialScale;
    }

    /// <summary>The factor to multiply the loss by.</summary>
    public double Scale { get; private set; }

    /// <summary>The number of consecutive steps with finite gradients after which the scale doubles; 2000 by default.</summary>
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
    /// Divides the gradients of a model by the scale and clips them as its attributes declare, for training loops with their own step. If a
    /// gradient holds a NaN or an infinity, the scale shrinks, and the gradients stay unchanged, or are set to zero if the policy says so.
    /// Do not step in that case.
    /// </summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="model">The model.</param>
    /// <returns>
    /// The norm of the gradients divided by the scale, and what was done. If <see cref="ClipResult.Skipped"/> is true, do not step.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    /// <exception cref="ArgumentException">The model implements <see cref="IClippable"/> without generated code.</exception>
    public ClipResult Clip<TModel>(TModel model)
        where TModel : IClippable => ClipBy(model, limit: null);

    /// <inheritdoc cref="Clip{TModel}(TModel)"/>
    /// <param name="model">The model.</param>
    /// <param name="limit">
    /// The limit, instead of the one declared for all gradients: greater than zero, in the units of the gradient divided by the scale.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero. Nothing was changed.</exception>
    public ClipResult Clip<TModel>(TModel model, double limit)
        where TModel : IClippable => ClipBy(model, limit);

    /// <summary>
    /// Updates the scale after a step whose gradients were clipped and applied without this class.
    /// </summary>
    /// <param name="gradientsWereFinite">Whether all gradients of the step were finite.</param>
    public void Update(bool gradientsWereFinite)
    {
        if (!gradientsWereFinite)
        {
            Scale = Math.Max(Least, Scale / 2);
            GoodSteps = 0;
        }
        else if (++GoodSteps >= GrowthInterval)
        {
            // Without this check, repeated doubling would end in an infinite scale.
            Scale = Scale <= double.MaxValue / 2 ? Scale * 2 : Scale;
            GoodSteps = 0;
        }
    }

    /// <summary>Divides by the scale and clips, over several processes if an exchange is given.</summary>
    internal ClipResult ClipBy<TModel>(TModel model, double? limit, IGradientExchange? exchange = null)
        where TModel : IClippable => ModelClip.Run(model, new UnscaledClip(this, model, limit, exchange), limit, this);

    /// <summary>The operation of <see cref="ClipBy"/>, compiled for one model.</summary>
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
