namespace ClipGen.Benchmarks.Models;

/// <summary>One of the models that are measured.</summary>
/// <param name="Buffers">The number of gradients.</param>
/// <param name="Length">The number of elements of each.</param>
/// <param name="Create">Creates the model with zero gradients.</param>
/// <param name="CreateSmall">Creates a model of the same class for the warm-up, if the model itself is too large for many calls.</param>
public sealed record ModelShape(int Buffers, int Length, Func<IBenchmarkModel> Create, Func<IBenchmarkModel> CreateSmall)
{
    /// <summary>All models, from the smallest to the largest.</summary>
    public static readonly IReadOnlyList<ModelShape> All =
    [
        Fixed<FortyOf16>(40, 16),
        Fixed<EightOf64>(8, 64),
        Fixed<EightOf256>(8, 256),
        Fixed<EightOf12500>(8, 12_500),
        new(1000, 64, () => new LayeredModel(500), () => new LayeredModel(500)),
        Fixed<EightOf131072>(8, 131_072),
        new(161, 158_000, () => new ArrayModel(161, 158_000), () => new ArrayModel(16, 64)),
        new(148, 840_000, () => new ArrayModel(148, 840_000), () => new ArrayModel(16, 64)),
    ];

    /// <summary>The name, which is also the command-line argument: <c>40x16</c>.</summary>
    public string Name => $"{Buffers}x{Length}";

    /// <summary>The memory that all gradients take.</summary>
    public long Bytes => (long)Buffers * Length * sizeof(float);

    /// <summary>True if the gradients are much larger than any cache, so that a pass finds nothing of the previous pass there.</summary>
    public bool IsBeyondCaches => Bytes > 64 << 20;

    /// <summary>
    /// Creates the model and fills its gradients with values of realistic size: normally distributed, with a standard deviation of 0.01.
    /// </summary>
    public static IBenchmarkModel Fill(IBenchmarkModel model)
    {
        var random = new Random(20_111);
        float[] values = new float[model.Gradients.Max(gradient => gradient.Length)];
        for (int i = 0; i < values.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(0.01 * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        foreach (float[] gradient in model.Gradients) values.AsSpan(0, gradient.Length).CopyTo(gradient);

        return model;
    }

    /// <summary>A model whose class fixes its size.</summary>
    internal static ModelShape Fixed<TModel>(int buffers, int length)
        where TModel : IBenchmarkModel, new() => new(buffers, length, () => new TModel(), () => new TModel());
}
