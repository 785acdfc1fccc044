using System.Globalization;
using ClipGen.Optimizers.Stepping;

namespace ClipGen.Optimizers.Saving;

/// <summary>The contents of a saved optimizer: its options, and the state of every parameter.</summary>
/// <param name="Options">The options by name.</param>
/// <param name="Slots">The state of the parameters that have been stepped.</param>
/// <param name="Paths">The paths of all parameters of the model.</param>
internal sealed record SavedState(IReadOnlyDictionary<string, string> Options, IReadOnlyList<SlotState> Slots, IReadOnlyList<string> Paths)
{
    private const string Version = "1";
    private const string VersionKey = "clipgen.version";
    private const string OptimizerKey = "clipgen.optimizer";
    private const string StepSuffix = ".step";
    private const string LengthSuffix = ".length";
    private const string TypeSuffix = ".type";

    /// <summary>Writes the state.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="optimizer">The kind of optimizer.</param>
    /// <param name="stateNames">The names of its states.</param>
    internal void Write(Stream stream, string optimizer, string[] stateNames)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [VersionKey] = Version,
            [OptimizerKey] = optimizer,
        };
        foreach ((string name, string value) in Options)
            metadata.Add("option." + name, value);
        var tensors = new List<(string, AlignedElements)>();
        var stepped = Slots.ToDictionary(slot => slot.Path, StringComparer.Ordinal);
        foreach (string path in Paths)
        {
            stepped.TryGetValue(path, out SlotState? slot);
            metadata.Add(path + StepSuffix, Text(slot?.Steps ?? 0));
            if (slot is null)
                continue;
            metadata.Add(path + LengthSuffix, Text(slot.Length));
            metadata.Add(path + TypeSuffix, slot.Type.ToString());
            for (int i = 0; i < stateNames.Length; i++)
            {
                // States that no step has written are recreated as zeros.
                if (slot[i] is { } elements && (slot.Unwritten >> i & 1) == 0)
                    tensors.Add(($"{path}.{stateNames[i]}", elements));
            }
        }

        SafetensorsFile.Write(stream, metadata, tensors);

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="InvalidDataException">The stream does not contain the state of such an optimizer.</exception>
    internal static SavedState Read(Stream stream, string optimizer, string[] stateNames)
    {
        (Dictionary<string, string> metadata, Dictionary<string, AlignedElements> tensors) = SafetensorsFile.Read(stream);
        if (!metadata.TryGetValue(VersionKey, out string? version) || !metadata.TryGetValue(OptimizerKey, out string? kind))
            throw new InvalidDataException("The file was not saved by an optimizer of ClipGen.");
        if (version != Version)
            throw new InvalidDataException($"The file has version {version} of the format, but this library reads version {Version}.");
        if (kind != optimizer)
            throw new InvalidDataException($"The file was saved by an optimizer of type {kind}, but this one is of type {optimizer}.");

        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var slots = new List<SlotState>();
        var paths = new List<string>();
        foreach ((string key, string value) in metadata)
        {
            if (key.StartsWith("option.", StringComparison.Ordinal))
                options.Add(key["option.".Length..], value);
            if (!key.EndsWith(StepSuffix, StringComparison.Ordinal))
                continue;
            string path = key[..^StepSuffix.Length];
            paths.Add(path);
            if (metadata.ContainsKey(path + LengthSuffix))
                slots.Add(ReadSlot(path, value, metadata, tensors, stateNames));
        }

        if (tensors.Count > 0)
        {
            throw new InvalidDataException($"The file contains '{tensors.Keys.First()}', which is not a state of {optimizer} "
                + "for any of its parameters.");
        }
        return new SavedState(options, slots, paths);
    }

    private static SlotState ReadSlot(
        string path, string steps, Dictionary<string, string> metadata, Dictionary<string, AlignedElements> tensors, string[] stateNames)
    {
        if (!long.TryParse(steps, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            || !int.TryParse(metadata[path + LengthSuffix], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || !metadata.TryGetValue(path + TypeSuffix, out string? typeName)
            || !Enum.TryParse(typeName, out ElementType type)
            || !Enum.IsDefined(type))
        {
            throw new InvalidDataException($"The metadata of '{path}' cannot be read.");
        }

        var slot = new SlotState(path, type, length) { Steps = count };
        for (int i = 0; i < stateNames.Length; i++)
        {
            string name = $"{path}.{stateNames[i]}";
            if (!tensors.Remove(name, out AlignedElements? elements))
                continue;
            if (elements.Length != length || elements.IsDouble != (type == ElementType.Double))
                throw new InvalidDataException($"'{name}' does not fit a parameter of {length} elements of type {type}.");
            slot[i] = elements;
        }

        return slot;
    }
}
