namespace TemporalOrder.Tests;

public sealed class TemporalOrderTaskTests
{
    private const int InformativeSymbols = 2;

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(33)]
    [InlineData(60)]
    public void Two_informative_symbols_stand_in_their_windows_and_name_the_class(int length)
    {
        foreach ((int[] symbols, int label) in Draw(length, batches: 50))
        {
            int[] places = [.. Enumerable.Range(0, length).Where(time => symbols[time] < InformativeSymbols)];

            Assert.Equal(2, places.Length);
            Assert.InRange(places[0], length / 10, 2 * length / 10);
            Assert.InRange(places[1], 4 * length / 10, 5 * length / 10);
            Assert.Equal(symbols[places[0]] * 2 + symbols[places[1]], label);
        }
    }

    [Fact]
    public void Classes_are_balanced()
    {
        List<(int[] Symbols, int Class)> drawn = Draw(20, batches: 500);
        foreach (int count in drawn.CountBy(sequence => sequence.Class).Select(pair => pair.Value))
        {
            // 2500 expected; the standard deviation is 43.
            Assert.InRange(count, 2500 - 5 * 43, 2500 + 5 * 43);
        }
    }

    [Fact]
    public void Every_place_of_both_windows_is_used_equally_often()
    {
        const int Length = 40;
        List<(int[] Symbols, int Class)> drawn = Draw(Length, batches: 500);
        int[] uses = [.. Enumerable.Range(0, Length).Select(time => drawn.Count(sequence => sequence.Symbols[time] < InformativeSymbols))];
        for (int time = 0; time < Length; time++)
        {
            if (time is (>= 4 and <= 8) or (>= 16 and <= 20))
            {
                // Five places in each window, 2000 expected; the standard deviation is 40.
                Assert.InRange(uses[time], 1800, 2200);
            }
            else
            {
                Assert.Equal(0, uses[time]);
            }
        }
    }

    [Fact]
    public void Distractors_are_uniform()
    {
        int[] distractors = [.. Draw(20, batches: 100).SelectMany(sequence => sequence.Symbols)
            .Where(symbol => symbol >= InformativeSymbols)];

        Assert.Equal(2000 * 18, distractors.Length);
        Assert.Equal([2, 3, 4, 5], distractors.Distinct().Order());
        Assert.All(distractors.CountBy(symbol => symbol), pair => Assert.InRange(pair.Value, 8500, 9500));
    }

    [Fact]
    public void Streams_of_other_seeds_differ_and_of_the_same_agree()
    {
        int[] Take(params int[] seeds)
        {
            var random = new RandomStream(seeds);
            return [.. Enumerable.Range(0, 20).Select(_ => random.Below(1000))];
        }

        Assert.Equal(Take(1, 2), Take(1, 2));
        Assert.NotEqual(Take(1, 2), Take(2, 1));
        Assert.NotEqual(Take(1), Take(1, 0));
    }

    [Fact]
    public void Gaussian_draws_have_mean_0_and_variance_1()
    {
        var random = new RandomStream(5);
        double[] draws = [.. Enumerable.Range(0, 20_000).Select(_ => random.Gaussian())];

        Assert.Equal(0, draws.Average(), 0.03);
        Assert.Equal(1, draws.Average(draw => draw * draw), 0.05);
    }

    private static List<(int[] Symbols, int Class)> Draw(int length, int batches)
    {
        var random = new RandomStream(1);
        var batch = new SequenceBatch(length);
        var drawn = new List<(int[], int)>();
        for (int i = 0; i < batches; i++)
        {
            TemporalOrderTask.Draw(batch, random);
            for (int sequence = 0; sequence < SequenceBatch.Size; sequence++)
            {
                int place = sequence;
                drawn.Add((
                    [.. Enumerable.Range(0, length).Select(time => (int)batch.Symbols[time * SequenceBatch.Size + place])],
                    batch.Classes[sequence]));
            }
        }

        return drawn;
    }
}
