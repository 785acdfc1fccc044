using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using BenchmarkDotNet.Running;
using ClipGen.Benchmarks.Contenders.Steps;
using ClipGen.Benchmarks.Measurement;
using ClipGen.Benchmarks.Models;
using ClipGen.Benchmarks.Models.Steps;

namespace ClipGen.Benchmarks;

/// <summary>The commands of the program. Errors in the options are reported before the measurement, one on each line.</summary>
public static class Commands
{
    private const string DefaultRuntime = "default";
    private const string AllRuntimes = "all";
    private const double UsualSeconds = 130;
    private const double UsualStepSeconds = 80;
    private const double UsualLimitSeconds = 40;

    /// <summary>Runs the command that <paramref name="arguments"/> ask for.</summary>
    /// <returns>The exit code: 0 for success and help, 1 for wrong arguments and failures, 130 when cancelled.</returns>
    public static int Invoke(string[] arguments)
    {
        // BenchmarkDotNet parses its own command line.
        if (arguments is ["bdn", .. string[] rest])
        {
            return BenchmarkSwitcher.FromAssembly(typeof(Commands).Assembly).Run(rest).Any() ? 0 : 1;
        }

        ParseResult parsed = CreateCommand().Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (string mistake in parsed.Errors.Select(found => found.Message).Distinct()) Console.Error.WriteLine(mistake);

            return 1;
        }

