using System.CommandLine;
using System.CommandLine.Parsing;

namespace TorchCharLstm;

/// <summary>The options of the program. What is wrong with them is said in one line each, before anything is trained.</summary>
public static class CommandLine
{
    /// <summary>Parses <paramref name="arguments"/> and hands the settings to <paramref name="run"/>, unless they are wrong or ask for help.</summary>
    /// <returns>The exit code: that of <paramref name="run"/>, 0 for help, 1 for wrong options.</returns>
    public static int Invoke(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, Func<Settings, CancellationToken, int> run)
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
        Option<FileInfo> text = new("--text") { Description = "A text file to learn [default: the C# sources of this repository]", HelpName = "file" };
        text.AcceptExistingOnly();
        Option<DirectoryInfo> folder = new("--output")
        {
            Description = "The folder for the chart",
            HelpName = "folder",
            DefaultValueFactory = _ => usual.Output,
        };
        Option<int> steps = Number("--steps", "Training steps of each network", usual.Steps, 1, 1_000_000);
        Option<int> hidden = Number("--hidden", "Units of each of the two LSTM layers", usual.Hidden, 8, 4096);
        Option<int> length = Number("--length", "Characters over which gradients flow back", usual.Length, 2, 4096);
        Option<int> batch = Number("--batch", "Stretches of text read side by side", usual.Batch, 1, 1024);
        Option<int> seed = Number("--seed", "Decides the initial weights and the sampled text", usual.Seed, 0, int.MaxValue);
        Option<int> sample = Number("--sample", "Characters of the sampled text", usual.SampleLength, 0, 100_000);
        Option<double> rate = new("--learning-rate") { Description = "The learning rate of AdamW", DefaultValueFactory = _ => usual.LearningRate };
        rate.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<double>() is > 0 and <= 10)
                return;
            result.AddError($"--learning-rate: '{Written(result)}' is not valid: it must be a number greater than 0 and at most 10.");
        });

        var command = new RootCommand(
            "Trains a character-level LSTM on source code twice, with gradient clipping by attribute and without, and writes code with the clipped one.")
        {
            text, folder, steps, hidden, length, batch, rate, seed, sample,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () => run(
                new Settings
                {
                    Text = parsed.GetValue(text),
                    Output = parsed.GetRequiredValue(folder),
                    Steps = parsed.GetValue(steps),
                    Hidden = parsed.GetValue(hidden),
                    Length = parsed.GetValue(length),
                    Batch = parsed.GetValue(batch),
                    LearningRate = parsed.GetValue(rate),
                    Seed = parsed.GetValue(seed),
                    SampleLength = parsed.GetValue(sample),
                },
                cancellation),
            CancellationToken.None));
        return command;
    }

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

    private static string Written(OptionResult result) => string.Join(' ', result.Tokens.Select(token => token.Value));
}
