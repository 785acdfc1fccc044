using System.Text;

namespace ClipGen.Observing.Recording;

/// <summary>
/// The file that a recorder writes during the run. An entry consists of its length, its kind, its content and a checksum, and is passed to
/// the operating system as a whole in every step. The file therefore survives a crash of the process. If its end is truncated, all entries
/// before it can be read.
/// </summary>
internal sealed class Journal : IDisposable
{
    /// <summary>The first bytes of the file.</summary>
    internal static ReadOnlySpan<byte> Signature => "ClipGen journal 1\n"u8;

    private readonly MemoryStream _entry = new();
    private readonly BinaryWriter _writer;
    private readonly FileStream _file;

    private Journal(FileStream file)
    {
        _file = file;
        _writer = new BinaryWriter(_entry, Encoding.UTF8);
        _file.Write(Signature);
    }

    /// <summary>The path of the file.</summary>
    internal string Path => _file.Name;

    /// <summary>Creates the file. An existing one is not overwritten.</summary>
    /// <exception cref="IOException">The file exists, or cannot be created.</exception>
    internal static Journal Create(string path) =>
        new(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0));

    /// <summary>Writes the name and the start of the run.</summary>
    internal void WriteRun(string name, DateTimeOffset started)
    {
        Begin(JournalEntry.Run);
        _writer.Write(name);
        _writer.Write(started.UtcTicks);
        End();
    }

    /// <summary>Writes a model. Its number is the number of models written before it.</summary>
    internal void WriteModel(ModelIdentity identity)
    {
        Begin(JournalEntry.Model);
        _writer.Write(identity.Name);
        _writer.Write(identity.TypeName);
        _writer.Write(identity.Fingerprint ?? "");
        _writer.Write(identity.File ?? "");
        _writer.Write(identity.Member ?? "");
        _writer.Write(identity.Text ?? "");
        End();
    }

    /// <summary>Writes the limits and gradients of the following steps of a model.</summary>
    internal void WriteLayout(int model, ModelLayout layout)
    {
        Begin(JournalEntry.Layout);
        _writer.Write7BitEncodedInt(model);
        _writer.Write7BitEncodedInt(layout.Limits.Count);
        foreach (LimitKey key in layout.Limits)
        {
            _writer.Write(key.Group ?? "");
            _writer.Write(key.Member ?? "");
            _writer.Write((byte)((key.ByValue ? 1 : 0) | (key.Scope == ClipScope.PerParameter ? 2 : 0)));
            _writer.Write(key.NormType);
        }

        _writer.Write7BitEncodedInt(layout.Gradients.Count);
        foreach (string name in layout.Gradients)
            _writer.Write(name);
        End();
    }

    /// <summary>Writes a step of a model.</summary>
    internal void WriteStep(int model, StepEvent step)
    {
        Begin(JournalEntry.Step);
        _writer.Write7BitEncodedInt(model);
        _writer.Write((byte)step.Outcome);
        foreach (LimitStep limit in step.Limits)
        {
            _writer.Write(limit.Clipped);
            _writer.Write(limit.Norm);
            _writer.Write(limit.Limit);
            _writer.Write(limit.Factor);
        }

        foreach (byte share in step.Shares)
            _writer.Write(share);
        End();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
    }

    private void Begin(JournalEntry kind)
    {
        _entry.SetLength(0);

        // Space for the length.
        _writer.Write(0);
        _writer.Write((byte)kind);
    }

    private void End()
    {
        _writer.Flush();
        byte[] bytes = _entry.GetBuffer();
        int length = (int)_entry.Length;
        _writer.Write(CheckSum(bytes.AsSpan(4, length - 4)));
        _entry.Position = 0;
        _writer.Write(length - 4);
        _entry.Position = _entry.Length;
        _file.Write(_entry.GetBuffer(), 0, (int)_entry.Length);
    }

    /// <summary>The checksum of an entry: FNV-1a.</summary>
    internal static uint CheckSum(ReadOnlySpan<byte> content)
    {
        uint hash = 2166136261;
        foreach (byte value in content)
            hash = unchecked((hash ^ value) * 16777619);
        return hash;
    }
}
