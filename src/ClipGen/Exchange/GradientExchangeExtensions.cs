using System.Collections;
using ClipGen.Arguments;
using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Optimizers;

namespace ClipGen;

/// <summary>The operations that the processes which train one model do together. Every process calls them in the same order.</summary>
/// <remarks>
/// <para>
/// <b>Data parallel</b>: every process holds the whole model and computes gradients of other examples.
/// <see cref="AverageGradients{TSource}"/> before the clip, or
/// <see cref="ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>, which averages too.
/// </para>
/// <para>
/// <b>Sharded</b>: every process holds other gradients of one model. <see cref="ClipSharded{TModel}(IGradientExchange, TModel)"/> clips by
/// norms over all of them. Gradients that every process holds are marked with <see cref="ReplicatedAttribute"/>, and count once.
/// </para>
/// <para>All processes end with the same result, and the same exception where one holds a NaN or an infinity.</para>
/// </remarks>
public static class GradientExchangeExtensions
{
    /// <summary>Replaces each gradient by its mean over all processes.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="exchange">The processes.</param>
    /// <param name="source">The gradients. They have the same lengths in every process.</param>
    /// <remarks>
    /// Every process ends with the same bits. A NaN or an infinity of one process is then in all; the clip that follows names the process
    /// that it came from.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// The processes hold other gradients, or make another call. Nothing was changed.
    /// </exception>
    public static void AverageGradients<TSource>(this IGradientExchange exchange, TSource source)
        where TSource : IGradientSource
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(source);
        if (source is IClipModel model)
            Average(exchange, model);
        else
            AveragePass.Run(source, exchange);
    }

    /// <summary>Replaces each gradient by its mean over all processes.</summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="gradients">
    /// An array of any rank, a list or a tensor of <see cref="float"/>, <see cref="double"/> or <see cref="Half"/>, or a sequence of
    /// these or of gradient sources.
    /// </param>
    /// <inheritdoc cref="AverageGradients{TSource}(IGradientExchange, TSource)" path="/remarks"/>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">A gradient is of another type.</exception>
    /// <exception cref="InvalidOperationException">
    /// The processes hold other gradients, or make another call. Nothing was changed.
    /// </exception>
    public static void AverageGradients(this IGradientExchange exchange, IEnumerable gradients)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(gradients);
        ArgumentList arguments = ArgumentList.Rent();
        try
        {
            arguments.Add(gradients, nameof(gradients), 0);
            AveragePass.Run(new ArgumentSource(arguments), exchange);
        }
        finally
        {
            arguments.Return();
        }
    }

    /// <summary>
    /// Clips a model whose gradients are spread over all processes, as its attributes say: each norm is over those of all processes.
    /// </summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">
    /// The part of the model that this process holds. Gradients of other processes are null, empty or absent here.
    /// </param>
    /// <returns>The norm over all processes before clipping, and what was done: the same in every process.</returns>
    /// <remarks>
    /// Where each buffer is in one process, the norm has the same bits for every number of processes and every assignment of buffers to
    /// them.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The model implements <see cref="IClippable"/> by hand.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient of any process holds a NaN or an infinity, under <see cref="NonFinitePolicy.Throw"/>. Every process throws it, and
    /// changes nothing.
    /// </exception>
    /// <exception cref="InvalidOperationException">The processes have other limits, or make another call. Nothing was changed.</exception>
    public static ClipResult ClipSharded<TModel>(this IGradientExchange exchange, TModel model)
        where TModel : IClippable => ShardedClip.Run(exchange, model, limit: null);

    /// <inheritdoc cref="ClipSharded{TModel}(IGradientExchange, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="limit">
    /// The limit in the place of the one declared for all gradients: greater than zero, in the units of the gradient.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero. Nothing was changed.</exception>
    public static ClipResult ClipSharded<TModel>(this IGradientExchange exchange, TModel model, double limit)
        where TModel : IClippable => ShardedClip.Run(exchange, model, limit);

    /// <inheritdoc cref="ClipSharded{TModel}(IGradientExchange, TModel)"/>
    /// <summary>Divides the loss scale out of gradients that are spread over all processes, and clips them.</summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="scaler">The loss scale, the same in every process. It grows or shrinks in all of them.</param>
    public static ClipResult ClipSharded<TModel>(this IGradientExchange exchange, TModel model, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(scaler);
        return scaler.ClipBy(model, limit: null, exchange);
    }

    /// <summary>Averages the gradients over all processes, clips them as the attributes of the model say, and steps.</summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process. All have the same options and state.</param>
    /// <param name="model">The model. Every process holds all of it.</param>
    /// <returns>The norm of the averaged gradients before clipping, and what was done: the same in every process.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient of any process holds a NaN or an infinity, under <see cref="NonFinitePolicy.Throw"/>. Every process throws it, and
    /// steps nothing.
    /// </exception>
    /// <exception cref="InvalidOperationException">The processes hold other gradients, or make another call.</exception>
    public static ClipResult ClipAndStep<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model)
        where TModel : IClippable
    {
        Average(exchange, optimizer, model);
        return optimizer.ClipAndStep(model);
    }

    /// <inheritdoc cref="ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The model.</param>
    /// <param name="limit">
    /// The limit in the place of the one declared for all gradients: greater than zero, in the units of the gradient.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero.</exception>
    public static ClipResult ClipAndStep<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model, double limit)
        where TModel : IClippable
    {
        Average(exchange, optimizer, model);
        return optimizer.ClipAndStep(model, limit);
    }

    /// <inheritdoc cref="ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="optimizer">The optimizer of this process.</param>
    /// <param name="model">The model.</param>
    /// <param name="scaler">The loss scale, the same in every process. It grows or shrinks in all of them.</param>
    public static ClipResult ClipAndStep<TModel>(this IGradientExchange exchange, Optimizer optimizer, TModel model, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(scaler);
        Average(exchange, optimizer, model);
        return optimizer.ClipAndStep(model, scaler);
    }

    /// <summary>Clips a model whose gradients are spread over all processes, and steps in each process on those that it holds.</summary>
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
    /// The limit in the place of the one declared for all gradients: greater than zero, in the units of the gradient.
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
    /// <param name="scaler">The loss scale, the same in every process. It grows or shrinks in all of them.</param>
    public static ClipResult ClipAndStepSharded<TModel>(
        this IGradientExchange exchange, Optimizer optimizer, TModel model, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(scaler);
        return optimizer.ClipAndStepBy(model, limit: null, scaler, exchange);
    }

    private static void Average<TModel>(IGradientExchange exchange, Optimizer optimizer, TModel model)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(model);
        if (model is not IClipModel generated)
        {
            throw new ArgumentException(
                $"'{model.GetType()}' implements IClippable by hand, and its gradients are not known.", nameof(model));
        }

        Average(exchange, generated);
    }

    private static void Average(IGradientExchange exchange, IClipModel model)
    {
        var operation = new AverageOperation(exchange);
        model.Run(ref operation);
    }

    private readonly struct AverageOperation(IGradientExchange exchange) : IModelOperation
    {
        public void Run<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, bool isUntied)
            where TSource : IGradientSource => AveragePass.Run(gradients, exchange);
    }
}
