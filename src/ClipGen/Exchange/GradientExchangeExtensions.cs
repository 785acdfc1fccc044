using System.Collections;
using ClipGen.Arguments;
using ClipGen.Exchange;
using ClipGen.Numerics;
using ClipGen.Optimizers;

namespace ClipGen;

/// <summary>Operations for processes that train one model together. Every process calls them in the same order.</summary>
/// <remarks>
/// <para>
/// <b>Data parallel</b>: every process holds the whole model and computes the gradients of other examples. Call
/// <see cref="AverageGradients{TSource}"/> before the clip, or <see cref="ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>,
/// which includes it.
/// </para>
/// <para>
/// <b>Sharded</b>: every process holds other gradients of one model. <see cref="ClipSharded{TModel}(IGradientExchange, TModel)"/> clips by
/// norms over all of them. Mark gradients that every process holds with <see cref="ReplicatedAttribute"/>; they count once.
/// </para>
/// <para>
/// All processes get the same result. If a gradient of one process is not finite and the policy is to throw, all throw the same exception.
/// </para>
/// </remarks>
public static partial class GradientExchangeExtensions
{
    /// <summary>Replaces each gradient by its mean over all processes.</summary>
    /// <typeparam name="TSource">The source.</typeparam>
    /// <param name="exchange">The processes.</param>
    /// <param name="source">The gradients. They must have the same lengths in every process.</param>
    /// <remarks>
    /// Every process gets the same bits. A NaN or an infinity in one process spreads to all processes; the following clip names the process
    /// that it came from.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// The processes hold different gradients, or make different calls. Nothing was changed.
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
    /// The processes hold different gradients, or make different calls. Nothing was changed.
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
    /// Clips a model whose gradients are distributed over all processes, as its attributes declare. Each norm covers the gradients of all
    /// processes.
    /// </summary>
    /// <typeparam name="TModel">The model.</typeparam>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">
    /// The part of the model that this process holds. Gradients of other processes are null, empty or absent in this process.
    /// </param>
    /// <returns>The norm over all processes before clipping, and what was done: the same in every process.</returns>
    /// <remarks>
    /// If each buffer is in one process, the norm has the same bits for any number of processes and any distribution of the buffers.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">The model implements <see cref="IClippable"/> without generated code.</exception>
    /// <exception cref="NonFiniteGradientException">
    /// A gradient of any process holds a NaN or an infinity, under <see cref="NonFinitePolicy.Throw"/>. Every process throws it and changes
    /// nothing.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The processes have different limits, or make different calls. Nothing was changed.
    /// </exception>
    public static ClipResult ClipSharded<TModel>(this IGradientExchange exchange, TModel model)
        where TModel : IClippable => ShardedClip.Run(exchange, model, limit: null);

    /// <inheritdoc cref="ClipSharded{TModel}(IGradientExchange, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="limit">
    /// The limit, instead of the one declared for all gradients: greater than zero, in the units of the gradient.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero. Nothing was changed.</exception>
    public static ClipResult ClipSharded<TModel>(this IGradientExchange exchange, TModel model, double limit)
        where TModel : IClippable => ShardedClip.Run(exchange, model, limit);

    /// <inheritdoc cref="ClipSharded{TModel}(IGradientExchange, TModel)"/>
    /// <summary>Divides gradients that are distributed over all processes by the loss scale, and clips them.</summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="scaler">The loss scale, which must be the same in every process. It is updated in all of them.</param>
    public static ClipResult ClipSharded<TModel>(this IGradientExchange exchange, TModel model, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(scaler);
        return scaler.ClipBy(model, limit: null, exchange);
    }

    /// <inheritdoc cref="ClipSharded{TModel}(IGradientExchange, TModel)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="limit">
    /// An adaptive limit, instead of the one declared for all gradients. All processes must use one with the same settings.
    /// </param>
    /// <exception cref="ArgumentException">The model declares no limit for all gradients. Nothing was changed.</exception>
    public static ClipResult ClipSharded<TModel>(this IGradientExchange exchange, TModel model, AdaptiveLimit limit)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(limit);
        return ShardedClip.Run(exchange, model, limit: null, limit);
    }

    /// <inheritdoc cref="ClipSharded{TModel}(IGradientExchange, TModel, LossScaler)"/>
    /// <param name="exchange">The processes.</param>
    /// <param name="model">The part of the model that this process holds.</param>
    /// <param name="limit">
    /// The limit, instead of the one declared for all gradients: greater than zero, in the units of the gradient without the loss
    /// scale.
    /// </param>
    /// <param name="scaler">The loss scale, which must be the same in every process. It is updated in all of them.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not greater than zero. Nothing was changed.</exception>
    public static ClipResult ClipSharded<TModel>(this IGradientExchange exchange, TModel model, double limit, LossScaler scaler)
        where TModel : IClippable
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(scaler);
        return scaler.ClipBy(model, limit, exchange);
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
