using System.Text.RegularExpressions;
using TorchCharLstm;
using TorchSharp;

namespace ClipGen.Torch.Tests.Sample;

/// <summary>The sample trains, clips and generates text.</summary>
public sealed class CharLstmTests : TorchTests
{
    private static readonly string Text = NestedTags.Write(4000, depth: 2, seed: 3);

    [Fact]
    public void Both_loops_learn_and_only_one_clips()
    {
        var settings = new Settings { Steps = 150, Hidden = 24, Length = 16, Batch = 4 };
        using var model = new CharLstm(Vocabulary.Count, settings.Hidden);
        using var twin = new CharLstm(Vocabulary.Count, settings.Hidden);
        var clipped = new List<TrainingStep>();
        var unclipped = new List<TrainingStep>();

        new Trainer(model, Vocabulary.Encode(Text), 1, settings).TrainClipped(clipped.Add, TestContext.Current.CancellationToken);
        new Trainer(twin, Vocabulary.Encode(Text), 1, settings).TrainUnclipped(unclipped.Add, TestContext.Current.CancellationToken);

        Assert.Equal(settings.Steps, clipped.Count);
        Assert.All(clipped, step => Assert.Equal(step.GradientNorm > CharLstm.Limit, step.Clipped));
        Assert.Contains(clipped, step => step.Clipped);
        Assert.DoesNotContain(unclipped, step => step.Clipped);
        Assert.All([clipped, unclipped], run => Assert.InRange(run.TakeLast(20).Average(step => step.Loss), 0, 0.75 * run[0].Loss));
        Assert.Equal(50, TextSampler.Sample(model, 50).Length);
    }

    [Fact]
    public void Each_side_counts_at_its_best_learning_rate()
    {
        var report = new Report(
        [
            Result(clipped: true, 1, 1, 0.5), Result(clipped: true, 1, 2, 0.9), Result(clipped: true, 2, 1, 0.8),
            Result(clipped: true, 2, 2, 0.8),
            Result(clipped: false, 0.5, 1, 0.4), Result(clipped: false, 0.5, 2, 0.3),
        ]);

        Assert.Equal([2.0, 2.0], report.Best(clipped: true).Select(result => result.Trial.LearningRate));
        Assert.Equal($"closing tags predicted: with clipping {0.8:p0}, without {0.35:p0}", report.Conclusion);

        static TrialResult Result(bool clipped, double rate, int seed, double share) =>
            new(new Trial(clipped, rate, seed), [new TrainingStep(1, 1, clipped)], share, "");
    }

    [Fact]
    public void The_text_closes_what_it_opens_and_is_the_same_for_a_seed()
    {
        string text = NestedTags.Write(5000, depth: 4, seed: 7);

        Assert.Equal(text, NestedTags.Write(5000, depth: 4, seed: 7));
        Assert.StartsWith("<fd><ea><fc><af>z</af><fa>yx</fa></fc>", text, StringComparison.Ordinal);
        Assert.All(text, character => Assert.Contains(character, NestedTags.Alphabet));
        var open = new Stack<string>();
        int deepest = 0;
        foreach (Match tag in Regex.Matches(text, "<(/?)([a-f]{2})>"))
        {
            if (tag.Groups[1].Length == 0)
                open.Push(tag.Groups[2].Value);
            else
                Assert.Equal(open.Pop(), tag.Groups[2].Value);
            deepest = Math.Max(deepest, open.Count);
        }

        Assert.Empty(open);
        Assert.Equal(4, deepest);
        Assert.Equal(text, Vocabulary.Decode(Vocabulary.Encode(text)));
    }

    [Fact]
    public void Only_names_of_closing_tags_are_counted() =>
        Assert.Equal(
            [7, 8, 15, 16],
            NestedTags.FindClosingNames("<ab>x</ab>\ny<c/de>").Index().Where(each => each.Item).Select(each => each.Index));

    [Fact]
    public void A_text_is_read_in_stretches_that_follow_each_other()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        var reader = new TorchCharLstm.TextReader([.. Enumerable.Range(0, 21).Select(i => (long)i)], 2, 5);
        (torch.Tensor input, torch.Tensor target) = reader.Next(out bool startsOver);
        Assert.True(startsOver);
        Assert.Equal([0, 1, 2, 3, 4, 10, 11, 12, 13, 14], input.data<long>().ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 11, 12, 13, 14, 15], target.data<long>().ToArray());
        Assert.Equal([5, 6, 7, 8, 9, 15, 16, 17, 18, 19], reader.Next(out startsOver).Input.data<long>().ToArray());
        Assert.False(startsOver);
        Assert.Equal(0, reader.Next(out startsOver).Input.data<long>()[0]);
        Assert.True(startsOver);
    }

    [Theory]
    [InlineData("--steps", "0", "--steps: '0' is not valid: it must be a whole number from 1 to 1000000.")]
    [InlineData("--clipped-rates", "1,-1", "--clipped-rates: '1,-1' is not valid: it must be numbers greater than 0 and at most 100, with "
        + "commas between them.")]
    public void Wrong_options_are_said_in_one_line(string option, string value, string message)
    {
        using var error = new StringWriter();
        Assert.Equal(1, CommandLine.Invoke([option, value], TextWriter.Null, error, (_, _) => 0));
        Assert.Equal(message + Environment.NewLine, error.ToString());
    }

    [Fact]
    public void Options_reach_the_settings()
    {
        Settings? asked = null;
        CommandLine.Invoke(["--steps", "7", "--hidden", "9", "--unclipped-rates", "0.5,2"], TextWriter.Null, TextWriter.Null,
            (settings, _) =>
        {
            asked = settings;
            return 3;
        });
        Assert.Equal(7, asked!.Steps);
        Assert.Equal(9, asked.Hidden);
        Assert.Equal([0.5, 2], asked.UnclippedRates);
        Assert.Equal(new Settings().ClippedRates, asked.ClippedRates);
    }
}
