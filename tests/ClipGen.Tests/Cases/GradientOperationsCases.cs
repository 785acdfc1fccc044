using ClipGen.Numerics;
using ClipGen.Tests.Sources;

namespace ClipGen.Tests.Cases;

/// <summary>Runs the cases with the operations that generated code calls.</summary>
public sealed class GradientOperationsCases : ClippingCases
{
    protected override ClipResult Clip(ClipRule rule, params Array?[] gradients) =>
        GradientOperations.Clip(new ArraySource(gradients), rule);

    protected override double Norm(double normType, params Array?[] gradients) =>
        GradientOperations.Norm(new ArraySource(gradients), normType);
}
