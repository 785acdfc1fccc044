using ClipGen.Numerics;

namespace ClipGen.Observing;

/// <summary>A clip that is observed. Create it before the clip, complete it afterwards, and dispose of it.</summary>
internal readonly ref struct ObservedClip
{
    [ThreadStatic]
    private static ClipReport? _kept;

    private readonly ObservedModel _model;
    private readonly ReadOnlySpan<ClipRule> _rules;
    private readonly double? _limit;
    private readonly LossScaler? _scaler;
    private readonly double _scale = 1;
    private readonly bool _isRented;

    /// <summary>Begins the observation.</summary>
    /// <param name="model">The model whose gradients are clipped.</param>
    /// <param name="rules">The limits, in the units of the gradients without a loss scale.</param>
    /// <param name="report">The caller's own report, or null.</param>
    /// <param name="limit">The limit instead of the declared one, or null.</param>
    /// <param name="scaler">The loss scale of the gradients, or null.</param>
    /// <param name="followsGradients">Whether an adaptive limit replaces the declared one.</param>
    internal ObservedClip(
        ObservedModel model,
        ReadOnlySpan<ClipRule> rules,
        ClipReport? report = null,
        double? limit = null,
        LossScaler? scaler = null,
        bool followsGradients = false)
    {
        _model = model;
        _rules = rules;
        _limit = limit;
        _scaler = scaler;
        _scale = scaler?.Scale ?? 1;
        Report = report;
        if (report is not null || (!ClipObservation.IsRecording && IsOneNorm && !followsGradients))
            return;
        Report = _kept ?? new ClipReport();
        _kept = null;
        _isRented = true;
    }

    /// <summary>The report that the clip must fill in, or null if its result is sufficient.</summary>
    internal ClipReport? Report { get; }

    // Whether the result of the clip and the rule contain the norm and the only limit.
    private bool IsOneNorm => _rules is [{ ByValue: false, Scope: ClipScope.Global, Group: null, Settings: null }];

    /// <summary>Publishes the result of the clip.</summary>
    /// <param name="result">The result, in the units of the gradients without the loss scale.</param>
    internal void Complete(in ClipResult result)
    {
        bool isSkipped = result.Skipped || (!result.IsFinite && !AreAllPropagated());
        Publish(result, isSkipped ? ClipOutcome.Skipped : result.Clipped ? ClipOutcome.Clipped : ClipOutcome.Kept);
    }

    /// <summary>
    /// Publishes that the clip has thrown because a gradient was not finite. Always returns false, for use in an exception filter.
    /// </summary>
    internal bool Fail()
    {
        Publish(new ClipResult { TotalNorm = double.NaN, Scale = 1 }, ClipOutcome.Skipped);
        return false;
    }

    /// <summary>Releases the report.</summary>
    public void Dispose()
    {
        if (_isRented)
            _kept = Report;
    }

    private bool AreAllPropagated()
    {
        foreach (ref readonly ClipRule rule in _rules)
        {
            if (rule.NonFinite != NonFinitePolicy.Propagate)
                return false;
        }

        return true;
    }

    private void Publish(in ClipResult result, ClipOutcome outcome)
    {
        var only = new LimitResult(_rules[0])
        {
            Limit = _limit ?? _rules[0].Limit,
            Norm = result.TotalNorm,
            Factor = result.Scale,
            Clipped = result.Clipped,
        };
        if (Report is { } report && _scale != 1)
            report.DivideNorms(_scale);
        ClipObservation.Publish(new ClipMeasurement
        {
            Model = _model,
            Outcome = outcome,
            TotalNorm = result.TotalNorm,
            Rules = _rules,
            Limits = Report is null ? new ReadOnlySpan<LimitResult>(in only) : Report.LimitSpan,
            Gradients = Report is null ? default : Report.GradientSpan,
            LossScale = _scaler?.Scale ?? 0,
        });
    }
}
