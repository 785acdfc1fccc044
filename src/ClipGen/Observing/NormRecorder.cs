using System.Diagnostics.CodeAnalysis;
using ClipGen.Observing;
using ClipGen.Observing.Recording;
using ClipGen.Observing.Report;

namespace ClipGen;

/// <summary>
/// Records the norms of all gradients that are clipped while it runs, on any thread: by <c>ClipGradients()</c>, by <c>ClipAndStep</c>, by
/// <see cref="Gradients"/> and for TorchSharp modules. A record recommends limits, can be written as an HTML page, and can be read by the
/// compiler.
/// </summary>
/// <remarks>
/// <para>
/// Memory is bounded for any length of the run. Quantiles of norms come from a DDSketch with a relative error of at most 1/256; count,
/// minimum and maximum are exact. Norms over time are kept in 512 columns, each of which covers the same number of steps.
/// </para>
/// <para>
/// While a recorder runs, each clip also measures the norm of each gradient, which takes one more pass over the gradients. Gradients that
/// are not clipped are not recorded.
/// </para>
/// <para>
/// The run is also written to a file step by step, so that it survives a crash of the process: <see cref="Read"/> reads it up to its end or
/// to the first damaged entry. The file is deleted when the recorder is disposed of after a <see cref="Save(string)"/>.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// using var run = NormRecorder.Start("lstm");
/// Train(model);
/// Console.WriteLine(run.Recommend(model));
/// run.WriteReport("lstm.html");
/// run.Save("lstm.clipgen.json");
/// </code>
/// </example>
public sealed class NormRecorder : IDisposable
{
    private const string JournalExtension = ".clipgen.journal";

    private readonly object _gate = new();
    private readonly RunRecord _run;
    private readonly Dictionary<ObservedModel, Entry> _entries = [];
    private readonly StepEvent _step = new();
    private Journal? _journal;
    private long _savedSteps = -1;
    private bool _isStopped;

    private NormRecorder(RunRecord run, Journal? journal)
    {
        _run = run;
        _journal = journal;
        TryWrite(static (file, recorder) => file.WriteRun(recorder._run.Name, recorder._run.Started));
    }

    /// <summary>The name of the run.</summary>
    public string Name => _run.Name;

    /// <summary>The file that survives a crash; <see langword="null"/> if none is written, or if writing has failed.</summary>
    public string? JournalPath
    {
        get
        {
            lock (_gate)
                return _journal?.Path;
        }
    }

    /// <summary>The number of recorded clips.</summary>
    public long Steps
    {
        get
        {
            lock (_gate)
                return _run.Steps;
        }
    }

