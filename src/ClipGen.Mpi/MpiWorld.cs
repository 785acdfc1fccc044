using ClipGen.Mpi.Native;
using ClipGen.Optimizers;

namespace ClipGen.Mpi;

/// <summary>
/// The processes that train one model together, over MPI. With <c>mpirun -n 4 dotnet Program.dll</c> there are four. Without a launcher
/// there is one, and MPI is not needed.
/// </summary>
/// <remarks>
/// <para>
/// Every process makes the same calls in the same order, from the thread that started the world. If a process ends early, by an exception
/// or because it was killed, the whole job ends with a message.
/// </para>
/// <para>
/// More operations are extension methods on <see cref="IGradientExchange"/> in the namespace <c>ClipGen</c>: <c>AverageGradients</c> over
/// arrays and lists, and, with the package ClipGen.TorchSharp, over TorchSharp modules and parameters.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// using MpiWorld world = MpiWorld.Start(args);
/// foreach (Batch batch in batches.Where(batch => batch.Number % world.Size == world.Rank))
/// {
///     model.ZeroGradients();
///     model.Backward(batch);
///     ClipResult result = world.ClipAndStep(optimizer, model);
/// }
/// </code>
/// </example>
public sealed class MpiWorld : IGradientExchange, IDisposable
{
    private readonly IGradientExchange _exchange;
    private readonly MpiProcesses? _processes;
    private bool _isDisposed;

    private MpiWorld(MpiProcesses? processes)
    {
        _processes = processes;
        _exchange = processes is null ? new OneProcess() : processes;
    }

    /// <summary>The rank of this process, starting at 0.</summary>
    public int Rank => _exchange.Rank;

    /// <summary>The number of processes.</summary>
    public int Size => _exchange.Size;

    /// <summary>Joins the processes that an MPI launcher started; without a launcher, this process is the only one.</summary>
    /// <param name="args">The arguments of the program.</param>
    /// <returns>The world. Dispose of it at the end of the program.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="args"/> is null.</exception>
    /// <exception cref="DllNotFoundException">
    /// A launcher started the process, but no supported MPI library is installed. The message says what to install.
    /// </exception>
    /// <exception cref="InvalidOperationException">MPI was started before in this process.</exception>
    public static MpiWorld Start(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return new MpiWorld(Launcher.IsPresent ? MpiProcesses.Start() : null);
    }

