namespace ClipGen.Observing.Recording;

/// <summary>One clip as a recorder stores it: the content of a step in the journal.</summary>
internal sealed class StepEvent
{
    /// <summary>The share of a gradient that was not finite.</summary>
    internal const byte NotFinite = byte.MaxValue;

    /// <summary>The share of a gradient that makes up the whole norm.</summary>
    internal const byte Whole = NotFinite - 1;

    /// <summary>The outcome of the clip.</summary>
    internal ClipOutcome Outcome { get; set; }

    /// <summary>The result of each limit, in the order of the model's limits.</summary>
    internal List<LimitStep> Limits { get; } = [];

    /// <summary>The share of each gradient in the squared norm of all, in units of 1/254, or <see cref="NotFinite"/>.</summary>
    internal List<byte> Shares { get; } = [];

    /// <summary>Copies the measurements of a clip.</summary>
    internal void Read(in ClipMeasurement clip)
    {
        Outcome = clip.Outcome;
        Limits.Clear();
        foreach (ref readonly LimitResult limit in clip.Limits)
            Limits.Add(new LimitStep(limit.Norm, limit.Limit, limit.Factor, limit.Clipped));
        Shares.Clear();

        // Norms are divided by the largest, so that no square overflows.
        double largest = 0;
        foreach (ref readonly GradientResult gradient in clip.Gradients)
            largest = double.IsFinite(gradient.Norm) ? Math.Max(largest, gradient.Norm) : largest;
        double total = 0;
        foreach (ref readonly GradientResult gradient in clip.Gradients)
            total += double.IsFinite(gradient.Norm) ? Squared(gradient.Norm, largest) : 0;
        foreach (ref readonly GradientResult gradient in clip.Gradients)
        {
            Shares.Add(!double.IsFinite(gradient.Norm) ? NotFinite
                : total == 0 ? (byte)0
                : (byte)Math.Round(Whole * Squared(gradient.Norm, largest) / total));
        }
    }

    private static double Squared(double norm, double largest) => largest == 0 ? 0 : norm / largest * (norm / largest);
}