    /// <summary>The recommended limits of all recorded models and calls with a nonzero gradient.</summary>
    public IReadOnlyList<LimitRecommendation> Recommendations
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. from model in _run.Models
                       from limit in model.Limits
                       let recommendation = Recommender.For(model, limit)
                       where recommendation is not null
                       select recommendation,
                ];
            }
        }
    }

    /// <summary>Starts recording.</summary>
    /// <param name="name">The name of the run, which reports, records and warnings show.</param>
    /// <param name="options">What is written during the run, or null for the defaults.</param>
    /// <returns>The recorder. Dispose of it when the run has ended.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="IOException"><see cref="NormRecorderOptions.JournalPath"/> exists, or cannot be written.</exception>
    public static NormRecorder Start(string name, NormRecorderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        options ??= new NormRecorderOptions();
        Journal? journal = !options.WritesJournal ? null
            : options.JournalPath is { } path ? Journal.Create(path)
            : TryCreateJournal(name);
        var recorder = new NormRecorder(new RunRecord(name, DateTimeOffset.UtcNow), journal);
        ClipObservation.Add(recorder);
        return recorder;
    }

    /// <summary>Reads the file that a recorder has written step by step, for example in a process that has crashed.</summary>
    /// <param name="journalPath">The file. It is read up to its end, or up to where it is truncated.</param>
    /// <returns>A stopped recorder, which recommends, reports and saves what was recorded.</returns>
    /// <exception cref="InvalidDataException">The file was not written by a recorder.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NormRecorder Read(string journalPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(journalPath);
        try
        {
            using var file = new FileStream(journalPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var buffered = new BufferedStream(file, 1 << 16);
            return new NormRecorder(JournalReader.Read(buffered), null) { _isStopped = true };
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"'{journalPath}' cannot be read as a recorded run. {exception.Message}", exception);
        }
    }

    /// <summary>Recommends a limit for a model.</summary>
    /// <param name="model">The model. The recommendation covers all recorded objects of its type.</param>
    /// <param name="group">
    /// The group or the member that the limit applies to; <see langword="null"/> for the limit of all gradients, or for the first limit if
    /// there is none.
    /// </param>
    /// <returns>The limit and the reason.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is null.</exception>
    /// <exception cref="InvalidOperationException">
    /// No clip of the model with that limit was recorded, or all recorded gradients were zero or not finite.
    /// </exception>
    public LimitRecommendation Recommend(object model, string? group = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        lock (_gate)
        {
            ModelRecord record = Find(model.GetType())
                ?? throw new InvalidOperationException(
                    $"No clip of '{model.GetType()}' was recorded in the run '{Name}'. Recorded models: "
                        + $"{Listed(_run.Models.Select(other => other.Identity.Name))}.");
            LimitRecord limit = record.Limits.FirstOrDefault(other => (other.Key.Group ?? other.Key.Member) == group)
                ?? (group is null && record.Limits.Count > 0 ? record.Limits[0] : null)
                ?? throw new InvalidOperationException(
                    $"'{record.Identity.Name}' has no limit for '{group}'. It has limits for: "
                        + $"{Listed(record.Limits.Select(other => other.Key.Group ?? other.Key.Member ?? "all gradients"))}.");
            return Recommender.For(record, limit)
                ?? throw new InvalidOperationException($"All recorded gradients of '{record.Identity.Name}' were zero or not finite, "
                + $"so no limit can be recommended.");
        }
    }

    /// <summary>
    /// Writes the run as one self-contained HTML page: norms, limits and factors over time, the share of each gradient in the norm, and the
    /// effect of other limits.
    /// </summary>
    /// <param name="path">The file. It is overwritten.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WriteReport(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string page;
        lock (_gate)
            page = ReportPage.Write(_run);
        WriteWhole(path, page);
    }

    /// <summary>
    /// Writes the record for the compiler: limits, quantiles of norms and gradients that were not finite. If the file is named
    /// <c>*.clipgen.json</c> and is next to the project file, the analyzers report limits that were too small (CLIP201) or too large
    /// (CLIP202) in the run, and gradients that were not finite (CLIP203).
    /// </summary>
    /// <param name="path">The file. It is overwritten.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string record;
        long steps;
        lock (_gate)
        {
            record = RecordFile.Write(_run);
            steps = _run.Steps;
        }

        WriteWhole(path, record);
        lock (_gate)
            _savedSteps = steps;
    }

    /// <summary>Stops recording. Recommendations and reports remain available.</summary>
    public void Dispose()
    {
        ClipObservation.Remove(this);
        lock (_gate)
        {
            _isStopped = true;
            if (_journal is not { } journal)
                return;
            _journal = null;
            journal.Dispose();
            if (_savedSteps != _run.Steps)
                return;
            try
            {
                File.Delete(journal.Path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The record was saved, and a remaining file does no harm.
            }
        }
    }

    /// <summary>Adds one clip.</summary>
    internal void Record(in ClipMeasurement clip)
    {
        lock (_gate)
        {
            if (_isStopped)
                return;
            if (!TryGetEntry(clip.Model, out Entry? entry))
            {
                _run.LeftOut++;
                return;
            }

            if (entry.Layout.TryChange(clip))
            {
                entry.Record.Lay(entry.Layout);
                TryWrite(entry, static (file, changed) => file.WriteLayout(changed.Number, changed.Layout));
            }

            _step.Read(clip);
            entry.Record.Add(_step);
            TryWrite((entry.Number, _step), static (file, step) => file.WriteStep(step.Number, step._step));
        }
    }

    private static Journal? TryCreateJournal(string name)
    {
        char[] refused = Path.GetInvalidFileNameChars();
        string file = string.Concat(name.Select(character => Array.IndexOf(refused, character) >= 0 ? '_' : character));
        for (int number = 1; number < 1000; number++)
        {
            string numbered = number == 1 ? file : FormattableString.Invariant($"{file}-{number}");
            string path = Path.GetFullPath(numbered + JournalExtension);
            try
            {
                return Journal.Create(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                if (!File.Exists(path))
                    return null;
            }
        }

        return null;
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } list ? list : "none";

    // Written to another file first, so that no reader sees a partial file.
    private static void WriteWhole(string path, string text)
    {
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }

    private bool TryGetEntry(ObservedModel model, [NotNullWhen(true)] out Entry? entry)
    {
        if (_entries.TryGetValue(model, out entry))
            return true;
        ModelIdentity identity = ModelIdentity.Of(model);
        if (_run.Add(identity) is not { } record)
            return false;
        entry = new Entry(record, _entries.Count);
        _entries.Add(model, entry);
        TryWrite(identity, static (file, added) => file.WriteModel(added));
        return true;
    }

    // Prefers the declared limits of a model to those of a call, and then the record with the most steps.
    private ModelRecord? Find(Type type)
    {
        for (Type? current = type; current is not null; current = current.BaseType)
        {
            Type definition = current.IsGenericType ? current.GetGenericTypeDefinition() : current;
            ModelRecord? record = _run.Models.Where(model => model.Identity.TypeName == definition.FullName)
                .OrderBy(model => model.Identity.Text is null ? 0 : 1).ThenByDescending(model => model.Steps).FirstOrDefault();
            if (record is not null)
                return record;
        }

        return null;
    }

    private void TryWrite(Action<Journal, NormRecorder> write) => TryWrite(this, write);

    // A full disk must not end the training. The journal ends at the last entry that could be written.
    private void TryWrite<TState>(TState state, Action<Journal, TState> write)
    {
        if (_journal is null)
            return;
        try
        {
            write(_journal, state);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _journal.Dispose();
            _journal = null;
        }
    }

    private sealed record Entry(ModelRecord Record, int Number)
    {
        internal ModelLayout Layout { get; } = new();
    }
}
