using System.Globalization;
using System.Text;

namespace ClipGen.Analyzers.Records;

/// <summary>
/// Reads JSON as RFC 8259 defines it, within bounds of depth and size, because anybody can put a file beside a project. The compiler's
/// oldest host has no reader of its own.
/// </summary>
internal sealed class JsonParser
{
    private const int DeepestNesting = 16;
    private const int MostNodes = 200_000;
    private const int LongestNumber = 64;

    private readonly string _text;
    private int _position;
    private int _depth;
    private int _nodes;

    private JsonParser(string text) => _text = text;

    /// <summary>Reads a text. Null where it is not JSON, is cut off, or is beyond the bounds.</summary>
    public static JsonNode? Parse(string text)
    {
        var parser = new JsonParser(text);
        if (!parser.TryRead(out JsonNode? node))
            return null;
        parser.SkipSpace();
        return parser._position == text.Length ? node : null;
    }

    private bool TryRead(out JsonNode node)
    {
        node = JsonNode.Other;
        SkipSpace();
        if (_position == _text.Length || ++_nodes > MostNodes || _depth == DeepestNesting)
            return false;
        _depth++;
        bool isRead = _text[_position] switch
        {
            '{' => TryReadObject(out node),
            '[' => TryReadArray(out node),
            '"' => TryReadTextNode(out node),
            't' => TryTake("true"),
            'f' => TryTake("false"),
            'n' => TryTake("null"),
            _ => TryReadNumber(out node),
        };
        _depth--;
        return isRead;
    }

    private bool TryReadObject(out JsonNode node)
    {
        var members = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        node = new JsonNode { Members = members };
        _position++;
        if (TryTakeAfterSpace('}'))
            return true;
        while (true)
        {
            SkipSpace();
            if (!TryReadText(out string name) || members.ContainsKey(name) || !TryTakeAfterSpace(':') || !TryRead(out JsonNode member))
                return false;
            members.Add(name, member);
            if (TryTakeAfterSpace('}'))
                return true;
            if (!TryTakeAfterSpace(','))
                return false;
        }
    }

    private bool TryReadArray(out JsonNode node)
    {
        var items = new List<JsonNode>();
        node = new JsonNode { Items = items };
        _position++;
        if (TryTakeAfterSpace(']'))
            return true;
        while (true)
        {
            if (!TryRead(out JsonNode item))
                return false;
            items.Add(item);
            if (TryTakeAfterSpace(']'))
                return true;
            if (!TryTakeAfterSpace(','))
                return false;
        }
    }

    private bool TryReadTextNode(out JsonNode node)
    {
        bool isRead = TryReadText(out string text);
        node = new JsonNode { Text = text };
        return isRead;
    }

    private bool TryReadText(out string text)
    {
        text = "";
        if (_position == _text.Length || _text[_position] != '"')
            return false;
        var read = new StringBuilder();
        for (_position++; _position < _text.Length; _position++)
        {
            char character = _text[_position];
            if (character == '"')
            {
                _position++;
                text = read.ToString();
                return true;
            }

            if (character < ' ' || (character == '\\' && !TryReadEscape(out character)))
                return false;
            read.Append(character);
        }

        return false;
    }

    // Ends on the last character of the escape.
    private bool TryReadEscape(out char character)
    {
        character = ++_position < _text.Length ? _text[_position] : '\0';
        switch (character)
        {
            case '"' or '\\' or '/':
                return true;
            case 'b':
                character = '\b';
                return true;
            case 'f':
                character = '\f';
                return true;
            case 'n':
                character = '\n';
                return true;
            case 'r':
                character = '\r';
                return true;
            case 't':
                character = '\t';
                return true;
            case 'u' when _position + 4 < _text.Length
                && ushort.TryParse(
                    _text.Substring(_position + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code):
                character = (char)code;
                _position += 4;
                return true;
            default:
                return false;
        }
    }

    // A number of ever so many digits is none that a run has.
    private bool TryReadNumber(out JsonNode node)
    {
        int start = _position;
        TryTakeAny("-");
        bool isNumber = TryTakeAny("0") || TryTakeDigits();
        if (TryTakeAny("."))
            isNumber &= TryTakeDigits();
        if (TryTakeAny("eE"))
        {
            TryTakeAny("+-");
            isNumber &= TryTakeDigits();
        }

        double number = 0;
        isNumber = isNumber
            && _position - start <= LongestNumber
            && double.TryParse(
                _text.Substring(start, _position - start), NumberStyles.Float, CultureInfo.InvariantCulture, out number)
            && !double.IsInfinity(number);
        node = new JsonNode { Number = number };
        return isNumber;
    }

    private bool TryTakeDigits()
    {
        int start = _position;
        while (_position < _text.Length && _text[_position] is >= '0' and <= '9')
            _position++;
        return _position > start;
    }

    private bool TryTakeAny(string characters)
    {
        if (_position == _text.Length || characters.IndexOf(_text[_position]) < 0)
            return false;
        _position++;
        return true;
    }

    private bool TryTake(string word)
    {
        if (string.CompareOrdinal(_text, _position, word, 0, word.Length) != 0)
            return false;
        _position += word.Length;
        return true;
    }

    private bool TryTakeAfterSpace(char character)
    {
        SkipSpace();
        if (_position == _text.Length || _text[_position] != character)
            return false;
        _position++;
        return true;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && (_text[_position] is ' ' or '\t' or '\n' or '\r'))
            _position++;
    }
}
