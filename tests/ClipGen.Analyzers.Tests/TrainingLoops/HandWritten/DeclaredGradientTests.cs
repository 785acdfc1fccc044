namespace ClipGen.Analyzers.Tests.TrainingLoops.HandWritten;

/// <summary>
/// Declared gradients make the heuristics unnecessary. Code that reads a gradient and writes its parameter is a step. Code that writes a
/// gradient from other values is a backward pass. Names, places and the way in which the code gets the arrays do not matter.
/// </summary>
public sealed class DeclaredGradientTests
{
    private const string Network = """
        record Pair(float[] Weights, float[] Slopes);

        interface INetwork
        {
            IEnumerable<(float[] W, float[] G)> Pairs { get; }
        }

        sealed class Layer
        {
            public readonly float[] W = new float[4];
            [Gradient] public readonly float[] G = new float[4];
            public float Rate = 1;

            public Span<float> Weights => W;
            public Span<float> Slopes => G;
            public (float[] W, float[] G) Both() => (W, G);
            public IEnumerable<(float[] W, float[] G)> Yielded() { yield return (W, G); }
            public void Accumulate(float[] x) { for (int i = 0; i < 4; i++) G[i] += x[i]; }
        }

        sealed class Network : INetwork
        {
            public readonly List<Layer> Layers = [new(), new()];
            public IEnumerable<(float[] W, float[] G)> Pairs => Layers.Select(layer => (layer.W, layer.G));
            public IEnumerable<(float[] W, float[] G)> All() => Layers.SelectMany(layer => layer.Yielded());
            public List<Pair> Records() => [.. Layers.Select(layer => new Pair(layer.W, layer.G))];
            public void Accumulate(float[] x) { foreach (Layer layer in Layers) layer.Accumulate(x); }
            public void Bound() => Gradients.ClipNorm(1.0, Layers.Select(layer => layer.G));
        }

        static class Vectors
        {
            public static void AddScaled(Span<float> y, ReadOnlySpan<float> x, float s)
            {
                for (int i = 0; i < y.Length; i++) y[i] += s * x[i];
            }
            public static void Through(float[] y, float[] x) => AddScaled(y, x, -0.1f);
            public static float Next(float w, float g) => w - 0.1f * g;
        }


        """;

    private static Task VerifyAsync(string members, string call) => LoopTest.FileAsync(Network + $$"""
        sealed class Rule
        {
        {{members}}
        }

        sealed class Trainer
        {
            private readonly Network _net = new();
            private readonly Rule _rule = new();

            void Unclipped(List<float[]> batches)
            {
                foreach (float[] x in batches)
                {
                    _net.Accumulate(x);
                    {|CLIP101:{{call}}|};
                }
            }

            void Clipped(List<float[]> batches)
            {
                foreach (float[] x in batches)
                {
                    _net.Accumulate(x);
                    _net.Bound();
                    {{call}};
                }
            }

            void Late(List<float[]> batches)
            {
                foreach (float[] x in batches)
                {
                    _net.Accumulate(x);
                    {{call}};
                    {|CLIP102:_net.Bound()|};
                }
            }
        }
        """);

