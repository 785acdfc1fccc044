using TorchCharLstm;
using TorchSharp;

namespace ClipGen.Torch.Tests.Sample;

/// <summary>The sample trains, clips and writes text.</summary>
public sealed class CharLstmTests : TorchTests
{
    private static readonly string Text = string.Concat(Enumerable.Repeat("for (int i = 0; i < length; i++)\n    sum += values[i];\n", 60));

    [Fact]
    public void Both_loops_learn_and_only_one_clips()
    {
        var vocabulary = new Vocabulary(Text);
        var settings = new Settings { Steps = 60, Hidden = 24, Length = 16, Batch = 4 };
        using var model = new CharLstm(vocabulary.Count, settings.Hidden);
        using var twin = new CharLstm(vocabulary.Count, settings.Hidden);
        var clipped = new List<TrainingStep>();
        var unclipped = new List<TrainingStep>();

        new Trainer(model, vocabulary.Encode(Text), settings).TrainClipped(clipped.Add, TestContext.Current.CancellationToken);
        new Trainer(twin, vocabulary.Encode(Text), settings).TrainUnclipped(unclipped.Add, TestContext.Current.CancellationToken);

        Assert.Equal(settings.Steps, clipped.Count);
        Assert.All(clipped, step => Assert.Equal(step.GradientNorm > CharLstm.Limit, step.Clipped));
        Assert.Contains(clipped, step => step.Clipped);
        Assert.DoesNotContain(unclipped, step => step.Clipped);
        Assert.True(clipped[^1].Loss < 0.6 * clipped[0].Loss);
        Assert.True(unclipped[^1].Loss < 0.6 * unclipped[0].Loss);
        string written = TextSampler.Sample(model, vocabulary, 50);
        Assert.Equal("namespace ".Length + 50, written.Length);
    }

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

    [Fact]
    public void The_corpus_is_this_repository()
    {
        Corpus corpus = Corpus.Read(null);
        Assert.Contains("The_corpus_is_this_repository", corpus.Text, StringComparison.Ordinal);
        var vocabulary = new Vocabulary(corpus.Text);
        Assert.Equal("namespace ClipGen;", vocabulary.Decode(vocabulary.Encode("namespace ClipGen;")));
    }

    [Theory]
    [InlineData("--steps", "0", "--steps: '0' is not valid: it must be a whole number from 1 to 1000000.")]
    [InlineData("--learning-rate", "-1", "--learning-rate: '-1' is not valid: it must be a number greater than 0 and at most 10.")]
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
        CommandLine.Invoke(["--steps", "7", "--hidden", "9"], TextWriter.Null, TextWriter.Null, (settings, _) =>
        {
            asked = settings;
            return 3;
        });
        Assert.Equal(7, asked!.Steps);
        Assert.Equal(9, asked.Hidden);
        Assert.Equal(new Settings().LearningRate, asked.LearningRate);
    }
}
