using ClipGen;
using ClipGen.Optimizers;
using TemporalOrder.Networks;

namespace TemporalOrder.Tests;

public sealed class RecurrentNetworkTests
{
    public static TheoryData<CellKind> Cells => [.. Enum.GetValues<CellKind>()];

    public static MatrixTheoryData<CellKind, OptimizerKind> Combinations =>
        new(Enum.GetValues<CellKind>(), Enum.GetValues<OptimizerKind>());

    public static MatrixTheoryData<CellKind, int> CellsAndLengths => new(Enum.GetValues<CellKind>(), [10, 25]);

    [Theory]
    [MemberData(nameof(CellsAndLengths))]
    public void Loss_is_that_of_a_plain_network_in_double_precision(CellKind cell, int length)
    {
        (RecurrentNetwork network, SequenceBatch batch) = Create(cell, length);

        Assert.Equal(new ReferenceNetwork(cell, network).Loss(batch), network.Forward(batch), 1e-5);
    }

    [Theory]
    [MemberData(nameof(CellsAndLengths))]
    public void Gradients_agree_with_finite_differences(CellKind cell, int length)
    {
        (RecurrentNetwork network, SequenceBatch batch) = Create(cell, length);
        var reference = new ReferenceNetwork(cell, network);
        network.ZeroGradients();
        network.Forward(batch);
        network.Backward(batch);

        Dictionary<string, double[]> found = NamedBuffers.Of(network).Gradients;
        Assert.Equal(3 * network.Cell.Parts.Count + 2, found.Count);
        foreach ((string name, double[] gradients) in found)
        {
            double norm = Math.Sqrt(gradients.Sum(g => g * g));
            Assert.True(norm > 1e-3, name);
            foreach (int element in Sample(name, gradients.Length))
            {
                double expected = reference.Derivative(batch, name, element);
                Assert.True(
                    Math.Abs(expected - gradients[element]) < 1e-4 * norm,
                    $"Element {element} of {name} is {gradients[element]:g6}, by finite differences {expected:g6}; the norm is {norm:g4}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Backward_adds_to_the_gradients(CellKind cell)
    {
        (RecurrentNetwork network, SequenceBatch batch) = Create(cell, 12);
        network.ZeroGradients();
        network.Forward(batch);
        network.Backward(batch);
        double once = network.GradientNorm();
        network.Backward(batch);

        Assert.Equal(2 * once, network.GradientNorm(), 1e-5 * once);
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Padding_behind_the_units_stays_zero_through_training(CellKind cell, OptimizerKind kind)
    {
        (RecurrentNetwork network, SequenceBatch batch) = Create(cell, 12);
        Optimizer optimizer = kind.Create(0.1);
        for (int step = 0; step < 5; step++)
        {
            network.ZeroGradients();
            network.Forward(batch);
            network.Backward(batch);
            optimizer.ClipAndStep(network);
        }

        foreach ((string name, double[] parameter) in NamedBuffers.Of(network).Parameters.Where(buffer => IsPadded(buffer.Key)))
        {
            Assert.All(parameter.Where((_, i) => i % RecurrentUnits.RowLength >= RecurrentUnits.Units), weight => Assert.Equal(0, weight));
            Assert.True(parameter.Any(weight => weight != 0), name);
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Steps_on_one_batch_lower_its_loss(CellKind cell, OptimizerKind kind)
    {
        (RecurrentNetwork network, SequenceBatch batch) = Create(cell, 12);
        Optimizer optimizer = kind.Create(kind == OptimizerKind.Sgd ? 0.01 : 0.0001);
        double before = network.Forward(batch);
        for (int step = 0; step < 5; step++)
        {
            network.ZeroGradients();
            network.Forward(batch);
            network.Backward(batch);
            ClipResult result = optimizer.ClipAndStep(network, limit: 0.01);
            Assert.True(result is { Clipped: true, Skipped: false });
        }

        Assert.True(network.Forward(batch) < before);
    }

    [Fact]
    public void Gradient_descent_moves_each_weight_against_its_clipped_gradient()
    {
        (RecurrentNetwork network, SequenceBatch batch) = Create(CellKind.Rnn, 12);
        network.ZeroGradients();
        network.Forward(batch);
        network.Backward(batch);
        NamedBuffers before = NamedBuffers.Of(network);

        ClipResult result = OptimizerKind.Sgd.Create(0.5).ClipAndStep(network, limit: 0.25);

        Assert.Equal(0.25 / result.TotalNorm, result.Scale, 1e-6);
        NamedBuffers after = NamedBuffers.Of(network);
        foreach ((string name, double[] weights) in before.Parameters)
        {
            double[] gradients = before.Gradients[name];
            for (int i = 0; i < weights.Length; i++)
            {
                Assert.Equal(weights[i] - 0.5 * result.Scale * gradients[i], after.Parameters[name][i], 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Weight_decay_leaves_biases_alone(CellKind cell)
    {
        (RecurrentNetwork network, _) = Create(cell, 12);
        network.Cell.Parts[0].Biases.Fill(2);
        network.ZeroGradients();
        OrderedDictionary<string, double[]> before = NamedBuffers.Of(network).Parameters;

        new AdamW(0.1) { WeightDecay = 0.5 }.ClipAndStep(network);

        OrderedDictionary<string, double[]> after = NamedBuffers.Of(network).Parameters;
        foreach ((string name, double[] weights) in before)
        {
            double kept = name.EndsWith("_dBias", StringComparison.Ordinal) ? 1 : 0.95;
            for (int i = 0; i < weights.Length; i++) Assert.Equal(kept * weights[i], after[name][i], 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_network_of_NaN_answers_every_sequence_wrong(CellKind cell)
    {
        (RecurrentNetwork network, SequenceBatch batch) = Create(cell, 12);
        foreach (RecurrentUnits part in network.Cell.Parts) part.RecurrentWeights.Fill(float.NaN);

        Assert.Equal(SequenceBatch.Size, network.CountErrors(batch));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Initial_weights_have_the_stated_spread_and_spectral_radius(CellKind cell)
    {
        var network = new RecurrentNetwork(cell, 10);
        Initialization.Draw(network, seed: 3);

        foreach (RecurrentUnits part in network.Cell.Parts)
        {
            float[] inputs = [.. part.InputWeights.ToArray().Where(weight => weight != 0)];
            Assert.Equal(6 * RecurrentUnits.Units, inputs.Length);
            Assert.Equal(0.1, Math.Sqrt(inputs.Average(weight => (double)weight * weight)), 0.015);
            Assert.Equal(0.95, Initialization.SpectralRadiusOf(part.RecurrentWeights), 1e-6);
        }
    }

    [Fact]
    public void Only_the_forget_gate_begins_with_biases()
    {
        IReadOnlyList<RecurrentUnits> parts = new RecurrentNetwork(CellKind.Lstm, 10).Cell.Parts;

        Assert.Equal([0, 1, 0, 0], parts.Select(part => part.Biases[0]));
        Assert.All(parts, part => Assert.Single(part.Biases.ToArray().Distinct()));
    }

    [Fact]
    public void Spectral_radius_of_a_rotation_is_its_scale()
    {
        // The block [[0, −2], [2, 0]] has the eigenvalues ±2i, for which power iteration does not converge.
        var matrix = new float[RecurrentUnits.Units * RecurrentUnits.RowLength];
        matrix[1] = -2;
        matrix[RecurrentUnits.RowLength] = 2;
        matrix[2 * RecurrentUnits.RowLength + 2] = 1.5f;

        Assert.Equal(2, Initialization.SpectralRadiusOf(matrix), 1e-9);
    }

    // Weights three times as large as the initial ones, so that the units reach the nonlinear parts of their functions.
    private static (RecurrentNetwork Network, SequenceBatch Batch) Create(CellKind cell, int length)
    {
        var network = new RecurrentNetwork(cell, length);
        Initialization.Draw(network, seed: 7);
        foreach (RecurrentUnits part in network.Cell.Parts)
        {
            foreach (ref float weight in part.InputWeights) weight *= 3;
        }

        foreach (ref float weight in network.Output.Weights) weight *= 3;

        var batch = new SequenceBatch(length);
        TemporalOrderTask.Draw(batch, new RandomStream(11));
        return (network, batch);
    }

    private static bool IsPadded(string name) => name.StartsWith("_cell", StringComparison.Ordinal);

    // A sample of the elements, without the padding.
    private static IEnumerable<int> Sample(string name, int length) =>
        Enumerable.Range(0, length)
            .Where(element => !IsPadded(name) || element % RecurrentUnits.RowLength < RecurrentUnits.Units)
            .Where(element => element % (length > 1000 ? 257 : length > 100 ? 29 : 7) == 0);
}
