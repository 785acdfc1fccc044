using ClipGen;

namespace TemporalOrder.Networks;

/// <summary>
/// A layer of 50 units that read the symbol and a state of 50 units: <c>a_t = Wx[symbol_t] + state_t·Wh + b</c>. A cell has one or more of
/// them, and defines the state and the function applied to the sum.
/// </summary>
/// <remarks>Inputs are one-hot, so their product with Wx is a row of Wx. There is no state at time 0.</remarks>
public sealed partial class RecurrentUnits
{
    /// <summary>The number of units.</summary>
    public const int Units = BatchKernels.Units;

    /// <summary>The length of a row of units in memory: <see cref="Units"/>, padded with zeros to a whole number of vectors.</summary>
    public const int RowLength = BatchKernels.RowLength;

    private const int Symbols = 6;

    [Parameter(Gradient = nameof(_dWx))]
    private readonly float[] _wx = new float[Symbols * RowLength]; // [symbol, to unit]
    private readonly float[] _dWx = new float[Symbols * RowLength];

    [Parameter(Gradient = nameof(_dWh))]
    private readonly float[] _wh = new float[Units * RowLength];   // [from unit, to unit]
    private readonly float[] _dWh = new float[Units * RowLength];

    [Parameter(Gradient = nameof(_dBias), WeightDecay = false)]
    private readonly float[] _bias = new float[RowLength];
    private readonly float[] _dBias = new float[RowLength];

    // Per symbol: forward Wx[symbol] + b, backward the sum of the errors at all its places.
    private readonly float[] _symbolRows = new float[Symbols * RowLength];
    private readonly float[] _whTransposed = new float[Units * RowLength];
    private readonly int _length;

    /// <summary>Creates units with all weights zero, for sequences of <paramref name="length"/> symbols.</summary>
    public RecurrentUnits(int length)
    {
        _length = length;
        Values = new UnitSequence(length);
        Errors = new UnitSequence(length);
    }

    /// <summary>Wx, one row of units for each symbol.</summary>
    public Span<float> InputWeights => _wx;

    /// <summary>Wh, one row of units for each unit of the state.</summary>
    public Span<float> RecurrentWeights => _wh;

    /// <summary>b, one for each unit.</summary>
    public Span<float> Biases => _bias.AsSpan(0, Units);

    /// <summary>The sums a_t, which the cell replaces by the activations.</summary>
    internal UnitSequence Values { get; }

    /// <summary>The derivatives of the loss by the sums a_t, which the cell computes.</summary>
    internal UnitSequence Errors { get; }

    /// <summary>Sets the values at all times to the contributions of the symbols and the biases.</summary>
    internal void StartForward(SequenceBatch batch)
    {
        for (int symbol = 0; symbol < Symbols; symbol++)
        {
            Span<float> sum = Row(_symbolRows, symbol);
            _bias.CopyTo(sum);
            BatchKernels.AddRow(Row(_wx, symbol), sum);
        }

        Span<float> values = Values.Times(0, _length);
        for (int row = 0; row < batch.Symbols.Length; row++)
        {
            Row(_symbolRows, batch.Symbols[row]).CopyTo(Row(values, row));
        }
    }

    /// <summary>Adds the contribution of a state to the values of one time.</summary>
    internal void AddState(int time, ReadOnlySpan<float> state) => BatchKernels.AddProduct(state, _wh, Values[time]);

    /// <summary>Prepares for <see cref="AddStateErrors"/> with the current weights.</summary>
    internal void StartBackward()
    {
        for (int from = 0; from < Units; from++)
        {
            for (int to = 0; to < Units; to++)
            {
                _whTransposed[to * RowLength + from] = _wh[from * RowLength + to];
            }
        }
    }

    /// <summary>Adds the contribution of the units at one time to the errors of the state that they read.</summary>
    internal void AddStateErrors(int time, Span<float> stateErrors) => BatchKernels.AddProduct(Errors[time], _whTransposed, stateErrors);

    /// <summary>Adds the gradients by all weights to their buffers.</summary>
    /// <param name="batch">The symbols.</param>
    /// <param name="states">The states at the times 1 … T − 1.</param>
    internal void AddGradients(SequenceBatch batch, ReadOnlySpan<float> states)
    {
        BatchKernels.AddTransposedProduct(states, Errors.Times(1, _length - 1), _dWh);

        // A one-hot input passes the error to the row of its symbol. The bias gets the errors of all symbols.
        _symbolRows.AsSpan().Clear();
        Span<float> errors = Errors.Times(0, _length);
        for (int row = 0; row < batch.Symbols.Length; row++)
        {
            BatchKernels.AddRow(Row(errors, row), Row(_symbolRows, batch.Symbols[row]));
        }

        for (int symbol = 0; symbol < Symbols; symbol++)
        {
            BatchKernels.AddRow(Row(_symbolRows, symbol), Row(_dWx, symbol));
            BatchKernels.AddRow(Row(_symbolRows, symbol), _dBias);
        }
    }

    private static Span<float> Row(Span<float> matrix, int row) => matrix.Slice(row * RowLength, RowLength);
}
