namespace ClipGen.Observing.Recording;

/// <summary>The record of one model.</summary>
/// <param name="identity">The model.</param>
internal sealed class ModelRecord(ModelIdentity identity)
{
    /// <summary>The maximum number of gradients with separate records. The others share the last record.</summary>
    internal const int MostGradients = 256;

    /// <summary>The maximum number of limits with separate records.</summary>
    internal const int MostLimits = 256;

    private const string Others = "(all others)";

    private readonly List<LimitRecord> _limits = [];
    private readonly List<GradientRecord> _gradients = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    // For the latest layout: the numbers of the records of each limit and gradient.
    private readonly List<int> _limitNumbers = [];
    private readonly List<int> _gradientNumbers = [];

    /// <summary>The model.</summary>
    internal ModelIdentity Identity { get; } = identity;

    /// <summary>The limits.</summary>
    internal IReadOnlyList<LimitRecord> Limits => _limits;

    /// <summary>The gradients, in the order in which they were first recorded.</summary>
    internal IReadOnlyList<GradientRecord> Gradients => _gradients;

    /// <summary>The shares of the gradients over time.</summary>
    internal Timeline<ShareColumn> Shares { get; } = new();

    /// <summary>The number of steps.</summary>
    internal long Steps { get; private set; }

    /// <summary>The number of steps that were skipped because a gradient was not finite.</summary>
    internal long Skipped { get; private set; }

    /// <summary>Sets the limits and gradients of the following steps, in order.</summary>
    internal void Lay(ModelLayout layout)
    {
        _limitNumbers.Clear();
        foreach (LimitKey key in layout.Limits)
            _limitNumbers.Add(NumberOf(key));
        _gradientNumbers.Clear();
        foreach (string name in layout.Gradients)
            _gradientNumbers.Add(NumberOf(name));
    }

    /// <summary>Adds a step with the latest layout.</summary>
    internal void Add(StepEvent step)
    {
        Steps++;
        Skipped += step.Outcome == ClipOutcome.Skipped ? 1 : 0;
        for (int i = 0; i < Math.Min(step.Limits.Count, _limitNumbers.Count); i++)
        {
            if (_limitNumbers[i] >= 0)
                _limits[_limitNumbers[i]].Add(step.Limits[i]);
        }

        AddShares(step.Shares);
    }

    private void AddShares(List<byte> shares)
    {
        float[] sums = new float[_gradients.Count];
        int dominant = -1;
        bool isFinite = true;
        int count = Math.Min(shares.Count, _gradientNumbers.Count);
        for (int i = 0; i < count; i++)
        {
            GradientRecord gradient = _gradients[_gradientNumbers[i]];
            if (shares[i] == StepEvent.NotFinite)
            {
                isFinite = false;
                gradient.NonFinite++;
                if (gradient.FirstNonFinite == 0)
                    gradient.FirstNonFinite = Steps;
                continue;
            }

            sums[_gradientNumbers[i]] += shares[i];
            if (shares[i] > 0 && (dominant < 0 || shares[i] > shares[dominant]))
                dominant = i;
        }

        if (!isFinite || dominant < 0)
        {
            // If one gradient is NaN, the shares of the others have no meaning.
            Shares.Add(new ShareColumn(0, []));
            return;
        }

        for (int i = 0; i < sums.Length; i++)
        {
            _gradients[i].ShareSum += sums[i];
            _gradients[i].Steps++;
        }

        _gradients[_gradientNumbers[dominant]].Dominant++;
        Shares.Add(new ShareColumn(1, sums));
    }

    private int NumberOf(LimitKey key)
    {
        int number = _limits.FindIndex(limit => limit.Key == key);
        if (number >= 0 || _limits.Count == MostLimits)
            return number;
        _limits.Add(new LimitRecord(key));
        return _limits.Count - 1;
    }

    private int NumberOf(string name)
    {
        if (_numbers.TryGetValue(name, out int number))
            return number;
        if (_gradients.Count == MostGradients)
            return MostGradients - 1;
        if (_gradients.Count == MostGradients - 1)
            name = Others;
        _gradients.Add(new GradientRecord(name));
        return _numbers[name] = _gradients.Count - 1;
    }
}
