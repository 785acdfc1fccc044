using System.Globalization;
using System.Runtime.CompilerServices;

namespace ClipGen.Numerics.Walking;

/// <summary>
/// The path of the current member of a traversal, such as <c>_layers[3]._dBias</c>. It is written into a reused buffer, so that a path
/// which is only compared allocates nothing, except for keys that cannot be formatted into a span.
/// </summary>
/// <remarks>
/// A key ends at the first <c>]</c> that follows an even number of backslashes. If a key contains a <c>]</c> or ends with a backslash, both
/// characters are escaped with a backslash. Different keys of one collection therefore have different paths.
/// </remarks>
internal sealed class GradientPath
{
    private char[] _path = new char[128];
    private int _length;
    private int[] _starts = new int[16];
    private int _depth;

    /// <summary>Resets the path to the model, after any traversal.</summary>
    internal void Reset() => _length = _depth = 0;

    internal void Enter(string name)
    {
        Push();
        AppendMember(name);
    }

    internal void EnterItem<TKey>(TKey key)
    {
        Push();
        Append("[");
        int start = _length;
        if (typeof(TKey) == typeof(int))
            AppendPosition(Unsafe.As<TKey, int>(ref key));
        else if (key is null or string or IFormattable)
            AppendFormatted(key);
        else
            AppendFormatted(TextOf(key));
        EscapeFrom(start);
        Append("]");
    }

    // Most keys are positions. Testing a value for an interface, here or in an interpolated string, boxes it until the JIT optimizes that
    // code.
    private void AppendPosition(int position)
    {
        int written;
        while (!position.TryFormat(_path.AsSpan(_length), out written, provider: CultureInfo.InvariantCulture))
            Array.Resize(ref _path, 2 * _path.Length);
        _length += written;
    }

    private void AppendFormatted<TKey>(TKey key)
    {
        int written;
        while (!_path.AsSpan(_length).TryWrite(CultureInfo.InvariantCulture, $"{key}", out written))
            Array.Resize(ref _path, 2 * _path.Length);
        _length += written;
    }

    // A key without a culture parameter, such as a tuple, formats its parts in the current culture. Names must be the same on every
    // machine.
    private static string? TextOf<TKey>(TKey key)
    {
        CultureInfo current = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            return key!.ToString();
        }
        finally
        {
            CultureInfo.CurrentCulture = current;
        }
    }

    internal void Leave() => _length = _starts[--_depth];

    /// <summary>
    /// The path of the current buffer, valid until the next call. Items of a collection of buffers have no name of their own.
    /// </summary>
    internal ReadOnlySpan<char> Of(string name)
    {
        int length = _length;
        AppendMember(name);
        ReadOnlySpan<char> path = _path.AsSpan(0, _length);
        _length = length;
        return path;
    }

    private void Push()
    {
        if (_depth == _starts.Length)
            Array.Resize(ref _starts, 2 * _depth);
        _starts[_depth++] = _length;
    }

    private void AppendMember(string name)
    {
        if (_length > 0 && name.Length > 0)
            Append(".");
        Append(name);
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (_path.Length - _length < text.Length)
            Array.Resize(ref _path, Math.Max(_length + text.Length, 2 * _path.Length));
        text.CopyTo(_path.AsSpan(_length));
        _length += text.Length;
    }

    private void EscapeFrom(int start)
    {
        ReadOnlySpan<char> key = _path.AsSpan(start, _length - start);
        if (!key.Contains(']') && !key.EndsWith("\\", StringComparison.Ordinal))
            return;
        string escaped = key.ToString().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        _length = start;
        Append(escaped);
    }
}
