namespace TemporalOrder;

/// <summary>
/// The temporal order problem: a long sequence of distractors contains two informative symbols, each A or B, far from the end and from each
/// other. After the last symbol, the network predicts their order: AA, AB, BA or BB.
/// </summary>
/// <remarks>
/// S. Hochreiter, J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997, experiment 6a; in the form of R. Pascanu,
/// T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, section 4.1.1: distractors from {c, d, e,
/// f}, the first informative symbol in [T/10, 2T/10], the second in [4T/10, 5T/10].
/// </remarks>
public static class TemporalOrderTask
{
    /// <summary>The symbols; a network reads them one-hot.</summary>
    public const string Alphabet = "ABcdef";

    /// <summary>AA, AB, BA, BB.</summary>
    public const int Classes = 4;

    /// <summary>In shorter sequences, the two windows of the informative symbols have fewer than two positions each.</summary>
    public const int ShortestLength = 10;

    private const int InformativeSymbols = 2;

    /// <summary>The first and last time step (counted from 0) at which the first informative symbol can be.</summary>
    public static (int First, int Last) FirstWindow(int length) => (length / 10, 2 * length / 10);

    /// <summary>The first and last time step at which the second informative symbol can be.</summary>
    public static (int First, int Last) SecondWindow(int length) => (4 * length / 10, 5 * length / 10);

    /// <summary>Fills <paramref name="batch"/> with fresh sequences.</summary>
    public static void Draw(SequenceBatch batch, RandomStream random)
    {
        byte[] symbols = batch.Symbols;
        for (int i = 0; i < symbols.Length; i++)
        {
            symbols[i] = (byte)(InformativeSymbols + random.Below(Alphabet.Length - InformativeSymbols));
        }

        for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
        {
            int first = random.Below(InformativeSymbols);
            int second = random.Below(InformativeSymbols);
            symbols[Within(FirstWindow(batch.Length), random) * SequenceBatch.Size + sequence] = (byte)first;
            symbols[Within(SecondWindow(batch.Length), random) * SequenceBatch.Size + sequence] = (byte)second;
            batch.Classes[sequence] = (byte)(first * InformativeSymbols + second);
        }
    }

    private static int Within((int First, int Last) window, RandomStream random) =>
        window.First + random.Below(window.Last - window.First + 1);
}