    [Theory]
    [InlineData("layer.W[i] -= 0.1f * layer.G[i];")]
    [InlineData("layer.W[i] = layer.W[i] - 0.1f * layer.G[i];")]
    [InlineData("layer.W[i] += -0.1f * layer.G[i]; layer.G[i] = 0;")]
    [InlineData("float g = layer.G[i]; float d = g * 0.1f; layer.W[i] -= d;")]
    [InlineData("float[] w = layer.W, g = layer.G; w[i] -= 0.1f * g[i];")]
    [InlineData("Span<float> w = layer.W; ReadOnlySpan<float> g = layer.G; w[i] -= 0.1f * g[i];")]
    [InlineData("Span<float> w = layer.W.AsSpan(0, 2), g = layer.Slopes.Slice(1); w[i] -= g[i];")]
    [InlineData("layer.Weights[i] -= layer.Slopes[i];")]
    [InlineData("ref float w = ref layer.W[i]; w -= 0.1f * layer.G[i];")]
    [InlineData("var (w, g) = layer.Both(); w[i] -= g[i];")]
    [InlineData("var both = layer.Both(); both.W[i] -= both.G[i];")]
    [InlineData("(float[] w, float[] g) = (layer.W, layer.G); w[i] -= g[i];")]
    [InlineData("foreach (var (w, g) in layer.Yielded()) w[i] -= g[i];")]
    [InlineData("layer.W[i] = Vectors.Next(layer.W[i], layer.G[i]);")]
    [InlineData("""
        m[i] = 0.9f * m[i] + layer.G[i];
        v[i] = v[i] + layer.G[i] * layer.G[i];
        layer.W[i] -= layer.Rate * m[i] / MathF.Sqrt(v[i]);
        """)]
    [InlineData("layer.G[i] += 0.01f * layer.W[i]; layer.W[i] -= layer.G[i];")]
    public Task In_a_loop_over_layers(string update) => VerifyAsync(
        $$"""
            public void Advance(List<Layer> layers)
            {
                float[] m = new float[4], v = new float[4];
                foreach (Layer layer in layers)
                    for (int i = 0; i < 4; i++) { {{update}} }
            }
        """,
        "_rule.Advance(_net.Layers)");

    [Theory]
    [InlineData("Vectors.AddScaled(layer.W, layer.G, -0.1f);")]
    [InlineData("Vectors.AddScaled(layer.Weights, layer.Slopes, -0.1f); layer.Slopes.Clear();")]
    [InlineData("Vectors.Through(layer.W, layer.G);")]
    [InlineData("Vectors.AddScaled(y: layer.W, s: -0.1f, x: layer.G);")]
    [InlineData("Subtract(layer.W, layer.G); Array.Clear(layer.G);")]
    public Task By_a_call(string update) => VerifyAsync(
        $$"""
            public void Advance(List<Layer> layers)
            {
                foreach (Layer layer in layers) { {{update}} }
            }

            private static void Subtract(float[] into, float[] what)
            {
                for (int i = 0; i < into.Length; i++)
                    into[i] = into[i] - what[i];
            }
        """,
        "_rule.Advance(_net.Layers)");

    [Theory]
    [InlineData("IEnumerable<(float[] W, float[] G)> pairs", "foreach (var (w, g) in pairs) Vectors.Through(w, g);",
        "_rule.Advance(_net.Pairs)")]
    [InlineData("IEnumerable<(float[] W, float[] G)> pairs", "foreach (var pair in pairs) Vectors.Through(pair.W, pair.G);",
        "_rule.Advance(_net.All())")]
    [InlineData("float[] w, float[] g", "for (int i = 0; i < w.Length; i++) w[i] -= g[i];",
        "_rule.Advance(_net.Layers[0].W, _net.Layers[0].G)")]
    [InlineData("float[][] w, float[][] g", "for (int i = 0; i < w.Length; i++) w[i][0] -= g[i][0];",
        "_rule.Advance([_net.Layers[0].W], [_net.Layers[0].G])")]
    [InlineData("List<Pair> pairs", "foreach (Pair pair in pairs) pair.Weights[0] -= pair.Slopes[0];", "_rule.Advance(_net.Records())")]
    [InlineData("List<Pair> pairs", "foreach (var (w, g) in pairs) w[0] -= g[0];", "_rule.Advance(_net.Records())")]
    [InlineData("INetwork net", "foreach (var (w, g) in net.Pairs) w[0] -= g[0];", "_rule.Advance(_net)")]
    [InlineData("Dictionary<float[], float[]> map", "foreach (var (w, g) in map) w[0] -= g[0];",
        "_rule.Advance(new() { [_net.Layers[0].W] = _net.Layers[0].G })")]
    public Task By_a_method_with_array_arguments(string parameters, string body, string call) => VerifyAsync(
        $$"""
            public void Advance({{parameters}}) { {{body}} }
        """,
        call);

