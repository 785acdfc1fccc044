using ClipGen.Exchange;
using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen;

/// <summary>What the processes that train one TorchSharp module do together. Every process calls it in the same order.</summary>
/// <example>
/// <code>
/// loss.backward();
/// world.AverageGradients(module);
/// optimizer.ClipAndStep(module, 1.0);
/// </code>
/// </example>
public static class TorchExchangeExtensions
{
    /// <summary>Replaces the gradient of each parameter of a module by its mean over all processes.</summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="module">The module. What <see cref="ClipIgnoreAttribute"/> leaves out in it is left out here too.</param>
    /// <remarks>
    /// Every process ends with the same bits. A NaN or an infinity of one process is then in all; the clip that follows names the process
    /// that it came from.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// The processes hold other gradients, or make another call. Nothing was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A gradient is not a dense one of float, double, half or bfloat16 elements on the CPU. Nothing was changed.
    /// </exception>
    public static void AverageGradients(this IGradientExchange exchange, torch.nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(module);
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(module);
            Average(exchange, batch);
        }
        finally
        {
            batch.Return();
        }
    }

    /// <summary>Replaces the gradient of each parameter by its mean over all processes.</summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="parameters">The parameters, in the same order in every process.</param>
    /// <inheritdoc cref="AverageGradients(IGradientExchange, torch.nn.Module)"/>
    public static void AverageGradients(this IGradientExchange exchange, IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(parameters);
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.Add(parameters);
            Average(exchange, batch);
        }
        finally
        {
            batch.Return();
        }
    }

    private static void Average(IGradientExchange exchange, GradientBatch batch)
    {
        BatchOperations.ThrowIfIndirect(
            batch,
            "is not a dense one on the CPU. Processes average float, double, half and bfloat16 gradients that are dense in the "
                + "CPU's memory; copy it there first.");
        AveragePass.Run(new BatchSource(batch), exchange);
    }
}
