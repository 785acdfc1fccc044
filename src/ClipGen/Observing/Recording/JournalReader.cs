using System.Buffers.Binary;
using System.Text;

namespace ClipGen.Observing.Recording;

/// <summary>Reads a journal up to its end, or up to the first truncated or damaged entry.</summary>
internal static class JournalReader
{
    // Longer than any step: a model with a million gradients has entries of this size.
    private const int LongestEntry = 1 << 26;

    /// <summary>Reads the run.</summary>
    /// <exception cref="InvalidDataException">The stream does not start as a journal.</exception>
    internal static RunRecord Read(Stream stream)
    {
        Span<byte> signature = stackalloc byte[Journal.Signature.Length];
        if (stream.ReadAtLeast(signature, signature.Length, throwOnEndOfStream: false) < signature.Length
            || !signature.SequenceEqual(Journal.Signature))
        {
            throw new InvalidDataException("The file is not a journal of a recorder.");
        }

        RunRecord? run = null;
        var models = new List<(ModelRecord? Record, ModelLayout Layout)>();
        var step = new StepEvent();
        while (TryReadEntry(stream, out byte[] entry))
        {
            try
            {
                using var reader = new BinaryReader(new MemoryStream(entry), Encoding.UTF8);
                if (!TryApply(reader, entry, ref run, models, step))
                    break;
            }
            catch (Exception exception) when (exception is EndOfStreamException or FormatException or ArgumentException)
            {
                break;
            }
        }

        return run ?? throw new InvalidDataException("The file ends before the name of the run.");
    }

    private static bool TryReadEntry(Stream stream, out byte[] entry)
    {
        entry = [];
        Span<byte> number = stackalloc byte[4];
        if (stream.ReadAtLeast(number, 4, throwOnEndOfStream: false) < 4)
            return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(number);
        if (length is < 1 or > LongestEntry || (stream.CanSeek && length > stream.Length - stream.Position))
            return false;
        entry = new byte[length];
        return stream.ReadAtLeast(entry, length, throwOnEndOfStream: false) == length
            && stream.ReadAtLeast(number, 4, throwOnEndOfStream: false) == 4
            && BinaryPrimitives.ReadUInt32LittleEndian(number) == Journal.CheckSum(entry);
    }

    private static bool TryApply(
        BinaryReader reader, byte[] entry, ref RunRecord? run, List<(ModelRecord? Record, ModelLayout Layout)> models, StepEvent step)
    {
        switch ((JournalEntry)reader.ReadByte())
        {
            case JournalEntry.Run when run is null:
                run = new RunRecord(reader.ReadString(), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero));
                return true;
            case JournalEntry.Model when run is not null:
                models.Add((run.Add(ReadModel(reader)), new ModelLayout()));
                return true;
            case JournalEntry.Layout when TryFind(reader, models, out (ModelRecord? Record, ModelLayout Layout) changed):
                ReadLayout(reader, changed.Layout);
                changed.Record?.Lay(changed.Layout);
                return true;
            case JournalEntry.Step when TryFind(reader, models, out (ModelRecord? Record, ModelLayout Layout) stepped):
                ReadStep(reader, entry, stepped.Layout, step);
                if (stepped.Record is not null)
                    stepped.Record.Add(step);
                else
                    run!.LeftOut++;
                return true;
            default:
                return false;
        }
    }

    private static bool TryFind(
        BinaryReader reader, List<(ModelRecord? Record, ModelLayout Layout)> models, out (ModelRecord? Record, ModelLayout Layout) found)
    {
        int number = reader.Read7BitEncodedInt();
        bool isFound = number >= 0 && number < models.Count;
        found = isFound ? models[number] : default;
        return isFound;
    }

    private static ModelIdentity ReadModel(BinaryReader reader) =>
        new(reader.ReadString(), reader.ReadString(), ReadText(reader), ReadText(reader), ReadText(reader), ReadText(reader));

    private static void ReadLayout(BinaryReader reader, ModelLayout layout)
    {
        layout.Limits.Clear();
        for (int i = reader.Read7BitEncodedInt(); i > 0; i--)
        {
            (string? group, string? member, byte kind) = (ReadText(reader), ReadText(reader), reader.ReadByte());
            ClipScope scope = (kind & 2) != 0 ? ClipScope.PerParameter : ClipScope.Global;
            layout.Limits.Add(new LimitKey(group, member, (kind & 1) != 0, scope, reader.ReadDouble()));
        }

        layout.Gradients.Clear();
        for (int i = reader.Read7BitEncodedInt(); i > 0; i--)
            layout.Gradients.Add(reader.ReadString());
    }

    private static void ReadStep(BinaryReader reader, byte[] entry, ModelLayout layout, StepEvent step)
    {
        step.Outcome = (ClipOutcome)Math.Min(reader.ReadByte(), (byte)ClipOutcome.Skipped);
        step.Limits.Clear();
        for (int i = 0; i < layout.Limits.Count; i++)
        {
            bool clipped = reader.ReadBoolean();
            step.Limits.Add(new LimitStep(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), clipped));
        }

        step.Shares.Clear();
        step.Shares.AddRange(entry.AsSpan((int)reader.BaseStream.Position));
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadString() is { Length: > 0 } text ? text : null;
}
