using TemporalOrder.Networks;

namespace TemporalOrder.Tests;

/// <summary>
/// The same network in its simplest form, in double precision and one sequence at a time. It is the oracle for the loss and the gradients.
/// </summary>
internal sealed class ReferenceNetwork(CellKind cell, RecurrentNetwork network)
{
    private readonly OrderedDictionary<string, double[]> _weights = NamedBuffers.Of(network).Parameters;

    /// <summary>The mean cross-entropy over the batch.</summary>
    public double Loss(SequenceBatch batch)
    {
        double[] wo = _weights["_output._dWo"], bias = _weights["_output._dBias"];
        double loss = 0;
        for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
        {
            double[] state = new double[RecurrentUnits.Units], memory = new double[RecurrentUnits.Units];
            for (int time = 0; time < batch.Length; time++)
            {
                int symbol = batch.Symbols[time * SequenceBatch.Size + sequence];
                state = cell switch
                {
                    CellKind.Rnn => Sums("_units", symbol, state, Math.Tanh),
                    CellKind.Lstm => Lstm(symbol, state, memory),
                    _ => Gru(symbol, state),
                };
            }

            var logits = new double[TemporalOrderTask.Classes];
            for (int c = 0; c < logits.Length; c++)
            {
                logits[c] = bias[c];
                for (int unit = 0; unit < state.Length; unit++) logits[c] += state[unit] * wo[unit * logits.Length + c];
            }

            loss += Math.Log(logits.Sum(Math.Exp)) - logits[batch.Classes[sequence]];
        }

        return loss / SequenceBatch.Size;
    }

    /// <summary>The derivative of the loss with respect to one weight, by central differences.</summary>
    public double Derivative(SequenceBatch batch, string gradient, int element)
    {
        const double Step = 1e-5;
        ref double weight = ref _weights[gradient][element];
        double value = weight;
        weight = value + Step;
        double above = Loss(batch);
        weight = value - Step;
        double below = Loss(batch);
        weight = value;
        return (above - below) / (2 * Step);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private double[] Lstm(int symbol, double[] state, double[] memory)
    {
        double[] i = Sums("_input", symbol, state, Sigmoid), f = Sums("_forget", symbol, state, Sigmoid);
        double[] o = Sums("_output", symbol, state, Sigmoid), g = Sums("_candidate", symbol, state, Math.Tanh);
        var next = new double[state.Length];
        for (int n = 0; n < next.Length; n++)
        {
            memory[n] = f[n] * memory[n] + i[n] * g[n];
            next[n] = o[n] * Math.Tanh(memory[n]);
        }

        return next;
    }

    private double[] Gru(int symbol, double[] state)
    {
        double[] r = Sums("_reset", symbol, state, Sigmoid), z = Sums("_update", symbol, state, Sigmoid);
        double[] n = Sums("_candidate", symbol, [.. state.Zip(r, (h, gate) => h * gate)], Math.Tanh);
        return [.. Enumerable.Range(0, n.Length).Select(i => z[i] * state[i] + (1 - z[i]) * n[i])];
    }

    // f(Wx[symbol] + state·Wh + b) for the units of one part.
    private double[] Sums(string part, int symbol, double[] state, Func<double, double> function)
    {
        double[] wx = _weights[$"_cell.{part}._dWx"], wh = _weights[$"_cell.{part}._dWh"], bias = _weights[$"_cell.{part}._dBias"];
        var values = new double[RecurrentUnits.Units];
        for (int to = 0; to < values.Length; to++)
        {
            double sum = wx[symbol * RecurrentUnits.RowLength + to] + bias[to];
            for (int from = 0; from < state.Length; from++) sum += state[from] * wh[from * RecurrentUnits.RowLength + to];
            values[to] = function(sum);
        }

        return values;
    }
}
