namespace ClipGen.Benchmarks.Compiler.Stress;

/// <summary>Large declared models, which the generator and the declaration rules read.</summary>
internal static class ModelShapes
{
    private const string Use = """
        public static class Trainer
        {
            public static void Train(Net net)
            {
                for (int i = 0; i < 10; i++)
                {
                    net.Backward();
                    net.ClipGradients();
                    net.UpdateWeights(0.1f);
                }
            }
        }

        """;

    private const string Methods = """
            public void Backward() { }
            public void UpdateWeights(float rate) { }
        """;

    public static StressShape[] All { get; } =
    [
        new("declared gradients", 5_000, n =>
            Model(Repeat.Lines(n, i => $"[Gradient] private readonly float[] _d{i} = new float[{i % 300 + 1}];"))),
        new("declared parameters", 2_000, n => Model(Repeat.Lines(n, i =>
            $"[Parameter(Gradient = nameof(_d{i}))] private readonly float[] _w{i} = new float[64]; private readonly float[] _d{i} = new "
            + "float[64];"))),
        new("undeclared gradients", 2_000, n => Model("[Gradient] private readonly float[] _dBias = new float[4];\n" + Repeat.Lines(n, i =>
            $"private readonly float[] _weights{i} = new float[64]; private readonly float[] _weights{i}Gradient = new float[64];"))),
        new("updates of declared gradients", 2_000, n => Model(Repeat.Lines(n, i =>
            $"[Gradient] private readonly float[] _d{i} = new float[64]; private readonly float[] _w{i} = new float[64];")
            + "public void Learn(float rate) { for (int i = 0; i < 64; i++) { "
                + $"{Repeat.Lines(n, i => $"_d{i}[i] += rate; _w{i}[i] -= rate * _d{i}[i];")} }} }}")),
        new("nested types", 2_000, n => Model(Repeat.Lines(n, i =>
            $"private readonly Layer{i} _layer{i} = new(); public sealed partial class Layer{i} {{ [Gradient] private readonly float[] _dW "
            + "= new float[8]; }"))),
        new("types that hold each other", 2_000, n => Model("private readonly Layer0 _layer = new();") + Repeat.Lines(n, i =>
            $"public sealed partial class Layer{i} {{ [Gradient] private readonly float[] _dW = new float[8]; {Held(i + 1, n)} "
            + $"{Held(2 * i + 2, n)} }}")),
        new("base classes of a model", 1_000, n => Repeat.Lines(n, i =>
            $"public partial class Base{i}{(i == 0 ? "" : $" : Base{i - 1}")} "
            + "{ [Gradient] private readonly float[] _dW = new float[8]; }")
            + $"[ClipGradNorm(1)]\npublic partial class Net : Base{n - 1}\n{{\n[Gradient] private readonly float[] _dV = new "
                + $"float[8];\n{Methods}\n}}\n" + Use),
        new("models", 2_000, n => Model("[Gradient] private readonly float[] _dW = new float[8];") + Repeat.Lines(n, i =>
            $"[ClipGradNorm(1)] public sealed partial class Net{i} {{ [Gradient] private readonly float[] _dW = new float[8]; public void "
            + "Learn() { ClipGradients(); } }")),
        new("implementations of a layer", 2_000, n =>
            Model("private readonly ILayer[] _layers = [];") + "public interface ILayer;\n" + Repeat.Lines(n, i =>
            $"public sealed partial class Layer{i} : ILayer {{ [Gradient] private readonly float[] _dW = new float[8]; }}")),
    ];

    private static string Held(int number, int count) => number < count ? $"private readonly Layer{number}? _layer{number};" : "";

    private static string Model(string members) =>
        $"[ClipGradNorm(1)]\npublic sealed partial class Net\n{{\n{members}\n{Methods}\n}}\n" + Use;
}
