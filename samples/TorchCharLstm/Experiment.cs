using TorchSharp;

namespace TorchCharLstm;

/// <summary>Trains every trial: each seed with and without clipping, at each learning rate of its side.</summary>
public sealed class Experiment(Settings settings)
{
    private const int TextLength = 200_000;
    private const int ExamLength = 20_000;
    private readonly long[] _text = Vocabulary.Encode(NestedTags.Write(TextLength, settings.Depth, seed: 1));
    private readonly string _exam = NestedTags.Write(ExamLength, settings.Depth, seed: 2);

    /// <summary>All trials, in the order of their results.</summary>
    public IReadOnlyList<Trial> Trials { get; } =
    [
        .. settings.ClippedRates.SelectMany(
            rate => Enumerable.Range(1, settings.Seeds).Select(seed => new Trial(Clipped: true, rate, seed))),
        .. settings.UnclippedRates.SelectMany(
            rate => Enumerable.Range(1, settings.Seeds).Select(seed => new Trial(Clipped: false, rate, seed))),
    ];

    /// <summary>Runs all trials, one thread for each, as many at the same time as there are processors.</summary>
    /// <param name="finished">Called with each result when it is available, by one thread at a time.</param>
    /// <param name="cancellation">Ends the training early.</param>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public IReadOnlyList<TrialResult> Run(Action<TrialResult> finished, CancellationToken cancellation)
    {
        torch.set_num_threads(1);

        // Weights are drawn from one generator, so the networks are created one after the other.
        CharLstm[] models = [.. Trials.Select(CreateModel)];
        var results = new TrialResult[models.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        Parallel.For(0, models.Length, options, index =>
        {
            using CharLstm model = models[index];
            results[index] = Train(Trials[index], model, cancellation);
            lock (results)
                finished(results[index]);
        });
        cancellation.ThrowIfCancellationRequested();
        return results;
    }

    private CharLstm CreateModel(Trial trial)
    {
        torch.random.manual_seed(trial.Seed);
        return new CharLstm(Vocabulary.Count, settings.Hidden);
    }

    private TrialResult Train(Trial trial, CharLstm model, CancellationToken cancellation)
    {
        var steps = new List<TrainingStep>(settings.Steps);
        var trainer = new Trainer(model, _text, trial.LearningRate, settings);
        if (trial.Clipped)
            trainer.TrainClipped(steps.Add, cancellation);
        else
            trainer.TrainUnclipped(steps.Add, cancellation);
        string sample = trial.Clipped && settings.SampleLength > 0 ? TextSampler.Sample(model, settings.SampleLength) : "";
        return new TrialResult(trial, steps, ClosingTags.PredictedBy(model, _exam), sample);
    }
}
