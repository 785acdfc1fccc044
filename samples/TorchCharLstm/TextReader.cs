using static TorchSharp.torch;

namespace TorchCharLstm;

/// <summary>Divides a text into pieces that are read in parallel, and each piece into consecutive stretches.</summary>
/// <param name="text">The characters' numbers.</param>
/// <param name="batch">The number of pieces.</param>
/// <param name="length">The number of characters of a stretch.</param>
public sealed class TextReader(long[] text, int batch, int length)
{
    private readonly int _piece = (text.Length - 1) / batch;
    private int _position;

    /// <summary>The minimum number of characters of the text.</summary>
    public static int ShortestText(int batch, int length) => (batch * length) + 1;

    /// <summary>The next stretch of every piece, and the characters that follow each of its characters. Starts over at the end.</summary>
    /// <param name="startsOver">Whether it does not continue the previous stretch.</param>
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
