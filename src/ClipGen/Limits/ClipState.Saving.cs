using System.Globalization;
using ClipGen.Numerics.Limits;
using ClipGen.Optimizers;
using ClipGen.Optimizers.Saving;

namespace ClipGen;

/// <content>Saving and loading of the state.</content>
public sealed partial class ClipState
{
    private const string Version = "1";
    private const string VersionKey = "clipgen.clip_state";
    private const string CountKey = "limits";
    private const string KindKey = "kind";
    private const string GroupKey = "group";

    /// <summary>Writes the state of the limits, in the safetensors format.</summary>
    /// <param name="stream">The stream. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [VersionKey] = Version };
        var tensors = new Dictionary<string, AlignedElements>(StringComparer.Ordinal);
        for (int i = 0; i < _limits.Count; i++)
        {
            (string group, LimitState state) = _limits[i];
            metadata[Prefix(i) + KindKey] = state.Settings.Kind;
            metadata[Prefix(i) + GroupKey] = group;
            state.Write(new SavedLimit(Prefix(i), metadata, tensors));
        }

        metadata[CountKey] = _limits.Count.ToString(CultureInfo.InvariantCulture);
        SafetensorsFile.Write(stream, metadata, [.. tensors.Select(tensor => (tensor.Key, tensor.Value))]);
    }

    /// <summary>
    /// Reads the state written by <see cref="Save"/>. Training that continues from it clips with the same bits as training that was not
    /// interrupted.
    /// </summary>
    /// <param name="stream">The stream. It is read to its end, and stays open.</param>
    /// <remarks>
    /// The declared numbers, such as a percentile or a threshold, may have changed since. The kinds of limits and their groups must be the
    /// same.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="InvalidDataException">
    /// The stream is truncated, does not contain such a state, or contains the state of other limits. Nothing was changed.
    /// </exception>
    public void Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            (Dictionary<string, string> metadata, Dictionary<string, AlignedElements> tensors) = SafetensorsFile.Read(stream);
            if (!metadata.TryGetValue(VersionKey, out string? version))
                throw new InvalidDataException("The file was not saved by ClipState.");
            if (version != Version)
            {
                throw new InvalidDataException(
                    $"The file has version {version} of the format, but this library reads version {Version}.");
            }

            if (!metadata.TryGetValue(CountKey, out string? count) || count != _limits.Count.ToString(CultureInfo.InvariantCulture))
            {
                throw new InvalidDataException(
                    $"The file contains {count ?? "no"} adaptive limits, but the model has {_limits.Count}.");
            }

            // Read into new states first: if one cannot be read, none is replaced.
            var read = new List<(string Group, LimitState State)>();
            for (int i = 0; i < _limits.Count; i++)
                read.Add((_limits[i].Group, Read(i, metadata, tensors)));
            _limits.Clear();
            _limits.AddRange(read);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException(
                $"The state of the limits was not loaded, and nothing was changed. {exception.Message}", exception);
        }
    }

    private static string Prefix(int number) => string.Create(CultureInfo.InvariantCulture, $"limit{number}.");

    private LimitState Read(int number, Dictionary<string, string> metadata, Dictionary<string, AlignedElements> tensors)
    {
        (string group, LimitState current) = _limits[number];
        string prefix = Prefix(number);
        metadata.TryGetValue(prefix + KindKey, out string? kind);
        metadata.TryGetValue(prefix + GroupKey, out string? saved);
        if (kind != current.Settings.Kind || saved != group)
        {
            string Describe(string? name, string? of) => $"{name ?? "nothing"}{(string.IsNullOrEmpty(of) ? "" : $" for '{of}'")}";
            throw new InvalidDataException(
                $"The file contains {Describe(kind, saved)}, but the model has {Describe(current.Settings.Kind, group)}.");
        }

        LimitState state = current.Settings.CreateState();
        state.Read(new SavedLimit(prefix, metadata, tensors));
        return state;
    }
}
