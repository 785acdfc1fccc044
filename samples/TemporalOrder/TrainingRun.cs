using ClipGen.Optimizers;
using TemporalOrder.Networks;

namespace TemporalOrder;

/// <summary>
/// Everything of a trial that is the same on both sides: initial weights, sequences, evaluation, budget and what is written down.
/// </summary>
internal sealed class TrainingRun
{
    /// <summary>Steps between two evaluations; a network is solved at a multiple of it.</summary>
    public const int EvaluationInterval = 100;

    /// <summary>Fresh sequences in an evaluation.</summary>
    public const int EvaluationSequences = 2000;

    // Solved is an error below 1 %: this many wrong answers are too many.
    private const int TooManyErrors = EvaluationSequences / 100;

    private readonly Trial _trial;
    private readonly int _stepBudget;
    private readonly CancellationToken _cancellation;
    private readonly RandomStream _sequences;
    private readonly SequenceBatch _evaluationBatch;
    private readonly List<float> _norms = [];
    private int _clippedSteps;

    public TrainingRun(Trial trial, int stepBudget, CancellationToken cancellation)
    {
        _trial = trial;
        _stepBudget = stepBudget;
        _cancellation = cancellation;
        _sequences = new RandomStream(trial.Seed, RandomPurpose.Training, trial.Length);
        _evaluationBatch = new SequenceBatch(trial.Length);
        Batch = new SequenceBatch(trial.Length);
        Network = new RecurrentNetwork(trial.Cell, trial.Length);
        Optimizer = trial.Optimizer.Create(trial.LearningRate);
        Initialization.Draw(Network, trial.Seed);
    }

    public RecurrentNetwork Network { get; }

    public Optimizer Optimizer { get; }

    /// <summary>The sequences of the present step.</summary>
    public SequenceBatch Batch { get; }

    /// <summary>How the run ended; set as soon as <see cref="NextBatch"/> is false.</summary>
    public TrialOutcome Outcome { get; private set; }

    /// <summary>Draws the sequences of the next step, unless the run is over.</summary>
    public bool NextBatch()
    {
        if (_norms.Count % EvaluationInterval == 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (_norms.Count > 0 && IsSolved()) return End(TrialOutcome.Solved);
        }

        if (_norms.Count >= _stepBudget) return End(TrialOutcome.OutOfSteps);

        TemporalOrderTask.Draw(Batch, _sequences);
        return true;
    }

    /// <summary>Writes down a step.</summary>
    public void Record(double gradientNorm, bool clipped = false)
    {
        _norms.Add((float)gradientNorm);
        if (clipped) _clippedSteps++;
    }

    /// <summary>The result of a run that ended within its budget.</summary>
    public TrialResult Result() => new(_trial, Outcome, _norms.Count, _clippedSteps, _norms);

    /// <summary>The result of a run whose gradients are no longer finite: no later step can mend that.</summary>
    public TrialResult Diverged() => new(_trial, TrialOutcome.Diverged, _norms.Count, _clippedSteps, _norms);

    private bool End(TrialOutcome outcome)
    {
        Outcome = outcome;
        return false;
    }

    // The sequences depend on seed, length and step alone, so both sides sit the same examination.
    private bool IsSolved()
    {
        var fresh = new RandomStream(_trial.Seed, RandomPurpose.Evaluation, _trial.Length, _norms.Count);
        int errors = 0;
        for (int seen = 0; seen < EvaluationSequences; seen += SequenceBatch.Size)
        {
            TemporalOrderTask.Draw(_evaluationBatch, fresh);
            errors += Network.CountErrors(_evaluationBatch);

            // The answer is known, and early in training it is known after one batch.
            if (errors >= TooManyErrors) return false;
        }

        return true;
    }
}
