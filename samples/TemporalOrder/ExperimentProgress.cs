using Spectre.Console;

namespace TemporalOrder;

/// <summary>Shows the progress of the trials: bars in a terminal, a line for each finished setting in a file or pipe.</summary>
public static class ExperimentProgress
{
    /// <summary>Calls <paramref name="run"/> with the receiver of finished trials and shows what it receives.</summary>
    public static ExperimentReport Show(
        IAnsiConsole console, ExperimentSettings settings, Func<Action<TrialResult>, ExperimentReport> run) =>
        console.Profile.Capabilities is { Interactive: true, Ansi: true } && !Console.IsOutputRedirected
            ? ShowBars(console, settings, run)
            : ShowLines(console, settings, run);

    private static ExperimentReport ShowBars(
        IAnsiConsole console,
        ExperimentSettings settings,
        Func<Action<TrialResult>, ExperimentReport> run) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new ElapsedTimeColumn())
            .Start(context =>
            {
                int trials = settings.LearningRates.Count * settings.Seeds;
                var bars = new Dictionary<(int, Clipping), (ProgressTask Bar, int Solved)>();
                foreach (int length in settings.Lengths)
                {
                    foreach (Clipping clipping in Enum.GetValues<Clipping>())
                    {
                        bars[(length, clipping)] = (context.AddTask(Describe(length, clipping, 0), maxValue: trials), 0);
                    }
                }

                return run(result =>
                {
                    (int, Clipping) key = (result.Trial.Length, result.Trial.Clipping);
                    (ProgressTask bar, int solved) = bars[key];
                    solved += result.Solved ? 1 : 0;
                    bars[key] = (bar, solved);
                    bar.Description = Describe(result.Trial.Length, result.Trial.Clipping, solved);
                    bar.Increment(1);
                });
            });

    private static ExperimentReport ShowLines(
        IAnsiConsole console,
        ExperimentSettings settings,
        Func<Action<TrialResult>, ExperimentReport> run)
    {
        var finished = new Dictionary<(int, double, Clipping), (int Trials, int Solved)>();
        return run(result =>
        {
            Trial trial = result.Trial;
            (int, double, Clipping) key = (trial.Length, trial.LearningRate, trial.Clipping);
            (int trials, int solved) = finished.GetValueOrDefault(key);
            finished[key] = (++trials, solved += result.Solved ? 1 : 0);
            if (trials == settings.Seeds)
            {
                console.WriteLine(
                    $"length {trial.Length}, learning rate {trial.LearningRate}, {Name(trial.Clipping)}: {solved} of {trials} solved");
            }
        });
    }

    private static string Describe(int length, Clipping clipping, int solved) =>
        $"length {length,-3} {Name(clipping),-16} {solved,3} solved";

    private static string Name(Clipping clipping) => clipping == Clipping.With ? "with clipping" : "without clipping";
}
