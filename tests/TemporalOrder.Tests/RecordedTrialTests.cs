using System.Text.Json;
using TemporalOrder.Networks;

namespace TemporalOrder.Tests;

[Collection("Recording")]
public sealed class RecordedTrialTests : IDisposable
{
    private const int Steps = 30;

    private static readonly Trial Clipped = new(Length: 10, LearningRate: 0.1, Seed: 2, Clipping.With);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("temporal-order-");

    private string Page => Path.Combine(_folder.FullName, "temporal-order.html");

    private string Record => Path.Combine(_folder.FullName, "temporal-order.clipgen.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(CellKind.Rnn, OptimizerKind.Sgd, "1")]
    [InlineData(CellKind.Rnn, OptimizerKind.RmsProp, "auto")]
    [InlineData(CellKind.Gru, OptimizerKind.Sgd, "z")]
    [InlineData(CellKind.Lstm, OptimizerKind.AdamW, "agc")]
    [InlineData(CellKind.Rnn, OptimizerKind.Adam, "adagc")]
    public void A_recorded_trial_is_the_same_as_an_unrecorded_one(CellKind cell, OptimizerKind optimizer, string name)
    {
        Assert.True(ClippingLimit.TryParse(name, out ClippingLimit limit));
        Trial trial = Clipped with { Cell = cell, Optimizer = optimizer };
        TrialResult unrecorded = Trainer.TrainWithClipping(trial, Steps, limit, TestContext.Current.CancellationToken);

        RecordedTrial recorded = Train(trial, limit);

        Assert.Equal(trial, recorded.Result.Trial);
        Assert.Equal((unrecorded.Outcome, Steps, unrecorded.ClippedSteps),
            (recorded.Result.Outcome, recorded.Result.Steps, recorded.Result.ClippedSteps));
        Assert.Equal(unrecorded.GradientNorms, recorded.Result.GradientNorms);
        Assert.Equal(Steps, recorded.Recommendation?.Steps);
        Assert.Equal((double)unrecorded.ClippedSteps / Steps, recorded.Recommendation?.ClippedShare);
        Assert.Contains($"limit {name}", File.ReadAllText(Page), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_and_the_record_hold_the_steps_of_the_trial()
    {
        RecordedTrial recorded = Train(Clipped, limit: 0.5);

        Assert.Equal([Page, Record], recorded.Files);
        Assert.Equal([Record, Page], Directory.GetFiles(_folder.FullName).Order(StringComparer.Ordinal));
        using var record = JsonDocument.Parse(File.ReadAllText(Record));
        Assert.Equal("temporal-order, Rnn with Sgd, length 10, learning rate 0.1, seed 2, limit 0.5",
            record.RootElement.GetProperty("run").GetString());
        JsonElement model = Assert.Single(record.RootElement.GetProperty("models").EnumerateArray());
        Assert.Equal(typeof(RecurrentNetwork).FullName, model.GetProperty("type").GetString());
        JsonElement limit = Assert.Single(model.GetProperty("limits").EnumerateArray());
        Assert.Equal(0.5, limit.GetProperty("limit").GetDouble());
        Assert.Equal(Steps, limit.GetProperty("steps").GetInt64());
        Assert.Equal(recorded.Result.GradientNorms.Count(norm => norm > 0.5), limit.GetProperty("clipped").GetInt64());
        Assert.Equal((float)recorded.Result.LargestNorm, (float)limit.GetProperty("quantiles").GetProperty("max").GetDouble());
        Assert.Equal(recorded.Recommendation?.Limit, limit.GetProperty("recommended").GetDouble());
        string page = File.ReadAllText(Page);
        Assert.Contains(recorded.Recommendation!.Attribute, page, StringComparison.Ordinal);
        Assert.Contains("TemporalOrder.<wbr>Networks.<wbr>RecurrentNetwork", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trial_that_diverges_is_recorded_up_to_there()
    {
        RecordedTrial recorded = Train(Clipped with { LearningRate = 1e39 }, limit: 1);

        Assert.Equal(TrialOutcome.Diverged, recorded.Result.Outcome);
        Assert.Contains("1 step had a NaN or an infinity", recorded.Recommendation?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_trial_leaves_no_file()
    {
        var cancelled = new CancellationToken(canceled: true);
        var settings = new ExperimentSettings([10], [0.1], Seeds: 1, Steps, Limit: 1);

        Assert.Throws<OperationCanceledException>(() => RecordedTrial.Train(Clipped, settings, _folder, cancelled));
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_program_names_the_files_and_the_limit_before_its_last_line(bool records)
    {
        (int exitCode, string[] lines, string error) = RunSession(records);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches("^solved: with clipping ./1, without ./1$", lines[^1]);
        string[] recording = [.. lines.SkipWhile(line => !line.StartsWith("recorded: ", StringComparison.Ordinal)).SkipLast(2)];
        Assert.Equal(records, File.Exists(Page));
        Assert.Equal(records, File.Exists(Record));
        if (!records)
        {
            Assert.Empty(recording);
            return;
        }

        Assert.Equal("recorded: Rnn with Sgd, length 10, learning rate 0.1, seed 1, limit 1, 100 steps", recording[0]);
        Assert.Equal([$"written: {Page}", $"written: {Record}"], recording[1..3]);
        Assert.StartsWith("the run suggests [ClipGradNorm(", Assert.Single(recording[3..]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_cannot_be_written_is_named()
    {
        Directory.CreateDirectory(Page);

        (int exitCode, _, string error) = RunSession(records: true);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("--output: ", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private RecordedTrial Train(Trial trial, ClippingLimit limit)
    {
        var settings = new ExperimentSettings([trial.Length], [trial.LearningRate], Seeds: 1, Steps, limit);
        return RecordedTrial.Train(trial, settings, _folder, TestContext.Current.CancellationToken);
    }

    private (int ExitCode, string[] Lines, string Error) RunSession(bool records)
    {
        var settings = new ExperimentSettings([10], [0.1], Seeds: 1, StepBudget: 100, Limit: 1);
        (TextWriter usualOutput, TextWriter usualError) = (Console.Out, Console.Error);
        using var output = new StringWriter();
        using var error = new StringWriter();
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            int exitCode = Session.Run(new Request(settings, _folder, records), TestContext.Current.CancellationToken);
            return (exitCode, output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries), error.ToString());
        }
        finally
        {
            Console.SetOut(usualOutput);
            Console.SetError(usualError);
        }
    }
}
