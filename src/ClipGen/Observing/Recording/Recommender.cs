namespace ClipGen.Observing.Recording;

/// <summary>
/// Recommends a limit from recorded norms: their 90th percentile, so that the largest tenth is scaled down. A limit that clips between one
/// step in 50 and one step in four is kept.
/// </summary>
/// <remarks>
/// R. Pascanu, T. Mikolov and Y. Bengio ("On the difficulty of training recurrent neural networks", ICML 2013) also choose a limit from the
/// norms of a run, and report that training converges for limits from half to ten times the average norm.
/// </remarks>
internal static class Recommender
{
    /// <summary>The share of the norms that are within the recommended limit.</summary>
    internal const double KeptShare = 0.9;

    /// <summary>The minimum number of steps for the warnings of the compiler.</summary>
    internal const int FewestSteps = 100;

    private const double FewestClipped = 0.02;
    private const double MostClipped = 0.25;

    /// <summary>Returns the recommendation for a limit, or null if no positive norm was recorded.</summary>
    internal static LimitRecommendation? For(ModelRecord model, LimitRecord limit)
    {
        QuantileSketch norms = limit.Norms;
        if (norms.Maximum == 0)
            return null;
        bool isKept = limit is { IsFixed: true, ClippedShare: >= FewestClipped and <= MostClipped };
        double kept = norms.Quantile(KeptShare);
        double recommended = isKept ? limit.Limit : Numbers.RoundUp(kept > 0 ? kept : norms.Maximum);
        return new LimitRecommendation
        {
            Model = model.Identity.Name,
            Group = limit.Key.Group ?? limit.Key.Member,
            Limit = recommended,
            RecordedLimit = limit.Limit,
            Steps = limit.Steps,
            ClippedShare = limit.ClippedShare,
            Attribute = limit.Key.AttributeFor(recommended),
            Reason = Explain(model, limit, recommended, isKept),
        };
    }

    private static string Explain(ModelRecord model, LimitRecord limit, double recommended, bool isKept)
    {
        QuantileSketch norms = limit.Norms;
        string name = limit.Key.NormName;
        string text = FormattableString.Invariant($"In {limit.Steps} steps the median {name} was {Numbers.Short(norms.Quantile(0.5))}, ")
            + $"90 % were at most {Numbers.Short(norms.Quantile(0.9))}, 99 % at most {Numbers.Short(norms.Quantile(0.99))}, "
            + $"and the largest was {Numbers.Short(norms.Maximum)}. ";
        string recorded = limit.IsFixed
            ? $"The limit {Numbers.Text(limit.Limit)}"
            : $"The limits from {Numbers.Short(limit.LeastLimit)} to {Numbers.Short(limit.GreatestLimit)}";
        text += isKept
            ? $"{recorded} clipped {Numbers.Percent(limit.ClippedShare)} of the steps: it bounds the largest steps "
                + "and leaves the others as they are."
            : $"{recorded} clipped {Numbers.Percent(limit.ClippedShare)} of the steps; {Numbers.Text(recommended)} would have clipped "
                + $"{Numbers.Percent(limit.ShareAbove(recommended))}.";
        if (limit.NonFinite > 0)
        {
            GradientRecord? first = model.Gradients.Where(gradient => gradient.NonFinite > 0).MinBy(gradient => gradient.FirstNonFinite);
            string place = first is null ? "" : FormattableString.Invariant($", first in '{first.Name}' at step {first.FirstNonFinite}");
            string steps = limit.NonFinite == 1 ? "step" : "steps";
            text += FormattableString.Invariant($" {limit.NonFinite} {steps} had a NaN or an infinity{place}.");
        }

        return limit.Steps < FewestSteps
            ? text + FormattableString.Invariant($" {limit.Steps} steps are few. Record a longer run before you rely on this limit.")
            : text;
    }
}