    [Fact]
    public Task By_an_optimizer_that_keeps_what_it_was_given() => LoopTest.FileAsync(Network + """
        sealed class Constructed(IEnumerable<(float[] W, float[] G)> pairs)
        {
            private readonly List<(float[] W, float[] G)> _pairs = pairs.ToList();
            public void StepAll() { foreach (var (w, g) in _pairs) w[0] -= g[0]; }
        }

        sealed class Captured(float[] w, float[] g)
        {
            public void StepAll() { for (int i = 0; i < w.Length; i++) w[i] -= g[i]; }
        }

        sealed class Registered
        {
            private readonly List<(float[], float[])> _pairs = new();
            public void Register(float[] weights, float[] slopes) => _pairs.Add((weights, slopes));
            public void StepAll() { foreach (var (w, g) in _pairs) w[0] -= g[0]; }
        }

        sealed class Trainer
        {
            void ByConstructor(Network net, float[] x)
            {
                var rule = new Constructed(net.Pairs);
                net.Accumulate(x);
                {|CLIP101:rule.StepAll()|};
            }

            void ByCapture(Layer layer, float[] x)
            {
                Captured rule = new(layer.W, layer.G);
                layer.Accumulate(x);
                {|CLIP101:rule.StepAll()|};
            }

            void ByRegistration(Layer layer, float[] x)
            {
                var rule = new Registered();
                rule.Register(layer.W, layer.G);
                layer.Accumulate(x);
                {|CLIP101:rule.StepAll()|};
            }
        }
        """);

    private const string Autograd = """
        sealed class Variable(int n)
        {
            public float[] Data = new float[n];
            [Gradient] public float[] Grad = new float[n];
            public Action? Function;
            public void Backward() { Grad[0] = 1; Function?.Invoke(); }

            public static Variable operator *(Variable a, Variable b)
            {
                var y = new Variable(1);
                y.Function = () =>
                {
                    for (int i = 0; i < 1; i++)
                    {
                        a.Grad[i] += y.Grad[i] * b.Data[i];
                        b.Grad[i] = y.Grad[i] * a.Data[i];
                        a.Grad[i] += Math.Max(0, y.Grad[i]);
                    }
                };
                return y;
            }
        }

        [ClipGradNorm(1.0)]
        sealed partial class Mlp
        {
            public readonly Variable W = new(16), B = new(4);
            public IEnumerable<Variable> Parameters() => [W, B];
            public Variable Forward(Variable x) => x * W;
            public ClipResult ClipGradients() => default;
        }

        sealed class Adam(IEnumerable<Variable> parameters, float rate)
        {
            readonly List<(Variable Parameter, float[] M, float[] V)> _state =
                parameters.Select(p => (p, new float[p.Data.Length], new float[p.Data.Length])).ToList();

            public void ZeroGrad() { foreach (var (p, _, _) in _state) Array.Clear(p.Grad); }

            public void Step()
            {
                foreach (var (p, m, v) in _state)
                    for (int i = 0; i < p.Data.Length; i++)
                    {
                        float g = p.Grad[i];
                        m[i] = 0.9f * m[i] + 0.1f * g;
                        v[i] = 0.999f * v[i] + 0.001f * g * g;
                        p.Data[i] -= rate * m[i] / (MathF.Sqrt(v[i]) + 1e-8f);
                    }
            }
        }


        """;

    [Fact]
    public Task Textbook_autograd() => LoopTest.FileAsync(Autograd + """
        static class Program
        {
            static void ByOptimizer()
            {
                var model = new Mlp();
                var opt = new Adam(model.Parameters(), 0.01f);
                for (int i = 0; i < 3; i++)
                {
                    opt.ZeroGrad();
                    var loss = model.Forward(new Variable(4));
                    loss.Backward();
                    {|CLIP101:opt.Step()|};
                }
            }

            static void Clipped()
            {
                var model = new Mlp();
                var opt = new Adam(model.Parameters(), 0.01f);
                for (int i = 0; i < 3; i++)
                {
                    opt.ZeroGrad();
                    model.Forward(new Variable(4)).Backward();
                    model.ClipGradients();
                    opt.Step();
                }
            }

            static void ByHand()
            {
                var model = new Mlp();
                for (int i = 0; i < 3; i++)
                {
                    foreach (var p in model.Parameters()) Array.Clear(p.Grad);
                    model.Forward(new Variable(4)).Backward();
                    foreach (var p in model.Parameters())
                        for (int k = 0; k < p.Data.Length; k++)
                            {|CLIP101:p.Data[k] -= 0.1f * p.Grad[k]|};
                }
            }
        }
        """);