    /// <inheritdoc cref="GradientExchangeExtensions.AverageGradients{TSource}(IGradientExchange, TSource)"/>
    public void AverageGradients<TSource>(TSource source)
        where TSource : IGradientSource => GradientExchangeExtensions.AverageGradients(this, source);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipSharded{TModel}(IGradientExchange, TModel)"/>
    public ClipResult ClipSharded<TModel>(TModel model)
        where TModel : IClippable => GradientExchangeExtensions.ClipSharded(this, model);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipSharded{TModel}(IGradientExchange, TModel, double)"/>
    public ClipResult ClipSharded<TModel>(TModel model, double limit)
        where TModel : IClippable => GradientExchangeExtensions.ClipSharded(this, model, limit);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipSharded{TModel}(IGradientExchange, TModel, LossScaler)"/>
    public ClipResult ClipSharded<TModel>(TModel model, LossScaler scaler)
        where TModel : IClippable => GradientExchangeExtensions.ClipSharded(this, model, scaler);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipSharded{TModel}(IGradientExchange, TModel, AdaptiveLimit)"/>
    public ClipResult ClipSharded<TModel>(TModel model, AdaptiveLimit limit)
        where TModel : IClippable => GradientExchangeExtensions.ClipSharded(this, model, limit);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipSharded{TModel}(IGradientExchange, TModel, double, LossScaler)"/>
    public ClipResult ClipSharded<TModel>(TModel model, double limit, LossScaler scaler)
        where TModel : IClippable => GradientExchangeExtensions.ClipSharded(this, model, limit, scaler);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel)"/>
    public ClipResult ClipAndStep<TModel>(Optimizer optimizer, TModel model)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStep(this, optimizer, model);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel, double)"/>
    public ClipResult ClipAndStep<TModel>(Optimizer optimizer, TModel model, double limit)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStep(this, optimizer, model, limit);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel, LossScaler)"/>
    public ClipResult ClipAndStep<TModel>(Optimizer optimizer, TModel model, LossScaler scaler)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStep(this, optimizer, model, scaler);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel, AdaptiveLimit)"/>
    public ClipResult ClipAndStep<TModel>(Optimizer optimizer, TModel model, AdaptiveLimit limit)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStep(this, optimizer, model, limit);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStep{TModel}(IGradientExchange, Optimizer, TModel, double, LossScaler)"/>
    public ClipResult ClipAndStep<TModel>(Optimizer optimizer, TModel model, double limit, LossScaler scaler)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStep(this, optimizer, model, limit, scaler);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStepSharded{TModel}(IGradientExchange, Optimizer, TModel)"/>
    public ClipResult ClipAndStepSharded<TModel>(Optimizer optimizer, TModel model)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStepSharded(this, optimizer, model);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStepSharded{TModel}(IGradientExchange, Optimizer, TModel, double)"/>
    public ClipResult ClipAndStepSharded<TModel>(Optimizer optimizer, TModel model, double limit)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStepSharded(this, optimizer, model, limit);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStepSharded{TModel}(IGradientExchange, Optimizer, TModel, LossScaler)"/>
    public ClipResult ClipAndStepSharded<TModel>(Optimizer optimizer, TModel model, LossScaler scaler)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStepSharded(this, optimizer, model, scaler);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStepSharded{TModel}(IGradientExchange, Optimizer, TModel, AdaptiveLimit)"/>
    public ClipResult ClipAndStepSharded<TModel>(Optimizer optimizer, TModel model, AdaptiveLimit limit)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStepSharded(this, optimizer, model, limit);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStepSharded{TModel}(IGradientExchange, Optimizer, TModel, double, LossScaler)"/>
    public ClipResult ClipAndStepSharded<TModel>(Optimizer optimizer, TModel model, double limit, LossScaler scaler)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStepSharded(this, optimizer, model, limit, scaler);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStepWithShardedState{TModel}(IGradientExchange, Optimizer, TModel)"/>
    public ClipResult ClipAndStepWithShardedState<TModel>(Optimizer optimizer, TModel model)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStepWithShardedState(this, optimizer, model);

    /// <inheritdoc cref="GradientExchangeExtensions.ClipAndStepWithShardedState{TModel}(IGradientExchange, Optimizer, TModel, double)"/>
    public ClipResult ClipAndStepWithShardedState<TModel>(Optimizer optimizer, TModel model, double limit)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStepWithShardedState(this, optimizer, model, limit);

    /// <inheritdoc
    /// cref="GradientExchangeExtensions.ClipAndStepWithShardedState{TModel}(IGradientExchange, Optimizer, TModel, LossScaler)"/>
    public ClipResult ClipAndStepWithShardedState<TModel>(Optimizer optimizer, TModel model, LossScaler scaler)
        where TModel : IClippable => GradientExchangeExtensions.ClipAndStepWithShardedState(this, optimizer, model, scaler);

    /// <summary>Leaves the world. Returns when every process has left it.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _processes?.Dispose();
    }

    void IGradientExchange.AddUp(Span<long> values) => Checked().AddUp(values);

    void IGradientExchange.Gather(ReadOnlySpan<byte> sent, Span<byte> received) => Checked().Gather(sent, received);

    void IGradientExchange.Transpose(ReadOnlySpan<byte> sent, Span<byte> received) => Checked().Transpose(sent, received);

    private IGradientExchange Checked()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _processes?.CheckUse();
        return _exchange;
    }
}
