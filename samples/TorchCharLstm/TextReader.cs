using static TorchSharp.torch;

namespace TorchCharLstm;

/// <summary>Cuts a text into as many pieces as are read side by side, and each into stretches that follow each other.</summary>
/// <param name="text">The characters' numbers.</param>
/// <param name="batch">Stretches side by side.</param>
/// <param name="length">Characters of a stretch.</param>
public sealed class TextReader(long[] text, int batch, int length)
{
    private readonly int _piece = (text.Length - 1) / batch;
    private int _position;

    /// <summary>The characters that the text must have at least.</summary>
    public static int ShortestText(int batch, int length) => (batch * length) + 1;

    /// <summary>The next stretch of every piece, and the characters that follow each of its characters. Starts over at the end.</summary>
    /// <param name="startsOver">Whether it does not follow the one before.</param>
    public (Tensor Input, Tensor Target) Next(out bool startsOver)
    {
        startsOver = _position == 0 || _position + length > _piece;
        if (startsOver)
            _position = 0;
        long[] input = new long[batch * length];
        long[] target = new long[batch * length];
        for (int row = 0; row < batch; row++)
        {
            int start = (row * _piece) + _position;
            text.AsSpan(start, length).CopyTo(input.AsSpan(row * length));
            text.AsSpan(start + 1, length).CopyTo(target.AsSpan(row * length));
        }

        _position += length;
        return (tensor(input, batch, length), tensor(target));
    }
}
