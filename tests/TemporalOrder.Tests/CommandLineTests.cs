using TemporalOrder.Networks;

namespace TemporalOrder.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--lengths 9", "--lengths: '9'")]
    [InlineData("--lengths 20,x", "--lengths: 'x'")]
    [InlineData("--lengths 20,20", "--lengths: '20'")]
    [InlineData("--lengths 501", "--lengths: '501'")]
    [InlineData("--lengths 20,", "--lengths: ''")]
    [InlineData("--lengths", "--lengths")]
    [InlineData("--seeds 0", "--seeds: '0'")]
    [InlineData("--seeds -1", "--seeds: '-1'")]
    [InlineData("--seeds 2.5", "--seeds: '2.5'")]
    [InlineData("--learning-rates 0", "--learning-rates: '0'")]
    [InlineData("--learning-rates 0.1,-0.1", "--learning-rates: '-0.1'")]
    [InlineData("--learning-rates NaN", "--learning-rates: 'NaN'")]
    [InlineData("--learning-rates 0.1,0.10", "--learning-rates: '0.10'")]
    [InlineData("--limit 0", "--limit: '0'")]
    [InlineData("--limit autoclip", "--limit: 'autoclip'")]
    [InlineData("--limit -1", "--limit: '-1'")]
    [InlineData("--limit NaN", "--limit: 'NaN'")]
    [InlineData("--limit Infinity", "--limit: 'Infinity'")]
    [InlineData("--limit 1,5", "--limit: '1,5'")]
    [InlineData("--steps 99", "--steps: '99'")]
    [InlineData("--cell tcn", "--cell: 'tcn'")]
    [InlineData("--cell 1", "--cell: '1'")]
    [InlineData("--cell rnn,gru", "--cell: 'rnn,gru'")]
    [InlineData("--optimizer lion", "--optimizer: 'lion'")]
    [InlineData("--optimizer", "--optimizer")]
    [InlineData("--sedes 3", "--sedes")]
    [InlineData("--record run.clipgen.json", "'run.clipgen.json'")]
    [InlineData("--record=run.clipgen.json", "'run.clipgen.json'")]
    public void A_wrong_option_is_named_in_one_line_and_nothing_is_trained(string arguments, string named)
    {
        (int exitCode, _, string error, Request? request) = Invoke(arguments.Split(' '));

        Assert.NotEqual(0, exitCode);
        Assert.Null(request);
        Assert.Contains(named, error);
        string line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), text => text.Contains(named));
        Assert.True(line.Length < 160, line);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named_and_nothing_is_trained()
    {
        string file = Path.GetTempFileName();
        try
        {
            (int exitCode, _, string error, Request? request) = Invoke("--output", Path.Combine(file, "results"));

            Assert.NotEqual(0, exitCode);
            Assert.Null(request);
            Assert.StartsWith("--output: cannot write to", error);
            Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Without_options_the_default_experiment_runs()
    {
        Request request = InvokeInTemporaryFolder();

        Assert.Equal(ExperimentSettings.Default, request.Settings);
        Assert.True(request.Settings.Seeds >= 5);
    }

    [Fact]
    public void Quick_takes_the_small_experiment_and_other_options_still_count()
    {
        ExperimentSettings settings = InvokeInTemporaryFolder("--quick", "--seeds", "2").Settings;

        Assert.Equal(ExperimentSettings.Quick with { Seeds = 2 }, settings);
    }

    [Theory]
    [InlineData("rnn", CellKind.Rnn)]
    [InlineData("lstm", CellKind.Lstm)]
    [InlineData("GRU", CellKind.Gru)]
    public void A_cell_is_taken_by_its_name(string name, CellKind cell) =>
        Assert.Equal(ExperimentSettings.Default with { Cell = cell }, InvokeInTemporaryFolder("--cell", name).Settings);

    [Theory]
    [InlineData("sgd", OptimizerKind.Sgd, 0.003)]
    [InlineData("rmsprop", OptimizerKind.RmsProp, 0.0003)]
    [InlineData("adam", OptimizerKind.Adam, 0.0003)]
    [InlineData("adamw", OptimizerKind.AdamW, 0.0003)]
    public void An_optimizer_brings_its_learning_rates_unless_others_are_given(string name, OptimizerKind optimizer, double smallest)
    {
        ExperimentSettings settings = InvokeInTemporaryFolder("--optimizer", name).Settings;
        Assert.Equal(optimizer, settings.Optimizer);
        Assert.Equal(smallest, settings.LearningRates[0]);
        Assert.All(settings.Trials(), trial => Assert.Equal(optimizer, trial.Optimizer));

        Assert.Equal([0.5], InvokeInTemporaryFolder("--optimizer", name, "--learning-rates", "0.5").Settings.LearningRates);
    }

    [Fact]
    public void A_trial_is_recorded_only_on_request()
    {
        Assert.False(InvokeInTemporaryFolder("--limit", "auto").Records);
        Assert.True(InvokeInTemporaryFolder("--record", "--limit", "auto").Records);
    }

    [Fact]
    public void Lists_are_separated_by_commas_or_spaces()
    {
        ExperimentSettings settings = InvokeInTemporaryFolder(
            "--lengths", "10,20", "30", "--learning-rates", "1e-2", "0.5", "--limit", "2.5", "--steps", "100").Settings;

        Assert.Equal([10, 20, 30], settings.Lengths);
        Assert.Equal([0.01, 0.5], settings.LearningRates);
        Assert.Equal(2.5, settings.Limit);
        Assert.Equal(100, settings.StepBudget);
    }

    [Fact]
    public void Help_names_every_option()
    {
        (int exitCode, string output, _, Request? request) = Invoke("--help");

        Assert.Equal(0, exitCode);
        Assert.Null(request);
        foreach (string option in (string[])["--quick", "--cell", "--optimizer", "--lengths", "--seeds", "--learning-rates", "--limit",
            "--steps", "--record", "--output"])
        {
            Assert.Contains(option, output);
        }
    }

    [Fact]
    public void The_exit_code_is_that_of_the_run()
    {
        using var output = new StringWriter();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("temporal-order-");
        int exitCode = CommandLine.Invoke(["--output", folder.FullName], output, output, (_, _) => 42);
        folder.Delete();

        Assert.Equal(42, exitCode);
    }

    private static Request InvokeInTemporaryFolder(params string[] arguments)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("temporal-order-");
        (int exitCode, _, string error, Request? request) = Invoke([.. arguments, "--output", folder.FullName]);

        // The folder was checked for write access, without leaving a file.
        Assert.Empty(folder.GetFileSystemInfos());
        folder.Delete();
        Assert.Equal("", error);
        Assert.Equal(0, exitCode);
        Assert.NotNull(request);
        Assert.Equal(folder.FullName, request.Output.FullName);
        return request;
    }

    private static (int ExitCode, string Output, string Error, Request? Request) Invoke(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Request? received = null;
        int exitCode = CommandLine.Invoke(arguments, output, error, (request, _) =>
        {
            received = request;
            return 0;
        });
        return (exitCode, output.ToString(), error.ToString(), received);
    }
}
