using ClipGen.Torch.Gathering;
using TorchSharp;
using TorchSharp.Modules;

namespace ClipGen;

/// <summary>
/// Operations for processes that train one TorchSharp module together. Every process makes the same calls in the same order.
/// </summary>
/// <example>
/// <code>
/// loss.backward();
/// world.AverageGradients(module);
/// optimizer.ClipAndStep(module, 1.0);
/// </code>
/// </example>
public static partial class TorchExchangeExtensions
{
    /// <summary>Replaces the gradient of each parameter of a module by its mean over all processes.</summary>
    /// <param name="exchange">The processes.</param>
    /// <param name="module">The module. Members with <see cref="ClipIgnoreAttribute"/> are excluded.</param>
    /// <remarks>
    /// Every process gets the same bits. A NaN or an infinity in one process spreads to all processes; the following clip names the process
    /// that it came from. Gradients that are not dense, or not in the CPU's memory, are copied there and written back; a sparse gradient
    /// becomes a dense one.
    /// </remarks>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// The processes hold different gradients, or make different calls. Nothing was changed.
    /// </exception>
    /// <exception cref="NotSupportedException">A gradient is complex. Nothing was changed.</exception>
    public static void AverageGradients(this IGradientExchange exchange, torch.nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(module);
        GradientBatch batch = GradientBatch.Rent();
        try
        {
            batch.AskForIndexOrder();
            batch.Add(module);
            BatchOperations.Average(batch, exchange);
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
            batch.AskForIndexOrder();
            batch.Add(parameters);
            BatchOperations.Average(batch, exchange);
        }
        finally
        {
            batch.Return();
        }
    }
}
