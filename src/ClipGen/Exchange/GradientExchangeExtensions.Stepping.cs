using ClipGen.Exchange;
using ClipGen.Observing;
using ClipGen.Optimizers;

namespace ClipGen;

/// <content>Clip and step in one.</content>
public static partial class GradientExchangeExtensions
{
    /// <summary>Averages the gradients over all processes, clips them as the attributes of the model declare, and steps.</summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process. All processes must have the same options and state.</param>
    /// <param name="model">The model. Every process holds all of it.</param>
    /// <returns>The norm of the averaged gradients before clipping, and what was done: the same in every process.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient of any process holds a NaN or an infinity, under <see cref="NonFinitePolicy.Throw"/>. Every process throws it and does
    /// not step.
    /// </exception>
    /// <exception cref="InvalidOperationException">The processes hold different gradients, or make different calls.</exception>
    public static ClipResult ClipAndStep<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model)
        where TModel : IClippable => AverageAndStep(exchange, optimizer, model, limit: null, scaler: null);

    /// <inheritdoc cref="ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The model.</param>
    /// <param name="limit">
    /// The limit, instead of the one declared for all gradients: greater than zero, in the units of the gradient.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero.</exception>
    public static ClipResult ClipAndStep<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model, double limit)
        where TModel : IClippable => AverageAndStep(exchange, optimizer, model, limit, scaler: null);

    /// <inheritdoc cref="ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The model.</param>
    /// <param name="limit">
    /// An adaptive limit, instead of the one declared for all gradients. All processes must use one with the same settings.
    /// </param>
    /// <exception cref="ArgumentException">The model declares no limit for all gradients.</exception>
    public static ClipResult ClipAndStep<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model, AdaptiveLimit limit)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(limit);
        return AverageAndStep(exchange, optimizer, model, limit: null, scaler: null, limit);
    }

    /// <inheritdoc cref="ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The model.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process. It is updated in all of them.</param>
    public static ClipResult ClipAndStep<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(scaler);
        return AverageAndStep(exchange, optimizer, model, limit: null, scaler);
    }

    /// <inheritdoc cref="ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The model.</param>
    /// <param name="limit">
    /// The limit, instead of the one declared for all gradients: greater than zero, in the units of the gradient without the loss
    /// scale.
    /// </param>
    /// <param name="scaler">The loss scale, which must be the same in every process. It is updated in all of them.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero.</exception>
    public static ClipResult ClipAndStep<TModel>(
        this IGradientExchange exchange, Optimizer optimizer, TModel model, double limit, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(scaler);
        return AverageAndStep(exchange, optimizer, model, limit, scaler);
    }

    /// <summary>Clips a model whose gradients are distributed over all processes, and steps the gradients of each process there.</summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process, which keeps the state of its part.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <returns>The norm over all processes before clipping, and what was done: the same in every process.</returns>
    /// <inheritdoc cref="ClipSharded{TModel}(IGradientExchange, TModel)" path="/exception"/>
    public static ClipResult ClipAndStepSharded<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        return optimizer.ClipAndStepBy(model, limit: null, scaler: null, exchange);
    }

    /// <inheritdoc cref="ClipAndStepSharded{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="limit">
    /// The limit, instead of the one declared for all gradients: greater than zero, in the units of the gradient.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero. Nothing was changed.</exception>
    public static ClipResult ClipAndStepSharded<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model, double limit)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        return optimizer.ClipAndStepBy(model, limit, scaler: null, exchange);
    }

    /// <inheritdoc cref="ClipAndStepSharded{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process. It is updated in all of them.</param>
    public static ClipResult ClipAndStepSharded<TModel>(
        this IGradientExchange exchange, Optimizer optimizer, TModel model, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(scaler);
        return optimizer.ClipAndStepBy(model, limit: null, scaler, exchange);
    }

    /// <inheritdoc cref="ClipAndStepSharded{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="limit">
    /// An adaptive limit, instead of the one declared for all gradients. All processes must use one with the same settings.
    /// </param>
    /// <exception cref="ArgumentException">The model declares no limit for all gradients. Nothing was changed.</exception>
    public static ClipResult ClipAndStepSharded<TModel>(
        this IGradientExchange exchange, Optimizer optimizer, TModel model, AdaptiveLimit limit)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(limit);
        return optimizer.ClipAndStepBy(model, limit: null, scaler: null, exchange, limit);
    }

    /// <inheritdoc cref="ClipAndStepSharded{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="limit">
    /// The limit, instead of the one declared for all gradients: greater than zero, in the units of the gradient without the loss
    /// scale.
    /// </param>
    /// <param name="scaler">The loss scale, which must be the same in every process. It is updated in all of them.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero. Nothing was changed.</exception>
    public static ClipResult ClipAndStepSharded<TModel>(
        this IGradientExchange exchange, Optimizer optimizer, TModel model, double limit, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(scaler);
        return optimizer.ClipAndStepBy(model, limit, scaler, exchange);
    }

    /// <summary>
    /// Averages the gradients over all processes, clips them as the attributes of the model declare, and steps in each process a part of
    /// the parameters, which are then sent to all. Each process keeps the optimizer's state of its part only.
    /// </summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process. All processes must have the same options.</param>
    /// <param name="model">The model. Every process holds all of it.</param>
    /// <returns>The norm of the averaged gradients before clipping, and what was done: the same in every process.</returns>
    /// <remarks>
    /// <para>
    /// Parameters get the same bits as by <see cref="ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>. Source: stage 1 in
    /// S. Rajbhandari et al., "ZeRO: memory optimizations toward training trillion parameter models", 2020.
    /// </para>
    /// <para>
    /// Which process steps a parameter depends on the lengths of all parameters and on the number of processes. Save the optimizer in every
    /// process, and resume with the same number of processes.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The model implements <see cref="IClippable"/> by hand.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient of any process holds a NaN or an infinity, under <see cref="NonFinitePolicy.Throw"/>. Every process throws it and does
    /// not step.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The processes hold different gradients, or make different calls; or a gradient has no parameter of its length.
    /// </exception>
    public static ClipResult ClipAndStepWithShardedState<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model)
        where TModel : IClippable => AverageAndStep(exchange, optimizer, model, limit: null, scaler: null, shardsState: true);

    /// <inheritdoc cref="ClipAndStepWithShardedState{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The model.</param>
    /// <param name="limit">
    /// The limit, instead of the one declared for all gradients: greater than zero, in the units of the gradient.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero.</exception>
    public static ClipResult ClipAndStepWithShardedState<TModel>(
        this IGradientExchange exchange, Optimizer optimizer, TModel model, double limit)
        where TModel : IClippable => AverageAndStep(exchange, optimizer, model, limit, scaler: null, shardsState: true);

    /// <inheritdoc cref="ClipAndStepWithShardedState{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The model.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process. It is updated in all of them.</param>
    public static ClipResult ClipAndStepWithShardedState<TModel>(
        this IGradientExchange exchange, Optimizer optimizer, TModel model, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(scaler);
        return AverageAndStep(exchange, optimizer, model, limit: null, scaler, shardsState: true);
    }

    private static ClipResult AverageAndStep<TModel>(
        IGradientExchange exchange,
        Optimizer optimizer,
        TModel model,
        double? limit,
        LossScaler? scaler,
        AdaptiveLimit? follower = null,
        bool shardsState = false)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        return ModelClip.Run(
            model,
            new AveragedStep(optimizer, model, limit, follower, scaler, exchange, shardsState),
            limit,
            scaler,
            followsGradients: follower is not null);
    }
}
