using System.Collections.Immutable;
using ClipGen.Analyzers.Semantics;
using ClipGen.Analyzers.TrainingLoops.Roles;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Records;

/// <summary>The records of a compilation: which of them belongs to which model, and to which call. Of several records of one thing, the
/// latest run counts.</summary>
internal sealed class RecordIndex
{
    private readonly Dictionary<INamedTypeSymbol, Entry> _models = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<RecordedCall, Entry> _calls = [];

    private RecordIndex(IEnumerable<RecordedRun> runs, Compilation compilation, KnownTypes types)
    {
        foreach (RecordedRun run in runs
            .OrderByDescending(run => run.Started, StringComparer.Ordinal)
            .ThenBy(run => run.Name, StringComparer.Ordinal))
        {
            foreach (RecordedModel model in run.Models)
            {
                INamedTypeSymbol? type = model.Type.Length > 0 ? compilation.Assembly.GetTypeByMetadataName(model.Type) : null;
                if (model.Call is { } call)
                    Add(_calls, call, new Entry(run, model, type));
                else if (type is not null && DeclaringType(type, types) is { } declaring)
                    Add(_models, declaring, new Entry(run, model, type));
            }
        }
    }

    /// <summary>Whether there is a record of a call.</summary>
    public bool HasCalls => _calls.Count > 0;

    /// <summary>Whether there is a record of a model.</summary>
    public bool HasModels => _models.Count > 0;

    /// <summary>Whether the file is named as a record is.</summary>
    public static bool IsRecord(AdditionalText file) => file.Path.EndsWith(RecordReader.Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads all records. Each file is read once as long as it does not change.</summary>
    public static RecordIndex Read(
        ImmutableArray<AdditionalText> files, Compilation compilation, KnownTypes types, CancellationToken cancellation)
    {
        var runs = new List<RecordedRun>();
        foreach (AdditionalText file in files.Where(IsRecord))
        {
            if (file.GetText(cancellation) is { } text && RecordReader.Read(text).Run is { } run)
                runs.Add(run);
        }

        return new RecordIndex(runs, compilation, types);
    }

    /// <summary>The record of a model.</summary>
    public Entry? Of(INamedTypeSymbol model) => _models.TryGetValue(model, out Entry? entry) ? entry : null;

    /// <summary>The record of a call: by its file, member and arguments, or by its arguments alone.</summary>
    public Entry? Of(string file, string member, string gradients) =>
        _calls.TryGetValue(new RecordedCall(file, member, gradients), out Entry? entry)
        || _calls.TryGetValue(new RecordedCall(null, null, gradients), out entry)
            ? entry
            : null;

    private static void Add<TKey>(Dictionary<TKey, Entry> entries, TKey key, Entry entry)
        where TKey : notnull
    {
        if (!entries.ContainsKey(key))
            entries.Add(key, entry);
    }

    // Objects of a derived type are clipped by the limits that the base declares.
    private static INamedTypeSymbol? DeclaringType(INamedTypeSymbol type, KnownTypes types) =>
        type.SelfAndBases().OfType<INamedTypeSymbol>()
            .FirstOrDefault(current => types.DeclaresClipping(current) || HasLimitedMember(current, types))?.OriginalDefinition;

    private static bool HasLimitedMember(INamedTypeSymbol type, KnownTypes types) =>
        type.GetMembers().Any(member => member is not INamedTypeSymbol && member.GetAttributes().Any(types.IsClipAttribute));

    /// <summary>One recorded model.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Model">What was recorded.</param>
    /// <param name="Type">The type of the recorded objects, where this compilation has it.</param>
    internal sealed record Entry(RecordedRun Run, RecordedModel Model, INamedTypeSymbol? Type);
}
