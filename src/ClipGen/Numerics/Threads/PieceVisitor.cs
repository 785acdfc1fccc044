using System.Runtime.CompilerServices;
using ClipGen.Numerics.Kernels;
using ClipGen.Numerics.Traversal;

namespace ClipGen.Numerics.Threads;

/// <summary>What one thread does in a shared pass: sums or scales the pieces that it claims.</summary>
/// <param name="pieces">The pieces.</param>
/// <param name="factor">What to scale by; null to sum.</param>
/// <param name="completed">Counts the pieces that this thread has done.</param>
/// <param name="scalesShort">Whether this is the thread that also scales the buffers that are too short to be shared.</param>
internal struct PieceVisitor(SharedPieces pieces, ScaleFactor? factor, StrongBox<int> completed, bool scalesShort) : IGradientVisitor
{
    private readonly SharedPieces _pieces = pieces;
    private readonly bool _scales = factor is not null;
    private readonly ScaleFactor _factor = factor.GetValueOrDefault();
    private readonly StrongBox<int> _completed = completed;
    private readonly bool _scalesShort = scalesShort;
    private NestingDepth _depth;
    private int _piece;

    public void Visit<T>(string name, Span<T> gradient, Span<T> parameter = default, string? group = null, in ParameterOptions options = default)
    {
        if (gradient.Length < SharedPieces.ShortestBuffer)
        {
            if (_scalesShort && !gradient.IsEmpty)
                GradientElements.Scale(gradient, _factor);
            return;
        }

        for (; !gradient.IsEmpty; gradient = gradient[Math.Min(gradient.Length, Reduction.ChunkLength)..])
        {
            int piece = _piece++;
            if (!_pieces.TryClaim(piece))
                continue;
            Span<T> elements = gradient[..Math.Min(gradient.Length, Reduction.ChunkLength)];
            if (_scales)
                GradientElements.Scale(elements, _factor);
            else
                _pieces.Sums[piece - _pieces.First] = GradientElements.SumOfSquares(elements);
            Interlocked.Increment(ref _completed.Value);
        }
    }

    public void Enter(string name, string? group = null, string? parameter = null) => _depth.Enter();

    public void EnterItem<TKey>(TKey key) => _depth.Enter();

    public void Leave() => _depth.Leave();
}
