using System.Globalization;
using System.Text;
using System.Text.Json;
using ClipGen.Analyzers.Records;
using Microsoft.CodeAnalysis.Text;

namespace ClipGen.Analyzers.Tests.Records;

/// <summary>A record can hold any text. The reader always returns, and accepts as JSON only what another JSON reader accepts.</summary>
public sealed class HostileRecordTests
{
    private static readonly string Record = RecordText.Of(
        "\"type\": \"Demo.Net\", \"fingerprint\": \"0123456789abcdef\", \"file\": \"A.cs\", \"member\": \"M\", \"gradients\": "
        + "\"d\\u0057\\n\"",
        0.25,
        990,
        17,
        3.2,
        norms: "{ \"gradient\": \"_dW\", \"share\": 1e-2, \"nonFinite\": 3, \"firstNonFinite\": 17, \"kept\": [true, false, null] }");

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "-0",
        "1e-400", "00", "0x1", "1.", ".1", "--1", "1e", "9223372036854775808", "\0", "\u2028", "\ufeff", "//", "/**/", " ", "\"steps\":",
        "\"limit\":",
        "\"clipgen\":", "\"models\":", "\"limits\":", "\"quantiles\":", "\"norms\":", "[[[[", "{\"a\":",
    ];

    [Fact]
    public void Cut_off_at_every_character_it_is_no_record()
    {
        string record = Record.TrimEnd();
        Assert.NotNull(Read(record).Run);
        for (int length = 0; length < record.Length; length++)
            Assert.NotNull(Read(record[..length]).Problem);
    }

    [Fact]
    public void Mutations_are_read_as_another_reader_reads_them()
    {
        var random = new Random(20261126);
        int read = 0;
        for (int i = 0; i < 30_000; i++)
        {
            string text = Mutate(Record, random);
            bool isJson = JsonParser.Parse(text) is not null;
            read += isJson ? 1 : 0;

            // Some valid JSON is rejected too: objects with a duplicate name, deep nesting, and numbers outside the range of double.
            Assert.True(!isJson || IsJson(text), text);
            Assert.True(isJson || !IsJson(text) || IsRefused(text), text);
            RecordReader.Reading reading = Read(text);
            Assert.True(reading.Run is null != reading.Problem is null, text);
        }

        Assert.InRange(read, 300, 29_700);
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("1e308")]
    [InlineData("5e-324")]
    [InlineData("\"7\"")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task Whatever_stands_in_the_place_of_a_number_nothing_is_written_that_is_no_limit(string value)
    {
        const string Source = """
            using ClipGen;
            namespace Demo;
            [ClipGradNorm(0.25)] public partial class Net { [Gradient] private readonly float[] _dW = new float[4]; }
            """;
        string record = RecordText.Of(
            "\"type\": \"Demo.Net\"", 0.25, 1000, 17, 3.2, norms: "{ \"gradient\": \"_dW\", \"nonFinite\": 3, \"firstNonFinite\": 17 }");
        var compilation = AnalyzerHarness.Compile(Source, [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]);
        foreach (string name in (string[])
            ["limit", "steps", "clipped", "p50", "p90", "p99", "max", "recommended", "nonFinite", "firstNonFinite", "clipgen", "limits"])
        {
            int start = record.IndexOf($"\"{name}\": ", StringComparison.Ordinal) + name.Length + 4;
            int end = record.IndexOfAny([',', ' ', '}'], start);
            var file = new RecordText(string.Concat(record.AsSpan(0, start), value, record.AsSpan(end)));
            foreach (var found in await AnalyzerHarness.AnalyzeAsync(compilation, [new RecordAnalyzer()], null, file))
            {
                Assert.StartsWith("CLIP2", found.Id, StringComparison.Ordinal);
                string message = found.GetMessage(CultureInfo.InvariantCulture)
                    .Replace("a NaN or an infinity", "", StringComparison.Ordinal);
                Assert.DoesNotContain("NaN", message, StringComparison.Ordinal);
                Assert.DoesNotContain("∞", message, StringComparison.Ordinal);
                if (found.Properties.TryGetValue(LimitFinding.Recommended, out string? recommended))
                    Assert.InRange(double.Parse(recommended!, CultureInfo.InvariantCulture), double.Epsilon, double.MaxValue);
            }
        }
    }

    [Fact]
    public void A_file_of_200_million_characters_is_not_read()
    {
        var file = new EndlessText(200_000_000);
        Assert.Equal("it is longer than 4 million characters", RecordReader.Read(file).Problem);
        Assert.Equal(0, file.Characters);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    [InlineData("{\"a\":[", "]}")]
    public void Deep_nesting_is_refused_at_a_fixed_depth(string open, string close)
    {
        string Nest(int depth) =>
            string.Concat(Enumerable.Repeat(open, depth)) + "0" + string.Concat(Enumerable.Repeat(close, depth));
        Assert.NotNull(JsonParser.Parse(Nest(7)));
        Assert.Null(JsonParser.Parse(Nest(16)));
        Assert.Null(JsonParser.Parse(Nest(500_000)));
    }

    [Fact]
    public void Names_that_stand_twice_are_refused()
    {
        Assert.Null(JsonParser.Parse("{ \"a\": 1, \"a\": 1 }"));
        Assert.Null(JsonParser.Parse("{ \"a\": 1, \"\\u0061\": 1 }"));
        Assert.NotNull(JsonParser.Parse("{ \"a\": 1, \"A\": 1 }"));
    }

    private static RecordReader.Reading Read(string text) => RecordReader.Read(SourceText.From(text));

    private static string Mutate(string text, Random random)
    {
        var mutated = new StringBuilder(text);
        for (int edits = random.Next(1, 4); edits > 0 && mutated.Length > 0; edits--)
        {
            int place = random.Next(mutated.Length);
            int length = Math.Min(random.Next(1, 12), mutated.Length - place);
            switch (random.Next(5))
            {
                case 0:
                    mutated.Remove(place, length);
                    break;
                case 1:
                    mutated.Insert(place, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    mutated[place] = (char)random.Next(128);
                    break;
                case 3:
                    mutated.Insert(random.Next(mutated.Length), mutated.ToString(place, length));
                    break;
                default:
                    mutated.Remove(place, length).Insert(place, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return mutated.ToString();
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (ArgumentException)
        {
            // The text is not valid Unicode.
            return false;
        }
    }

    private static bool IsRefused(string text)
    {
        using var document = JsonDocument.Parse(text);
        var pending = new Stack<(JsonElement Element, int Depth)>();
        pending.Push((document.RootElement, 1));
        while (pending.Count > 0)
        {
            (JsonElement element, int depth) = pending.Pop();
            if (depth > 16 || (element.ValueKind == JsonValueKind.Number && !double.IsFinite(element.GetDouble())))
                return true;
            if (element.ValueKind == JsonValueKind.Object)
            {
                string[] names = [.. element.EnumerateObject().Select(member => member.Name)];
                if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
                    return true;
                foreach (JsonProperty member in element.EnumerateObject())
                    pending.Push((member.Value, depth + 1));
            }

            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in element.EnumerateArray())
                    pending.Push((item, depth + 1));
            }
        }

        return false;
    }

    /// <summary>A text that counts how many characters are read.</summary>
    private sealed class EndlessText(int length) : SourceText
    {
        public int Characters { get; private set; }

        public override Encoding? Encoding => null;

        public override int Length => length;

        public override char this[int position]
        {
            get
            {
                Characters++;
                return '[';
            }
        }

        public override void CopyTo(int sourceIndex, char[] destination, int destinationIndex, int count)
        {
            Characters += count;
            destination.AsSpan(destinationIndex, count).Fill('[');
        }
    }
}
