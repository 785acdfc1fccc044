using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using TemporalOrder.Networks;

namespace TemporalOrder;

/// <summary>The settings from the command line.</summary>
/// <param name="Settings">The experiment.</param>
/// <param name="Output">The folder that the charts are written to.</param>
/// <param name="Records">Whether the norms of one trial are recorded.</param>
public sealed record Request(ExperimentSettings Settings, DirectoryInfo Output, bool Records = false);

/// <summary>The options of the program. Each error is printed in one line before the experiment starts.</summary>
public static class CommandLine
{
    private const int LongestLength = 500;
    private const int MostSeeds = 100;
    private const int MostSteps = 1_000_000;
    private const double LargestLearningRate = 10;

    /// <summary>
    /// Parses <paramref name="arguments"/> and passes the request to <paramref name="run"/>, unless they contain an error or ask for help.
    /// </summary>
    /// <returns>The exit code: that of <paramref name="run"/>, 0 for help, 1 for wrong options.</returns>
    public static int Invoke(IReadOnlyList<string> arguments, TextWriter output, TextWriter error,
        Func<Request, CancellationToken, int> run)
    {
        ParseResult parsed = CreateCommand(run, error).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (string mistake in parsed.Errors.Select(found => found.Message).Distinct()) error.WriteLine(mistake);

            return 1;
        }

        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
    }

    private static RootCommand CreateCommand(Func<Request, CancellationToken, int> run, TextWriter error)
    {
        ExperimentSettings usual = ExperimentSettings.Default;
        Option<bool> quick = new("--quick")
        {
            Description = "A smaller experiment, under 20 seconds: "
                + $"lengths {Join(ExperimentSettings.Quick.Lengths)}; learning rates {Join(ExperimentSettings.Quick.LearningRates)}; "
                + $"{ExperimentSettings.Quick.Seeds} seeds; {ExperimentSettings.Quick.StepBudget} steps. Other options still count",
        };
        Option<CellKind?> cell = new("--cell")
        {
            Description = $"The cell of the network: {Names<CellKind>()} [default: {Name(usual.Cell)}]",
            HelpName = "cell",
            CustomParser = result => ParseOne<CellKind>(result, TryParse, $"the cell must be one of {Names<CellKind>()}"),
        };
        Option<OptimizerKind?> optimizer = new("--optimizer")
        {
            Description = $"What trains the network: {Names<OptimizerKind>()}. All but {Name(OptimizerKind.Sgd)} have a tenth of the "
                + $"learning rates below as their default [default: {Name(usual.Optimizer)}]",
            HelpName = "optimizer",
            CustomParser = result => ParseOne<OptimizerKind>(result, TryParse, $"the optimizer must be one of {Names<OptimizerKind>()}"),
        };
        Option<int[]> lengths = new("--lengths")
        {
            Description = $"Sequence lengths, {TemporalOrderTask.ShortestLength} to {LongestLength} [default: {Join(usual.Lengths)}]",
            HelpName = "20,30,…",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result => ParseList(
                result,
                (string text, out int length) =>
                    TryParse(text, out length) && length is >= TemporalOrderTask.ShortestLength and <= LongestLength,
                $"a length must be a whole number from {TemporalOrderTask.ShortestLength} to {LongestLength}"),
        };
        Option<int?> seeds = new("--seeds")
        {
            Description = $"How many seeds, each with its own initial weights and sequences, 1 to {MostSeeds} [default: {usual.Seeds}]",
            HelpName = "count",
            CustomParser = result => ParseOne(
                result,
                (string text, out int count) => TryParse(text, out count) && count is >= 1 and <= MostSeeds,
                $"the number of seeds must be a whole number from 1 to {MostSeeds}"),
        };
        Option<double[]> learningRates = new("--learning-rates")
        {
            Description = $"Learning rates; each side counts at its best [default: {Join(usual.LearningRates)}]",
            HelpName = "0.01,0.1,…",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result => ParseList(
                result,
                (string text, out double rate) => TryParse(text, out rate) && rate is > 0 and <= LargestLearningRate,
                $"a learning rate must be a number greater than 0 and at most {LargestLearningRate}"),
        };
        string rules = string.Join(", ", ClippingLimit.Names);
        Option<ClippingLimit?> limit = new("--limit")
        {
            Description = $"The largest gradient norm that clipping leaves as it is, or a rule that follows the norms: {rules} "
                + $"[default: {usual.Limit}]",
            HelpName = "norm|rule",
            CustomParser = result => ParseOne<ClippingLimit>(
                result, ClippingLimit.TryParse, $"the limit must be a finite number greater than 0, or one of {rules}"),
        };
        Option<int?> steps = new("--steps")
        {
            Description = $"Steps after which a network is given up, the same for both sides [default: {usual.StepBudget}]",
            HelpName = "count",
            CustomParser = result => ParseOne(
                result,
                (string text, out int count) => TryParse(text, out count) && count is >= TrainingRun.EvaluationInterval and <= MostSteps,
                $"the number of steps must be a whole number from {TrainingRun.EvaluationInterval} to {MostSteps}"),
        };
        Option<bool> record = new("--record")
        {
            Description = "Train one clipped trial, that of the norm chart, once more with a NormRecorder, and write its page "
                + "(temporal-order.html) and its record (temporal-order.clipgen.json)",
            Arity = ArgumentArity.Zero,
        };
        Option<DirectoryInfo> output = new("--output")
        {
            Description = "The folder for the charts and the results of each trial",
            HelpName = "folder",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("output", "temporal-order")),
        };

        var command = new RootCommand(
            "Trains a recurrent network on the temporal order problem with and without gradient clipping, everything else equal, "
            + "and shows at which sequence lengths and learning rates it learns.")
        {
            quick, cell, optimizer, lengths, seeds, learningRates, limit, steps, record, output,
        };
        command.SetAction((parsed, cancellation) =>
        {
            ExperimentSettings settings = parsed.GetValue(quick) ? ExperimentSettings.Quick : usual;
            settings = settings.With(parsed.GetValue(optimizer) ?? settings.Optimizer);
            settings = new ExperimentSettings(
                parsed.GetValue(lengths) is { Length: > 0 } listed ? listed : settings.Lengths,
                parsed.GetValue(learningRates) is { Length: > 0 } rates ? rates : settings.LearningRates,
                parsed.GetValue(seeds) ?? settings.Seeds,
                parsed.GetValue(steps) ?? settings.StepBudget,
                parsed.GetValue(limit) ?? settings.Limit,
                parsed.GetValue(cell) ?? settings.Cell,
                settings.Optimizer);
            var request = new Request(settings, parsed.GetRequiredValue(output), parsed.GetValue(record));
            if (WhyNotWritable(request.Output) is { } reason)
            {
                error.WriteLine($"--output: cannot write to '{request.Output}': {reason}");
                return Task.FromResult(1);
            }

            return Task.Run(() => run(request, cancellation), CancellationToken.None);
        });
        return command;
    }

    private delegate bool Parser<T>(string text, out T value);

    private static T[]? ParseList<T>(ArgumentResult result, Parser<T> parse, string rule)
    {
        var values = new List<T>();
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!parse(text, out T value)) return Refuse<T[]>(result, text, rule);

            if (values.Contains(value)) return Refuse<T[]>(result, text, "it is listed twice");

            values.Add(value);
        }

        return [.. values];
    }

    private static T? ParseOne<T>(ArgumentResult result, Parser<T> parse, string rule)
        where T : struct
    {
        string text = result.Tokens[0].Value;
        return parse(text, out T value) ? value : Refuse<T?>(result, text, rule);
    }

    private static T? Refuse<T>(ArgumentResult result, string text, string rule)
    {
        string option = result.Parent is OptionResult parent ? parent.Option.Name : "option";
        result.AddError($"{option}: '{text}' is not valid: {rule}.");
        return default;
    }

    // Enum.TryParse also accepts numbers.
    private static bool TryParse<T>(string text, out T value)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase);

    private static string Names<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Name));

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static string Join<T>(IEnumerable<T> values) => string.Join(',', values);

    // Tested by writing a file: an hour of training must not end in a folder that is read-only.
    private static string? WhyNotWritable(DirectoryInfo folder)
    {
        try
        {
            folder.Create();
            string probe = Path.Combine(folder.FullName, Path.GetRandomFileName());
            File.WriteAllText(probe, string.Empty);
            File.Delete(probe);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return exception.Message;
        }
    }
}
