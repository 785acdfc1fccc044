namespace ClipGen.Benchmarks.Models.Steps;

/// <summary>The models that are stepped.</summary>
public static class StepShapes
{
    /// <summary>The limit that the models declare. It is below the norm of each filled model.</summary>
    public const double DeclaredLimit = 0.1;

    /// <summary>All models, from the smallest to the largest.</summary>
    public static readonly IReadOnlyList<ModelShape> All =
    [
        ModelShape.Fixed<EightStepsOf256>(8, 256),
        ModelShape.Fixed<EightStepsOf12500>(8, 12_500),
        new(1000, 64, () => new LayeredSteps(500), () => new LayeredSteps(500)),
        ModelShape.Fixed<EightStepsOf131072>(8, 131_072),
        new(161, 158_000, () => new ArraySteps(161, 158_000), () => new ArraySteps(16, 64)),
    ];

    /// <summary>Fills the gradients as <see cref="ModelShape.Fill"/> does, and the parameters in the same way.</summary>
    public static IStepModel Fill(IBenchmarkModel model)
    {
        var filled = (IStepModel)ModelShape.Fill(model);
        foreach ((float[] gradient, float[] parameter) in filled.Gradients.Zip(filled.Parameters)) gradient.CopyTo(parameter, 0);

        return filled;
    }
}
