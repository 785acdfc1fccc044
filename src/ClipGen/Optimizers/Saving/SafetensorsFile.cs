using System.Buffers.Binary;
using System.Text.Json;

namespace ClipGen.Optimizers.Saving;

/// <summary>
/// The safetensors format: the length of the header in 8 bytes, the header in JSON, and the elements of all tensors in sequence, in
/// little-endian order.
/// </summary>
/// <remarks>Source: the specification, https://github.com/huggingface/safetensors.</remarks>
internal static class SafetensorsFile
{
    // The limit of the reference implementation.
    private const int LongestHeader = 100_000_000;
    private const string MetadataKey = "__metadata__";

    /// <summary>Writes tensors of one dimension.</summary>
    internal static void Write(
        Stream stream, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<(string Name, AlignedElements Elements)> tensors)
    {
        byte[] header = HeaderOf(metadata, tensors);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, AlignedElements elements) in tensors)
            WriteElements(stream, elements);
    }

    /// <summary>Reads tensors of one dimension, of <see cref="float"/> or <see cref="double"/> elements.</summary>
    /// <exception cref="InvalidDataException">The stream does not have the format, or ends too early.</exception>
    internal static (Dictionary<string, string> Metadata, Dictionary<string, AlignedElements> Tensors) Read(Stream stream)
    {
        // The lengths stated in the file are compared with the available bytes before memory is allocated.
        using MemoryStream? copy = stream.CanSeek ? null : new MemoryStream();
        if (copy is not null)
        {
            stream.CopyTo(copy);
            copy.Position = 0;
            stream = copy;
        }

        long available = stream.Length - stream.Position;
        if (available < sizeof(ulong))
            throw new InvalidDataException("The file is too short to be a safetensors file.");
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        available -= sizeof(ulong);
        if (length > LongestHeader || (long)length > available)
        {
            throw new InvalidDataException($"The file states a header of {length} bytes, but {available} bytes follow. It is "
                + "truncated, or not a safetensors file.");
        }
        byte[] header = new byte[length];
        stream.ReadExactly(header);
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
            return ReadTensors(stream, document.RootElement, available - (long)length);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException)
        {
            throw new InvalidDataException("The header of the file is not a safetensors header. " + exception.Message, exception);
        }
    }

    private static byte[] HeaderOf(
        IReadOnlyDictionary<string, string> metadata, IReadOnlyList<(string Name, AlignedElements Elements)> tensors)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(MetadataKey);
            foreach ((string key, string value) in metadata)
                writer.WriteString(key, value);
            writer.WriteEndObject();
            long offset = 0;
            foreach ((string name, AlignedElements elements) in tensors)
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", elements.IsDouble ? "F64" : "F32");
                writer.WriteStartArray("shape");
                writer.WriteNumberValue(elements.Length);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                offset += (long)elements.Length * elements.ElementSize;
                writer.WriteNumberValue(offset);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        // Padded with spaces, so that the elements begin at a multiple of 8 bytes.
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static (Dictionary<string, string> Metadata, Dictionary<string, AlignedElements> Tensors) ReadTensors(
        Stream stream, JsonElement header, long available)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<(string Name, bool IsDouble, long Length, long Begin, long End)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in header.EnumerateObject())
        {
            if (!names.Add(property.Name))
                throw new InvalidDataException($"The header of the file contains '{property.Name}' twice.");
            if (property.Name == MetadataKey)
            {
                foreach (JsonProperty entry in property.Value.EnumerateObject())
                {
                    metadata[entry.Name] = entry.Value.GetString()
                        ?? throw new InvalidDataException($"'{entry.Name}' in the metadata of the file is not text.");
                }
            }
            else
            {
                entries.Add(ReadEntry(property));
            }
        }

        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long offset = 0;
        foreach ((string name, _, _, long begin, long end) in entries)
        {
            if (begin != offset)
                throw new InvalidDataException($"The elements of '{name}' do not start where the preceding tensor ends.");
            offset = end;
        }

        if (offset != available)
        {
            throw new InvalidDataException($"The tensors of the file take {offset} bytes, but {available} bytes follow the header. It is "
                + "truncated, or has been changed.");
        }
        var tensors = new Dictionary<string, AlignedElements>(StringComparer.Ordinal);
        foreach ((string name, bool isDouble, long length, _, _) in entries)
        {
            var elements = new AlignedElements(isDouble, (int)length);
            ReadElements(stream, elements);
            tensors.Add(name, elements);
        }

        return (metadata, tensors);
    }

    private static (string Name, bool IsDouble, long Length, long Begin, long End) ReadEntry(JsonProperty property)
    {
        JsonElement offsets = property.Value.GetProperty("data_offsets");
        JsonElement shape = property.Value.GetProperty("shape");
        string? type = property.Value.GetProperty("dtype").GetString();
        if (type is not ("F32" or "F64"))
            throw new InvalidDataException($"'{property.Name}' has elements of type {type}. The state of an optimizer has F32 and F64.");
        if (shape.GetArrayLength() != 1 || offsets.GetArrayLength() != 2)
            throw new InvalidDataException($"'{property.Name}' is not a tensor of one dimension.");
        long length = shape[0].GetInt64();
        long begin = offsets[0].GetInt64();
        long end = offsets[1].GetInt64();
        int size = AlignedElements.SizeOfElement(type == "F64");
        if (length is < 0 or > int.MaxValue || begin < 0 || end - begin != length * size)
            throw new InvalidDataException($"The shape and the offsets of '{property.Name}' contradict each other.");
        return (property.Name, type == "F64", length, begin, end);
    }

    private static void WriteElements(Stream stream, AlignedElements elements)
    {
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(elements.Bytes);
            return;
        }

        byte[] swapped = elements.Bytes.ToArray();
        SwapBytes(swapped, elements.ElementSize);
        stream.Write(swapped);
    }

    private static void ReadElements(Stream stream, AlignedElements elements)
    {
        Span<byte> bytes = elements.Bytes;
        stream.ReadExactly(bytes);
        if (!BitConverter.IsLittleEndian)
            SwapBytes(bytes, elements.ElementSize);
    }

    private static void SwapBytes(Span<byte> bytes, int size)
    {
        for (; !bytes.IsEmpty; bytes = bytes[size..])
            bytes[..size].Reverse();
    }
}