        return parsed.Invoke(new InvocationConfiguration());
    }

    private static RootCommand CreateCommand() =>
        new("Measures ClipGen: the clipping against other ways to clip, the generator against other generators, and what the analyzers add "
            + "to a compilation.")
        {
            CreateRatios(), CreateSteps(), CreateLimits(), CreateMetrics(), CreateStart(), CreateAccuracy(), CreateAheadOfTime(),
            CreateCompiler(),
            CreateAnalyzers(),
            new Command("bdn", "Runs the clipping under BenchmarkDotNet; takes its options"),
        };

    private static Command CreateRatios()
    {
        Option<bool> write = new("--write") { Description = "Write benchmarks.md and images/benchmarks.png" };
        Option<DirectoryInfo?> output = new("--output")
        {
            Description = "The folder that --write writes to [default: docs of this repository]",
            HelpName = "folder",
        };
        Option<string> runtime = new("--runtime")
        {
            Description = "The configuration of the runtime, in separate processes unless it is the default; all with --write",
            DefaultValueFactory = _ => "",
        };
        runtime.AcceptOnlyFromAmong([DefaultRuntime, AllRuntimes, .. RuntimeSetting.All.Select(setting => setting.Name)]);
        Option<ModelShape[]> models = new("--models")
        {
            Description = $"The models to measure [default: {string.Join(',', ModelShape.All.Select(shape => shape.Name))}]",
            HelpName = "40x16,…",
            CustomParser = result => ParseModels(result, ModelShape.All),
        };
        Option<GradientOwner[]> owners = new("--over")
        {
            Description = "What holds the gradients: arrays of networks written by hand (arrays), parameters of TorchSharp (torch) "
                + "[default: arrays,torch]",
            HelpName = "arrays,torch",
            CustomParser = result => ParseValues<GradientOwner>(result, "--over", "arrays, torch, or arrays,torch"),
        };
        Option<double> seconds = new("--seconds")
        {
            Description = "How long to measure, warm-up apart, which takes about as long again for few models",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
            DefaultValueFactory = _ => UsualSeconds,
        };
        Option<FileInfo?> report = new(RatioRun.ReportOption) { Hidden = true };
        var command = new Command("ratios", "All contenders, interleaved in one process: medians, ratios and their spread")
        {
            write, output, runtime, owners, models, seconds, report,
        };
        command.SetAction((parsed, cancellation) => Run(() => RatioSession.Run(
            new RatioRequest(
                Given(parsed.GetValue(owners)) ?? [GradientOwner.Arrays, GradientOwner.Torch],
                Given(parsed.GetValue(models)) ?? [.. ModelShape.All],
                parsed.GetValue(seconds),
                Chosen(parsed) is DefaultRuntime or AllRuntimes,
                [.. RuntimeSetting.All.Where(setting => Chosen(parsed) == AllRuntimes || Chosen(parsed) == setting.Name)],
                parsed.GetValue(write) ? parsed.GetValue(output) ?? Repository.Docs() : null,
                parsed.GetValue(report)),
            cancellation)));
        return command;

        string Chosen(ParseResult parsed) =>
            parsed.GetValue(runtime) is { Length: > 0 } chosen ? chosen : parsed.GetValue(write) ? AllRuntimes : DefaultRuntime;
    }

    private static Command CreateSteps()
    {
        Option<bool> write = new("--write") { Description = "Write benchmarks-steps.md and images/benchmarks-steps.png" };
        Option<DirectoryInfo?> output = new("--output")
        {
            Description = "The folder that --write writes to [default: docs of this repository]",
            HelpName = "folder",
        };
        Option<UpdateRule[]> optimizers = new("--optimizers")
        {
            Description = "The optimizers to measure [default: adamw,adam,sgd,rmsprop]",
            HelpName = "adamw,…",
            CustomParser = result => ParseValues<UpdateRule>(result, "--optimizers", "some of adamw, adam, sgd and rmsprop"),
        };
        Option<ModelShape[]> models = new("--models")
        {
            Description = $"The models to measure [default: {string.Join(',', StepShapes.All.Select(shape => shape.Name))}]",
            HelpName = "8x256,…",
            CustomParser = result => ParseModels(result, StepShapes.All),
        };
        Option<double> seconds = new("--seconds")
        {
            Description = "How long to measure, warm-up apart",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
            DefaultValueFactory = _ => UsualStepSeconds,
        };
        var command = new Command("steps", "Clip and step together: in one call, in two, by TensorPrimitives, and by TorchSharp")
        {
            write, output, optimizers, models, seconds,
        };
        command.SetAction((parsed, cancellation) => Run(() => StepSession.Run(
            Given(parsed.GetValue(optimizers)) ?? Enum.GetValues<UpdateRule>(),
            Given(parsed.GetValue(models)) ?? [.. StepShapes.All],
            parsed.GetValue(seconds),
            parsed.GetValue(write) ? parsed.GetValue(output) ?? Repository.Docs() : null,
            cancellation)));
        return command;
    }

    private static Command CreateLimits()
    {
        ModelShape[] usual = [.. StepShapes.All.Where(shape => shape.Name is "8x12500" or "8x131072")];
        Option<ModelShape[]> models = new("--models")
        {
            Description = $"The models to measure [default: {string.Join(',', usual.Select(shape => shape.Name))}]",
            HelpName = "8x12500,…",
            CustomParser = result => ParseModels(result, StepShapes.All),
        };
        Option<double> seconds = new("--seconds")
        {
            Description = "How long to measure, warm-up apart",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
            DefaultValueFactory = _ => UsualLimitSeconds,
        };
        var command = new Command("limits", "Adaptive limits compared with a fixed one: AutoClip, ZClip, AGC and AdaGC")
        {
            models, seconds,
        };
        command.SetAction((parsed, cancellation) => Run(() =>
            LimitSession.Run(Given(parsed.GetValue(models)) ?? usual, parsed.GetValue(seconds), cancellation)));
        return command;
    }

    private static Command CreateMetrics()
    {
        ModelShape[] usual = [.. ModelShape.All.Where(shape => shape.Name is "40x16" or "8x256" or "8x12500" or "8x131072")];
        Option<ModelShape[]> models = new("--models")
        {
            Description = $"The models to measure [default: {string.Join(',', usual.Select(shape => shape.Name))}]",
            HelpName = "40x16,…",
            CustomParser = result => ParseModels(result, ModelShape.All),
        };
        Option<double> seconds = new("--seconds")
        {
            Description = "How long to measure, warm-up apart",
            HelpName = "seconds",
            CustomParser = ParseSeconds,
            DefaultValueFactory = _ => UsualLimitSeconds,
        };
        var command = new Command("metrics", "What metrics and recorders cost: nobody listens, a listener, a recorder") { models, seconds };
        command.SetAction((parsed, cancellation) => Run(() =>
            MetricsSession.Run(Given(parsed.GetValue(models)) ?? usual, parsed.GetValue(seconds), cancellation)));
        return command;
    }

    private static Command CreateStart()
    {
        Option<ModelShape[]> models = new("--models")
        {
            Description = "The models to measure [default: those that fit into caches]",
            HelpName = "40x16,…",
            CustomParser = result => ParseModels(result, ModelShape.All),
        };
        Option<int> processes = new("--processes") { Description = "How many processes each contender gets", DefaultValueFactory = _ => 5 };
        AcceptOnlyFrom(processes, 1, 100);
        Option<string> contender = new("--contender") { Hidden = true };
        Option<FileInfo?> report = new(StartSession.ReportOption) { Hidden = true };
        var command = new Command("start", "The first 100 calls of a process, most of them before the JIT optimizes") { models, processes,
            contender, report };
        command.SetAction((parsed, cancellation) => Run(() =>
        {
            ModelShape[] shapes = Given(parsed.GetValue(models)) ?? [.. ModelShape.All.Where(shape => !shape.IsBeyondCaches)];
            if (parsed.GetValue(report) is { } file)
                StartSession.Here(shapes[0], parsed.GetValue(contender)!, file);
            else
                StartSession.Run(shapes, parsed.GetValue(processes), cancellation);
        }));
        return command;
    }

    private static Command CreateAccuracy()
    {
        var command = new Command("accuracy", "Gradients for which clip_grad_norm_ gives another result than the exact one");
        command.SetAction((_, cancellation) => Run(() => AccuracySession.Run(cancellation)));
        return command;
    }

    private static Command CreateAheadOfTime()
    {
        var command = new Command("aot", "The same clip, compiled ahead of time for the oldest processors and for this one");
        command.SetAction((_, cancellation) => Run(() => AheadOfTimeSession.Run(cancellation)));
        return command;
    }

    private static Command CreateCompiler()
    {
        Option<int> types = new("--types")
        {
            Description = "How many annotated types each generator gets",
            DefaultValueFactory = _ => 1000,
        };
        Option<int> rounds = new("--rounds") { Description = "How many times each is measured", DefaultValueFactory = _ => 3 };
        AcceptOnlyFrom(types, 10, 10_000);
        AcceptOnlyFrom(rounds, 3, 1000);
        var command = new Command("compiler", "The generator beside those of CommunityToolkit.Mvvm and Riok.Mapperly: a cold run, and an "
            + "edit elsewhere")
        {
            types, rounds,
        };
        command.SetAction((parsed, cancellation) =>
            Run(() => CompilerSession.Run(parsed.GetValue(types), parsed.GetValue(rounds), cancellation)));
        return command;
    }

    private static Command CreateAnalyzers()
    {
        Option<int> files = new("--files") { Description = "How many files the project has", DefaultValueFactory = _ => 2000 };
        Option<int> rounds = new("--rounds") { Description = "How many times each is measured", DefaultValueFactory = _ => 3 };
        AcceptOnlyFrom(files, 50, 20_000);
        AcceptOnlyFrom(rounds, 3, 1000);
        var command = new Command("analyzers", "What the analyzers add to the compilation of a large project, with and without the "
            + "libraries that they watch")
        {
            files, rounds,
        };
        command.SetAction((parsed, cancellation) =>
            Run(() => AnalyzerSession.Run(parsed.GetValue(files), parsed.GetValue(rounds), cancellation)));
        command.Subcommands.Add(CreateStress());
        return command;
    }

    private static Command CreateStress()
    {
        Option<string> shapes = new("--shapes")
        {
            Description = "A part of the names of the programs to measure [default: all]",
            DefaultValueFactory = _ => "",
        };
        Option<int> rounds = new("--rounds") { Description = "How many times each is measured", DefaultValueFactory = _ => 3 };
        Option<double> scale =
            new("--scale") { Description = "How large the programs are, in parts of their own size", DefaultValueFactory = _ => 1 };
        AcceptOnlyFrom(rounds, 1, 1000);
        var command = new Command("stress", "What the analyzers and the generator take for programs that are very large in one way; fails "
            + "beyond the bound")
        {
            shapes, scale, rounds,
        };
        command.SetAction((parsed, cancellation) =>
            Run(() => StressSession.Run(parsed.GetValue(shapes)!, parsed.GetValue(scale), parsed.GetValue(rounds), cancellation)));
        return command;
    }

    private static Task<int> Run(Action session) => Task.Run(
        () =>
        {
            try
            {
                session();
                return 0;
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("Cancelled.");
                return 130;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                Console.Error.WriteLine(exception.Message);
                return 1;
            }
        },
        CancellationToken.None);

    // A list that is not on the command line is an empty one.
    private static T[]? Given<T>(T[]? list) => list is { Length: > 0 } ? list : null;

    private static ModelShape[]? ParseModels(ArgumentResult result, IReadOnlyList<ModelShape> all)
    {
        var chosen = new List<ModelShape>();
        foreach (string name in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (all.FirstOrDefault(shape => shape.Name == name) is not { } shape)
            {
                result.AddError($"--models: '{name}' is not valid: the models are {string.Join(", ", all.Select(each => each.Name))}.");
                return null;
            }

            if (!chosen.Contains(shape)) chosen.Add(shape);
        }

        return [.. chosen];
    }

    private static TValue[]? ParseValues<TValue>(ArgumentResult result, string option, string allowed)
        where TValue : struct, Enum
    {
        var chosen = new List<TValue>();
        foreach (string name in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!Enum.TryParse(name, ignoreCase: true, out TValue value) || !Enum.IsDefined(value) || int.TryParse(name, out _))
            {
                result.AddError($"{option}: '{name}' is not valid: it must be {allowed}.");
                return null;
            }

            if (!chosen.Contains(value)) chosen.Add(value);
        }

        return [.. chosen];
    }

    private static double ParseSeconds(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds is > 0 and <= 3600)
        {
            return seconds;
        }

        result.AddError($"--seconds: '{text}' is not valid: the time must be a number greater than 0 and at most 3600.");
        return 0;
    }

    private static void AcceptOnlyFrom(Option<int> option, int smallest, int largest) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is int value && (value < smallest || value > largest))
        {
            result.AddError($"{option.Name}: '{value}' is not valid: it must be a whole number from {smallest} to {largest}.");
        }
    });
}
