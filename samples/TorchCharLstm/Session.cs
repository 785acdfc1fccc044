using System.Diagnostics;
using Spectre.Console;
using TorchSharp;

namespace TorchCharLstm;

/// <summary>One run of the program: both trainings with their progress, then the chart, a sample and the conclusion.</summary>
public static class Session
{
    /// <summary>Runs what was asked for.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Settings settings, CancellationToken cancellation)
    {
        if (Libtorch.WhyNot is { } reason)
            return Fail(reason);
        Corpus corpus;
        try
        {
            corpus = Corpus.Read(settings.Text);
            settings.Output.Create();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Fail(exception.Message);
        }

        int shortest = TextReader.ShortestText(settings.Batch, settings.Length);
        if (corpus.Text.Length < shortest)
            return Fail($"The text has {corpus.Text.Length} characters. {settings.Batch} stretches of {settings.Length} need {shortest}; lower --batch or --length.");

        var watch = Stopwatch.StartNew();
        var vocabulary = new Vocabulary(corpus.Text);
        long[] text = vocabulary.Encode(corpus.Text);
        IAnsiConsole console = AnsiConsole.Console;

        // A file has no width, and Spectre would break lines at 80 columns.
        if (Console.IsOutputRedirected)
            console.Profile.Width = 200;
        console.WriteLine($"{corpus.Name}: {corpus.Text.Length:n0} characters, {vocabulary.Count} different ones.");

        // The same weights at the beginning of both.
        torch.random.manual_seed(settings.Seed);
        using var clipped = new CharLstm(vocabulary.Count, settings.Hidden);
        using var unclipped = new CharLstm(vocabulary.Count, settings.Hidden);
        unclipped.load_state_dict(clipped.state_dict());

        IReadOnlyList<TrainingStep> with = new TrainingProgress(console, "with clipping", settings.Steps)
            .Show(finished => new Trainer(clipped, text, settings).TrainClipped(finished, cancellation));
        IReadOnlyList<TrainingStep> without = new TrainingProgress(console, "without clipping", settings.Steps)
            .Show(finished => new Trainer(unclipped, text, settings).TrainUnclipped(finished, cancellation));
        if (cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine("Cancelled.");
            return 130;
        }

        string chart = Path.Combine(settings.Output.FullName, "torch-char-lstm-norms.png");
        NormChart.Save(with, without, settings, chart);
        if (settings.SampleLength > 0)
        {
            console.WriteLine();
            console.WriteLine(TextSampler.Sample(clipped, vocabulary, settings.SampleLength));
            console.WriteLine();
        }

        Console.WriteLine($"written: {chart}");
        Console.WriteLine($"{2 * settings.Steps} steps in {watch.Elapsed.TotalSeconds:f0} s");
        Console.WriteLine($"perplexity over the last steps: with clipping {Perplexity(with):f2}, without {Perplexity(without):f2}");
        return 0;
    }

    private static double Perplexity(IReadOnlyList<TrainingStep> steps) => Math.Exp(steps.TakeLast(50).Average(step => step.Loss));

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }
}
