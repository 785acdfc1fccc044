using System.Runtime.CompilerServices;
using ClipGen.Numerics;

namespace ClipGen.Observing;

/// <summary>The observers of clips: recorders, and listeners of the meter.</summary>
internal static class ClipObservation
{
    /// <summary>The assembly of meters. Its types are not named here: their first use loads it.</summary>
    internal const string MeterAssembly = "System.Diagnostics.DiagnosticSource";

    private static readonly object Gate = new();

    // Replaced as a whole, so that clips read it without a lock.
    private static NormRecorder[] _recorders = [];

    // The delay ends before the runtime starts to observe which paths are common, after 100 ms. The path with a meter is.
    private static readonly MeterDemand Demand = new(MeterAssembly, TimeSpan.FromMilliseconds(50));

    // True while more than the meter has to be asked: a recorder, or whether the meter is needed yet. Separate from the array, so that the
    // common path is one comparison.
    private static volatile bool _asksMore = true;
    private static bool _hasMeter;

    /// <summary>Whether there is any observer. Without one, a clip costs only this check.</summary>
    internal static bool IsOn
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _asksMore ? IsRecording || IsMetered() : ClipMeter.IsOn;
    }

    /// <summary>Whether any observer needs the norm of each gradient.</summary>
    internal static bool IsRecording => Volatile.Read(ref _recorders).Length > 0;

    // The first use of the meter creates it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsMetered()
    {
        if (!_hasMeter)
        {
            if (!Demand.IsDue)
                return false;
            lock (Gate)
            {
                _hasMeter = true;
                _asksMore = IsRecording;
            }
        }

        return ClipMeter.IsOn;
    }

    /// <summary>Starts to pass clips to a recorder.</summary>
    internal static void Add(NormRecorder recorder)
    {
        lock (Gate)
        {
            _recorders = [.. _recorders, recorder];
            _asksMore = true;
        }
    }

    /// <summary>Stops passing clips to a recorder.</summary>
    internal static void Remove(NormRecorder recorder)
    {
        lock (Gate)
        {
            _recorders = [.. _recorders.Where(other => other != recorder)];
            _asksMore = IsRecording || !_hasMeter;
        }
    }

    /// <summary>
    /// Clips all gradients by one rule, and notifies observers. A separate method, so that the common path needs no stack space for it.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ClipResult Clip<TSource>(TSource gradients, in ClipRule rule, ClipReport? report = null)
        where TSource : IGradientSource
    {
        using var observed = new ObservedClip(ObservedModel.Of(gradients), new ReadOnlySpan<ClipRule>(in rule), report);
        try
        {
            ClipResult result = observed.Report is { } own
                ? GradientOperations.ClipUnobserved(gradients, rule, own)
                : GradientOperations.ClipUnobserved(gradients, rule);
            observed.Complete(result);
            return result;
        }
        catch (NonFiniteGradientException) when (observed.Fail())
        {
            throw;
        }
    }

    /// <summary>Clips by several rules, and notifies observers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ClipResult Clip<TSource>(TSource gradients, ReadOnlySpan<ClipRule> rules, ClipReport? report = null)
        where TSource : IGradientSource
    {
        using var observed = new ObservedClip(ObservedModel.Of(gradients), rules, report);
        try
        {
            ClipResult result = observed.Report is { } own
                ? GradientOperations.ClipUnobserved(gradients, rules, own)
                : GradientOperations.ClipUnobserved(gradients, rules);
            observed.Complete(result);
            return result;
        }
        catch (NonFiniteGradientException) when (observed.Fail())
        {
            throw;
        }
    }

    /// <summary>Passes a clip to all observers.</summary>
    internal static void Publish(in ClipMeasurement clip)
    {
        if (IsMetered())
            ClipMeter.Record(clip);
        foreach (NormRecorder recorder in Volatile.Read(ref _recorders))
            recorder.Record(clip);
    }
}
