using System.Text;

namespace ClipGen.Generator.Emission;

/// <summary>Writes indented source text with <c>\n</c> line ends.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(line);
        }

        _text.Append('\n');
    }

    /// <summary>Writes the lines of a raw string, each indented.</summary>
    public void Lines(string lines)
    {
        foreach (string line in lines.Replace("\r", "").Split('\n'))
        {
            Line(line);
        }
    }

    /// <summary>Writes <paramref name="head"/> and an opening brace. Disposing the result writes the closing brace.</summary>
    public Block OpenBlock(string head)
    {
        Lines(head);
        Line("{");
        _depth++;
        return new Block(this);
    }

    public override string ToString() => _text.ToString();

    internal readonly struct Block(SourceWriter writer) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            writer.Line("}");
        }
    }
}
