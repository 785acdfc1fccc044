using ClipGen.Numerics;

namespace ClipGen.Tests.Cases;

/// <summary>Runs the cases with each buffer as an argument of <see cref="Gradients"/>.</summary>
public sealed class GradientsCases : ClippingCases
{
    protected override ClipResult Clip(ClipRule rule, params Array?[] gradients) => rule.ByValue
        ? Gradients.ClipValue(
            rule.Limit,
            At(gradients, 0),
            At(gradients, 1),
            At(gradients, 2),
            At(gradients, 3),
            At(gradients, 4),
            nonFinite: rule.NonFinite)
        : Gradients.ClipNorm(
            rule.Limit,
            At(gradients, 0),
            At(gradients, 1),
            At(gradients, 2),
            At(gradients, 3),
            At(gradients, 4),
            normType: rule.NormType,
            nonFinite: rule.NonFinite,
            epsilon: rule.Epsilon,
            scope: rule.Scope);

    protected override double Norm(double normType, params Array?[] gradients) =>
        Gradients.Norm(At(gradients, 0), At(gradients, 1), At(gradients, 2), At(gradients, 3), At(gradients, 4), normType: normType);

    private static Array? At(Array?[] gradients, int position) => position < gradients.Length ? gradients[position] : null;
}
