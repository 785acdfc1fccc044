using ClipGen.Numerics;

namespace ClipGen.Arguments;

/// <summary>Creates the rules of <see cref="Gradients"/>. Errors name the parameters of its methods.</summary>
internal static class ArgumentRules
{
    internal static ClipRule Norm(double maxNorm, double normType, ClipScope scope, NonFinitePolicy nonFinite, double epsilon)
    {
        ClipRule rule = ClipRule.Norm(maxNorm, normType, scope, nonFinite, epsilon);
        GradientOperations.Validate(rule, nameof(maxNorm), nameof(normType), nameof(epsilon));
        return rule;
    }

    internal static ClipRule Value(double clipValue, NonFinitePolicy nonFinite)
    {
        ClipRule rule = ClipRule.Value(clipValue, nonFinite);
        GradientOperations.Validate(rule, nameof(clipValue), nameof(clipValue), nameof(clipValue));
        return rule;
    }

    internal static ClipRule Following(AdaptiveLimit limit, NonFinitePolicy nonFinite)
    {
        ArgumentNullException.ThrowIfNull(limit);
        return limit.Bind(nonFinite)[0];
    }

    internal static ClipResult Clip<TSource>(TSource gradients, in ClipRule rule, ClipReport? report)
        where TSource : IGradientSource =>
        report is null ? GradientOperations.Clip(gradients, rule) : GradientOperations.Clip(gradients, rule, report);
}
