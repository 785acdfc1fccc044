namespace TemporalOrder.Tests;

/// <summary>The network written again in the plainest way, in double precision, one sequence after the other: the oracle for loss and gradients.</summary>
internal sealed class ReferenceRnn
{
    private readonly double[][] _weights;

    public ReferenceRnn(ElmanRnn network) =>
        _weights = [.. network.Parameters.Select(parameter => parameter.Weights.Select(weight => (double)weight).ToArray())];

    /// <summary>The mean cross-entropy over the batch.</summary>
    public double Loss(SequenceBatch batch)
    {
        (double[] wx, double[] wh, double[] bias, double[] wo, double[] outputBias) =
            (_weights[0], _weights[1], _weights[2], _weights[3], _weights[4]);
        double loss = 0;
        for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
        {
            var hidden = new double[ElmanRnn.Units];
            for (int time = 0; time < batch.Length; time++)
            {
                int symbol = batch.Symbols[time * SequenceBatch.Size + sequence];
                double[] before = hidden;
                hidden = new double[ElmanRnn.Units];
                for (int to = 0; to < hidden.Length; to++)
                {
                    double sum = wx[symbol * ElmanRnn.RowLength + to] + bias[to];
                    for (int from = 0; from < before.Length; from++) sum += before[from] * wh[from * ElmanRnn.RowLength + to];
                    hidden[to] = Math.Tanh(sum);
                }
            }

            var logits = new double[TemporalOrderTask.Classes];
            for (int c = 0; c < logits.Length; c++)
            {
                logits[c] = outputBias[c];
                for (int unit = 0; unit < hidden.Length; unit++) logits[c] += hidden[unit] * wo[unit * logits.Length + c];
            }

            loss += Math.Log(logits.Sum(Math.Exp)) - logits[batch.Classes[sequence]];
        }

        return loss / SequenceBatch.Size;
    }

    /// <summary>The derivative of the loss by one weight, by central differences.</summary>
    public double Derivative(SequenceBatch batch, int parameter, int element)
    {
        const double Step = 1e-5;
        ref double weight = ref _weights[parameter][element];
        double value = weight;
        weight = value + Step;
        double above = Loss(batch);
        weight = value - Step;
        double below = Loss(batch);
        weight = value;
        return (above - below) / (2 * Step);
    }
}