    [Fact]
    public Task Single_numbers() => LoopTest.FileAsync("""
        sealed class Value
        {
            public double data;
            [Gradient] public double grad;
            public void Propagate() { grad = 1; }
        }

        static class Micrograd
        {
            static void Train(List<Value> parameters, Func<Value> loss)
            {
                for (int i = 0; i < 100; i++)
                {
                    foreach (var p in parameters) p.grad = 0;
                    loss().Propagate();
                    foreach (var p in parameters) {|CLIP101:p.data -= 0.01 * p.grad|};
                }
            }
        }
        """);

    [Theory]
    [InlineData("double norm = 0; for (int i = 0; i < 4; i++) norm += layer.G[i] * layer.G[i]; _norm += norm;")]
    [InlineData("for (int i = 0; i < 4; i++) _saved[i] = layer.G[i];")]
    [InlineData("for (int i = 0; i < 4; i++) _inputGradient[i] += layer.W[i] * layer.G[i];")]
    [InlineData("for (int i = 0; i < 4; i++) other.G[i] += layer.G[i];")]
    [InlineData("for (int i = 0; i < 4; i++) layer.G[i] *= 0.25f;")]
    [InlineData("for (int i = 0; i < 4; i++) layer.G[i] /= 4;")]
    [InlineData("float[] copy = layer.G.ToArray(); for (int i = 0; i < 4; i++) copy[i] *= 0.25f;")]
    [InlineData("for (int i = 0; i < 4; i++) layer.W[i] += 0.1f * x[i];")]
    public Task What_reads_or_scales_gradients_and_is_neither_step_nor_clip(string between) => LoopTest.FileAsync(Network + $$"""
        sealed class Trainer
        {
            private double _norm;
            private readonly float[] _saved = new float[4], _inputGradient = new float[4];

            void Clipped(Layer layer, Layer other, float[] x)
            {
                layer.Accumulate(x);
                {{between}}
                Gradients.ClipNorm(1.0, layer.G, other.G);
                for (int i = 0; i < 4; i++) layer.W[i] -= layer.G[i];
            }

            void Unclipped(Layer layer, Layer other, float[] x)
            {
                layer.Accumulate(x);
                {{between}}
                for (int i = 0; i < 4; i++) {|CLIP101:layer.W[i] -= layer.G[i]|};
            }
        }
        """);

    [Theory]
    [InlineData("for (int i = 0; i < 4; i++) layer.G[i] *= scale;")]
    [InlineData("for (int i = 0; i < 4; i++) layer.G[i] = layer.G[i] * scale;")]
    [InlineData("for (int i = 0; i < 4; i++) layer.G[i] = Math.Clamp(layer.G[i], -1, 1);")]
    [InlineData("Span<float> g = layer.Slopes; for (int i = 0; i < 4; i++) g[i] *= scale;")]
    [InlineData("Shrink(layer.G, scale);")]
    [InlineData("foreach (var (w, g) in layer.Yielded()) Shrink(g, scale);")]
    public Task What_bounds_gradients_is_a_clip(string between) => LoopTest.FileAsync(Network + $$"""
        sealed class Trainer
        {
            void Clipped(Layer layer, float[] x, float scale)
            {
                layer.Accumulate(x);
                {{between}}
                for (int i = 0; i < 4; i++) layer.W[i] -= layer.G[i];
            }

            static void Shrink(Span<float> values, float factor) { for (int i = 0; i < values.Length; i++) values[i] *= factor; }
        }
        """);
}
