namespace TemporalOrder.Tests;

public sealed class ElmanRnnTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(25)]
    public void Loss_is_that_of_a_plain_network_in_double_precision(int length)
    {
        (ElmanRnn network, SequenceBatch batch) = Create(length);

        Assert.Equal(new ReferenceRnn(network).Loss(batch), network.Forward(batch), 1e-5);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(10, 1)]
    [InlineData(10, 2)]
    [InlineData(10, 3)]
    [InlineData(10, 4)]
    [InlineData(25, 0)]
    [InlineData(25, 1)]
    [InlineData(25, 2)]
    [InlineData(25, 3)]
    [InlineData(25, 4)]
    public void Gradients_agree_with_finite_differences(int length, int parameter)
    {
        (ElmanRnn network, SequenceBatch batch) = Create(length);
        var reference = new ReferenceRnn(network);
        network.ZeroGradients();
        network.Forward(batch);
        network.Backward(batch);

        float[] gradients = network.Parameters[parameter].Gradients;
        double norm = Math.Sqrt(gradients.Sum(g => (double)g * g));
        Assert.True(norm > 1e-3);
        foreach (int element in Used(parameter, gradients.Length))
        {
            double expected = reference.Derivative(batch, parameter, element);
            Assert.True(
                Math.Abs(expected - gradients[element]) < 1e-4 * norm,
                $"Element {element} is {gradients[element]:g6}, by finite differences {expected:g6}; the norm is {norm:g4}.");
        }
    }

    [Fact]
    public void Backward_adds_to_the_gradients()
    {
        (ElmanRnn network, SequenceBatch batch) = Create(12);
        network.ZeroGradients();
        network.Forward(batch);
        network.Backward(batch);
        double once = network.GradientNorm();
        network.Backward(batch);

        Assert.Equal(2 * once, network.GradientNorm(), 1e-5 * once);
    }

    [Fact]
    public void Padding_behind_the_units_stays_zero_through_training()
    {
        (ElmanRnn network, SequenceBatch batch) = Create(12);
        var sgd = new Sgd(0.1);
        for (int step = 0; step < 5; step++)
        {
            network.ZeroGradients();
            network.Forward(batch);
            network.Backward(batch);
            network.ClipGradients(1.0);
            sgd.Step(network);
        }

        foreach (TrainableParameter parameter in network.Parameters.Take(3))
        {
            for (int i = 0; i < parameter.Weights.Length; i++)
            {
                if (i % ElmanRnn.RowLength >= ElmanRnn.Units) Assert.Equal(0, parameter.Weights[i]);
            }
        }
    }

    [Fact]
    public void A_step_on_one_batch_lowers_its_loss()
    {
        (ElmanRnn network, SequenceBatch batch) = Create(12);
        double before = network.Forward(batch);
        network.ZeroGradients();
        network.Backward(batch);
        new Sgd(0.01).Step(network);

        Assert.True(network.Forward(batch) < before);
    }

    [Fact]
    public void A_network_of_NaN_answers_every_sequence_wrong()
    {
        (ElmanRnn network, SequenceBatch batch) = Create(12);
        network.RecurrentWeights.Fill(float.NaN);

        Assert.Equal(SequenceBatch.Size, network.CountErrors(batch));
    }

    [Fact]
    public void Initial_weights_have_the_stated_spread_and_spectral_radius()
    {
        var network = new ElmanRnn(10);
        Initialization.Draw(network, seed: 3);

        float[] inputs = [.. network.InputWeights.ToArray().Where(weight => weight != 0)];
        Assert.Equal(6 * ElmanRnn.Units, inputs.Length);
        Assert.Equal(0.1, Math.Sqrt(inputs.Average(weight => (double)weight * weight)), 0.015);
        Assert.Equal(0.95, Initialization.SpectralRadiusOf(network.RecurrentWeights), 1e-6);
    }

    [Fact]
    public void Spectral_radius_of_a_rotation_is_its_scale()
    {
        // A block [[0, −2], [2, 0]] has the eigenvalues ±2i; power iteration would never settle on it.
        var matrix = new float[ElmanRnn.Units * ElmanRnn.RowLength];
        matrix[1] = -2;
        matrix[ElmanRnn.RowLength] = 2;
        matrix[2 * ElmanRnn.RowLength + 2] = 1.5f;

        Assert.Equal(2, Initialization.SpectralRadiusOf(matrix), 1e-9);
    }

    // Weights three times as large as at the start, so that the units work in the curved part of tanh.
    private static (ElmanRnn Network, SequenceBatch Batch) Create(int length)
    {
        var network = new ElmanRnn(length);
        Initialization.Draw(network, seed: 7);
        foreach (ref float weight in network.InputWeights) weight *= 3;
        foreach (ref float weight in network.OutputWeights) weight *= 3;

        var batch = new SequenceBatch(length);
        TemporalOrderTask.Draw(batch, new RandomStream(11));
        return (network, batch);
    }

    // Every element of the small parameters, a sample of the recurrent matrix; never the padding.
    private static IEnumerable<int> Used(int parameter, int length)
    {
        const int Recurrent = 1;
        bool padded = parameter <= 2;
        int stride = parameter == Recurrent ? 37 : 1;
        for (int element = 0; element < length; element += stride)
        {
            if (!padded || element % ElmanRnn.RowLength < ElmanRnn.Units) yield return element;
        }
    }
}
