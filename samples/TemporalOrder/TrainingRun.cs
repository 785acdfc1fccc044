using ClipGen.Optimizers;
using TemporalOrder.Networks;

namespace TemporalOrder;

/// <summary>
/// The parts of a trial that are the same on both sides: initial weights, sequences, evaluation, budget and records.
/// </summary>
internal sealed class TrainingRun
{
    /// <summary>The number of steps between two evaluations. A network can be solved only at a multiple of it.</summary>
    public const int EvaluationInterval = 100;

    /// <summary>The number of fresh sequences in an evaluation.</summary>
    public const int EvaluationSequences = 2000;

    // The number of wrong answers that is too many for an error below 1 %.
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

    /// <summary>The sequences of the current step.</summary>
    public SequenceBatch Batch { get; }

    /// <summary>The outcome of the run, set when <see cref="NextBatch"/> returns false.</summary>
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

    /// <summary>Records a step.</summary>
    public void Record(double gradientNorm, bool clipped = false)
    {
        _norms.Add((float)gradientNorm);
        if (clipped) _clippedSteps++;
    }

    /// <summary>The result of a run that ended within its budget.</summary>
    public TrialResult Result() => new(_trial, Outcome, _norms.Count, _clippedSteps, _norms);

    /// <summary>The result of a run with a gradient that is not finite, from which no later step can recover.</summary>
    public TrialResult Diverged() => new(_trial, TrialOutcome.Diverged, _norms.Count, _clippedSteps, _norms);

    private bool End(TrialOutcome outcome)
    {
        Outcome = outcome;
        return false;
    }

    // The sequences depend only on seed, length and step, so both sides are evaluated on the same ones.
    private bool IsSolved()
    {
        var fresh = new RandomStream(_trial.Seed, RandomPurpose.Evaluation, _trial.Length, _norms.Count);
        int errors = 0;
        for (int seen = 0; seen < EvaluationSequences; seen += SequenceBatch.Size)
        {
            TemporalOrderTask.Draw(_evaluationBatch, fresh);
            errors += Network.CountErrors(_evaluationBatch);

            // The result is known early: at the start of training, after one batch.
            if (errors >= TooManyErrors) return false;
        }

        return true;
    }
}
