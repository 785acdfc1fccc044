using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TorchCharLstm;

/// <summary>The options of the program. Each error is printed in one line before the experiment starts.</summary>
public static class CommandLine
{
    /// <summary>
    /// Parses <paramref name="arguments"/> and passes the settings to <paramref name="run"/>, unless they contain an error or ask for help.
    /// </summary>
    /// <returns>The exit code: that of <paramref name="run"/>, 0 for help, 1 for wrong options.</returns>
    public static int Invoke(IReadOnlyList<string> arguments, TextWriter output, TextWriter error,
        Func<Settings, CancellationToken, int> run)
    {
        ParseResult parsed = CreateCommand(run).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (string mistake in parsed.Errors.Select(found => found.Message).Distinct())
                error.WriteLine(mistake);
            return 1;
        }

        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
    }

    private static RootCommand CreateCommand(Func<Settings, CancellationToken, int> run)
    {
        var usual = new Settings();
        Option<DirectoryInfo> folder = new("--output")
        {
            Description = "The folder for the chart",
            HelpName = "folder",
            DefaultValueFactory = _ => usual.Output,
        };
        Option<int> seeds = Number("--seeds", "Pairs of networks that begin with the same weights", usual.Seeds, 1, 1000);
        Option<int> steps = Number("--steps", "Training steps of each network", usual.Steps, 1, 1_000_000);
        Option<double[]> clipped = Rates("--clipped-rates", "Learning rates with clipping; the best counts", usual.ClippedRates);
        Option<double[]> unclipped = Rates("--unclipped-rates", "Learning rates without clipping; the best counts", usual.UnclippedRates);
        Option<int> depth = Number("--depth", "Tags that are open at once, at most", usual.Depth, 1, 20);
        Option<int> hidden = Number("--hidden", "Units of each of the two LSTM layers", usual.Hidden, 8, 4096);
        Option<int> length = Number("--length", "Characters over which gradients flow back", usual.Length, 2, 4096);
        Option<int> batch = Number("--batch", "Stretches of text read side by side", usual.Batch, 1, 1024);
        Option<int> sample = Number("--sample", "Characters of the sampled text", usual.SampleLength, 0, 100_000);

        var command = new RootCommand(
            "Trains a character-level LSTM on nested tags, with gradient clipping by attribute and without, and counts how often it closes "
            + "the right tag.")
        {
            seeds, steps, clipped, unclipped, depth, hidden, length, batch, sample, folder,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => run(
                new Settings
                {
                    Output = parsed.GetRequiredValue(folder),
                    Seeds = parsed.GetValue(seeds),
                    Steps = parsed.GetValue(steps),
                    ClippedRates = parsed.GetRequiredValue(clipped),
                    UnclippedRates = parsed.GetRequiredValue(unclipped),
                    Depth = parsed.GetValue(depth),
                    Hidden = parsed.GetValue(hidden),
                    Length = parsed.GetValue(length),
                    Batch = parsed.GetValue(batch),
                    SampleLength = parsed.GetValue(sample),
                },
                cancellation),
            CancellationToken.None));
        return command;
    }

    private static Option<double[]> Rates(string name, string description, IReadOnlyList<double> usual) => new(name)
    {
        Description = description,
        HelpName = "number,number,…",
        DefaultValueFactory = _ => [.. usual],
        CustomParser = result =>
        {
            string[] words = Written(result).Split(',');
            double[] rates = [.. words.Select(
                word => double.TryParse(word, CultureInfo.InvariantCulture, out double rate) ? rate : double.NaN)];
            if (!rates.All(rate => rate is > 0 and <= 100))
            {
                result.AddError($"{name}: '{Written(result)}' is not valid: it must be numbers greater than 0 and at most 100, with commas "
                    + "between them.");
            }
            return rates;
        },
    };

    private static Option<int> Number(string name, string description, int usual, int smallest, int largest)
    {
        Option<int> option = new(name) { Description = description, HelpName = "number", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && (result.GetValueOrDefault<int>() < smallest || result.GetValueOrDefault<int>() > largest))
                result.AddError($"{name}: '{Written(result)}' is not valid: it must be a whole number from {smallest} to {largest}.");
        });
        return option;
    }

    private static string Written(SymbolResult result) => string.Join(' ', result.Tokens.Select(token => token.Value));
}
