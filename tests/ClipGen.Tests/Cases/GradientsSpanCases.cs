using ClipGen.Numerics;

namespace ClipGen.Tests.Cases;

/// <summary>Runs the cases with an empty span as the first argument, which selects the overloads for spans.</summary>
public sealed class GradientsSpanCases : ClippingCases
{
    protected override ClipResult Clip(ClipRule rule, params Array?[] gradients) => rule.ByValue
        ? Gradients.ClipValue(rule.Limit, Span<float>.Empty, gradients, nonFinite: rule.NonFinite)
        : Gradients.ClipNorm(
            rule.Limit,
            Span<float>.Empty,
            gradients,
            normType: rule.NormType,
            nonFinite: rule.NonFinite,
            epsilon: rule.Epsilon,
            scope: rule.Scope);

    protected override double Norm(double normType, params Array?[] gradients) =>
        Gradients.Norm(Span<float>.Empty, gradients, normType: normType);
}
