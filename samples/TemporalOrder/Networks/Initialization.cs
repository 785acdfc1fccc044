namespace TemporalOrder.Networks;

/// <summary>
/// The initial weights: all from N(0, 0.1²), with each recurrent matrix scaled to spectral radius 0.95, so that the gradients of a simple
/// recurrent network initially neither explode nor vanish quickly (after Pascanu et al. 2013, section 4.1). Biases keep the values of the
/// cell.
/// </summary>
public static class Initialization
{
    private const double StandardDeviation = 0.1;
    private const double SpectralRadius = 0.95;
    private const int Units = BatchKernels.Units;

    /// <summary>
    /// Draws the weights of <paramref name="network"/>. The same seed gives the same weights for every length and learning rate.
    /// </summary>
    public static void Draw(RecurrentNetwork network, int seed)
    {
        var random = new RandomStream(seed, RandomPurpose.Weights);
        foreach (RecurrentUnits part in network.Cell.Parts)
        {
            DrawRows(part.InputWeights, BatchKernels.RowLength, Units, random);
            DrawRows(part.RecurrentWeights, BatchKernels.RowLength, Units, random);
        }

        DrawRows(network.Output.Weights, TemporalOrderTask.Classes, TemporalOrderTask.Classes, random);
        foreach (RecurrentUnits part in network.Cell.Parts)
        {
            double factor = SpectralRadius / SpectralRadiusOf(part.RecurrentWeights);
            foreach (ref float weight in part.RecurrentWeights) weight = (float)(weight * factor);
        }
    }

    /// <summary>The largest magnitude of an eigenvalue of a recurrent matrix, by Gelfand's formula <c>ρ = lim ‖Wⁿ‖^(1/n)</c>.</summary>
    /// <remarks>Power iteration would not converge: the largest eigenvalues of a random matrix are usually a complex pair.</remarks>
    public static double SpectralRadiusOf(ReadOnlySpan<float> recurrent)
    {
        var power = new double[Units, Units];
        for (int row = 0; row < Units; row++)
        {
            for (int column = 0; column < Units; column++) power[row, column] = recurrent[row * BatchKernels.RowLength + column];
        }

        // Squaring 40 times gives the 2⁴⁰-th power. Dividing by the norm each time keeps it in range.
        double logarithm = 0;
        for (int squaring = 0; squaring < 40; squaring++)
        {
            logarithm += Math.Log(Normalize(power)) / Math.Pow(2, squaring);
            power = Square(power);
        }

        return Math.Exp(logarithm);
    }

    // The padding after the used columns of a row is zero, and training keeps it zero.
    private static void DrawRows(Span<float> weights, int rowLength, int used, RandomStream random)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            if (i % rowLength < used) weights[i] = (float)(StandardDeviation * random.Gaussian());
        }
    }

    private static double Normalize(double[,] matrix)
    {
        double sum = 0;
        foreach (double element in matrix) sum += element * element;

        double norm = Math.Sqrt(sum);
        for (int row = 0; row < Units; row++)
        {
            for (int column = 0; column < Units; column++) matrix[row, column] /= norm;
        }

        return norm;
    }

    private static double[,] Square(double[,] matrix)
    {
        var square = new double[Units, Units];
        for (int row = 0; row < Units; row++)
        {
            for (int inner = 0; inner < Units; inner++)
            {
                double factor = matrix[row, inner];
                for (int column = 0; column < Units; column++) square[row, column] += factor * matrix[inner, column];
            }
        }

        return square;
    }
}
