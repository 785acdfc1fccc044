using ClipGen.Numerics;

namespace ClipGen.Tests.Cases;

/// <summary>Runs the cases with all buffers in one list.</summary>
public sealed class GradientsListCases : ClippingCases
{
    protected override ClipResult Clip(ClipRule rule, params Array?[] gradients)
    {
        List<Array?> list = [.. gradients];
        return rule.ByValue
            ? Gradients.ClipValue(rule.Limit, list, nonFinite: rule.NonFinite)
            : Gradients.ClipNorm(
                rule.Limit, list, normType: rule.NormType, nonFinite: rule.NonFinite, epsilon: rule.Epsilon, scope: rule.Scope);
    }

    protected override double Norm(double normType, params Array?[] gradients) =>
        Gradients.Norm(gradients.Select(array => array), normType: normType);
}
