using System.Diagnostics.Metrics;
using ClipGen.Numerics;

namespace ClipGen.Benchmarks.Contenders.Observing;

/// <summary>A clip on one thread, with or without an observer.</summary>
/// <param name="name">The name in the table.</param>
/// <param name="clip">Clips by a limit.</param>
/// <param name="observer">The observer.</param>
public sealed class ObservedContender(string name, Func<double, ClipResult> clip, Observer observer) : Contender(name)
{
    /// <summary>The name of the contender with the cost that every program has.</summary>
    public const string Nobody = "nobody listens";

    private readonly int _usualThreads = GradientThreads.Maximum;
    private IDisposable? _observer;

    /// <inheritdoc/>
    public override void Prepare()
    {
        GradientThreads.Maximum = 1;
        _observer = observer switch
        {
            Observer.Listener => Listen(),
            Observer.Recorder => NormRecorder.Start("benchmark", new NormRecorderOptions { WritesJournal = false }),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override void Settle()
    {
        _observer?.Dispose();
        _observer = null;
        GradientThreads.Maximum = _usualThreads;
    }

    /// <inheritdoc/>
    public override double Clip(double limit) => clip(limit).TotalNorm;

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == "ClipGen")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        listener.Start();
        return listener;
    }
}
