namespace ClipGen.Tests.Limits;

/// <summary>Compares random runs with <see cref="LimitOracle"/>.</summary>
public sealed class LimitPropertyTests
{
    public static TheoryData<string, double, int, double> Rules
    {
        get
        {
            TheoryData<string, double, int, double> rules = Special;
            foreach ((string name, LimitKind kind) in LimitKinds.All)
            {
                rules.Add(name, kind.Number, kind.WarmUpSteps, double.PositiveInfinity);
                rules.Add(name, kind.Number, kind.WarmUpSteps, 2);
            }

            return rules;
        }
    }

    private static TheoryData<string, double, int, double> Special => new()
    {
        { "AutoClip", 10, 0, double.PositiveInfinity },
        { "AutoClip", 73.5, 4, 3 },
        { "AutoClip", 100, 0, double.PositiveInfinity },
        { "ZClip", 2.5, 5, double.PositiveInfinity },
        { "ZClip", 0.5, 2, 20 },
        { "AdaptiveClip", 0.01, 0, double.PositiveInfinity },
        { "AdaptiveClip", 0.3, 3, 2 },
        { "AdaGC", 1.05, 6, double.PositiveInfinity },
        { "AdaGC", 0.9, 0, 3 },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_run_is_clipped_as_the_formulas_say(string kind, double number, int warmUpSteps, double maxNorm)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            int[] units = [0, 3, 16, 0];
            int[] lengths = [random.Next(1, 40), 3 * random.Next(1, 20), 16 * random.Next(1, 200), 1];
            float[][] weights = [.. lengths.Select(length => Draw(random, length, 1))];
            LimitRun run = LimitRun.Of(LimitKinds.All[kind].Rule(number, maxNorm, warmUpSteps));
            var oracle = new LimitOracle(kind, number, warmUpSteps, maxNorm);
            for (int step = 0; step < 40; step++)
            {
                // Some steps are spikes, and in some steps a gradient is missing.
                double size = Math.Exp(random.NextDouble()) * (random.Next(8) == 0 ? 50 : 1);
                float[][] gradients = [.. lengths.Select(length => Draw(random, length, size))];
                int missing = random.Next(12);
                if (missing < 4)
                    gradients[missing] = [];
                double[][] expected = [.. gradients.Select(gradient => gradient.Select(x => (double)x).ToArray())];

                oracle.Clip(expected, [.. weights.Select(weight => weight.Select(x => (double)x).ToArray())], units);
                run.Clip(new WeightedSource([.. gradients.Select((gradient, i) => ((float[]?)gradient, (float[]?)weights[i], units[i]))]));

                for (int i = 0; i < gradients.Length; i++)
                    Exact.AssertClose(expected[i], gradients[i], 4e-6);
            }
        }
    }

    private static float[] Draw(Random random, int length, double size) =>
        [.. Enumerable.Range(0, length).Select(_ => (float)(size * (random.NextDouble() - 0.5)))];
}
