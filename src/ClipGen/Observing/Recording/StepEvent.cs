namespace ClipGen.Observing.Recording;

/// <summary>One clip as a record keeps it: what a journal writes and what is read from it.</summary>
internal sealed class StepEvent
{
    /// <summary>The share of a gradient that was not finite.</summary>
    internal const byte NotFinite = byte.MaxValue;

    /// <summary>The share of a gradient that is the whole norm.</summary>
    internal const byte Whole = NotFinite - 1;

    /// <summary>What was done.</summary>
    internal ClipOutcome Outcome { get; set; }

    /// <summary>What each limit found and did, in the order of the model's limits.</summary>
    internal List<LimitStep> Limits { get; } = [];

    /// <summary>The share of each gradient in the squared norm of all, in steps of 1/254, or <see cref="NotFinite"/>.</summary>
    internal List<byte> Shares { get; } = [];

    /// <summary>Takes what a clip measured.</summary>
    internal void Read(in ClipMeasurement clip)
    {
        Outcome = clip.Outcome;
        Limits.Clear();
        foreach (ref readonly LimitResult limit in clip.Limits)
            Limits.Add(new LimitStep(limit.Norm, limit.Limit, limit.Factor, limit.Clipped));
        Shares.Clear();

        // Divided by the largest, so that no square overflows.
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
