using Spectre.Console;

namespace TorchCharLstm;

/// <summary>Shows how far a training is: a bar in a terminal, a line now and then in a file or pipe.</summary>
public sealed class TrainingProgress(IAnsiConsole console, string name, int steps)
{
    private const int Lines = 10;
    private readonly List<TrainingStep> _finished = [];

    /// <summary>Calls <paramref name="train"/> with the receiver of finished steps and shows what it receives.</summary>
    /// <returns>All steps.</returns>
    public IReadOnlyList<TrainingStep> Show(Action<Action<TrainingStep>> train)
    {
        if (console.Profile.Capabilities is not { Interactive: true, Ansi: true } || Console.IsOutputRedirected)
        {
            train(step =>
            {
                _finished.Add(step);
                if (_finished.Count % Math.Max(1, steps / Lines) == 0)
                    console.WriteLine($"{Describe()}, step {_finished.Count} of {steps}");
            });
            return _finished;
        }

        console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                ProgressTask bar = context.AddTask(name, maxValue: steps);
                train(step =>
                {
                    _finished.Add(step);
                    bar.Description = Describe();
                    bar.Increment(1);
                });
            });
        return _finished;
    }

    // Means over the last steps: a single batch says little.
    private string Describe()
    {
        TrainingStep[] recent = [.. _finished.TakeLast(25)];
        double loss = recent.Average(step => step.Loss);
        return $"{name,-16} loss {loss:f3}  perplexity {Math.Exp(loss):f2}  gradient norm {recent.Average(step => step.GradientNorm):f3}  "
            + $"clipped {(double)_finished.Count(step => step.Clipped) / _finished.Count:p0}";
    }
}
