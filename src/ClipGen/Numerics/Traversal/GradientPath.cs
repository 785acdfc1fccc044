using System.Globalization;
using System.Text;

namespace ClipGen.Numerics.Traversal;

/// <summary>The path of the member that a traversal is in, such as <c>_layers[3]._dBias</c>. It allocates: only for names and errors.</summary>
internal sealed class GradientPath
{
    private readonly StringBuilder _path = new();
    private readonly Stack<int> _lengths = new();

    internal void Enter(string name)
    {
        _lengths.Push(_path.Length);
        Append(name);
    }

    internal void EnterItem<TKey>(TKey key)
    {
        _lengths.Push(_path.Length);
        _path.Append(CultureInfo.InvariantCulture, $"[{key}]");
    }

    internal void Leave() => _path.Length = _lengths.Pop();

    /// <summary>The path of a buffer here; the items of a collection of buffers have no name of their own.</summary>
    internal string Of(string name)
    {
        Enter(name);
        string path = _path.ToString();
        Leave();
        return path;
    }

    private void Append(string name)
    {
        if (_path.Length > 0 && name.Length > 0)
            _path.Append('.');
        _path.Append(name);
    }
}
