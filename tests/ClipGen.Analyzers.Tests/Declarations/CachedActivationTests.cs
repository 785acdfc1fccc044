namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>CLIP016: members that may hold activations, and members that hold the parts of a network.</summary>
public sealed class CachedActivationTests
{
    private const string Tensor =
        """
        public sealed partial class Tensor
        {
            public float[] Data; [Gradient] public float[] Grad; public int Rows, Cols;
            public Tensor(int n) { Data = new float[n]; Grad = new float[n]; }
            public float this[int i] { get => Data[i]; set => Data[i] = value; }
            public static Tensor operator +(Tensor a, Tensor b) => new(a.Data.Length);
            public Tensor Add(Tensor other) => this + other;
            public Tensor Clone() => this;
            public void CopyFrom(float[] values) { }
            public static Tensor Zeros(int n) => new(n);
            public static void Multiply(Tensor a, Tensor b, out Tensor result) => result = a + b;
        }

        """;

    [Theory]
    [InlineData("""
        List<Tensor> {|CLIP016:_inputs|} = new();
        public Tensor Forward(Tensor x) { _inputs.Add(x); return x + _w; }
        """)]
    [InlineData("Tensor {|CLIP016:_output|}; public Tensor Forward(Tensor x) { _output = x + _w; return _output; }")]
    [InlineData("Tensor {|CLIP016:_output|}; public Tensor Predict(Tensor x) => _output = new Tensor(3);")]
    [InlineData("""
        Tensor {|CLIP016:_mask|};
        public Tensor Forward(Tensor x) { _mask = Tensor.Zeros(x.Rows); return x; }
        """)]
    [InlineData("Tensor {|CLIP016:_h|}; public Tensor Evaluate(Tensor x) { Tensor h = x.Clone(); _h = h; return h; }")]
    [InlineData("Tensor {|CLIP016:_h|}, {|CLIP016:_c|}; public void Forward(Tensor x) { (_h, _c) = (x + _h, x); }")]
    [InlineData("Tensor {|CLIP016:_h|}; public void Forward(Tensor x) => Tensor.Multiply(x, _w, out _h);")]
    [InlineData(
        """
        Tensor[] {|CLIP016:_steps|} = new Tensor[4];
        public void Forward(Tensor[] xs) { for (int t = 0; t < 4; t++) _steps[t] = xs[t]; }
        """)]
    [InlineData(
        """
        Stack<Tensor> {|CLIP016:_tape|} = new();
        public void Forward(Tensor x) => Record(x);
        void Record(Tensor x) => _tape.Push(x);
        """)]
    [InlineData("""
        Queue<Tensor> {|CLIP016:_window|} = new();
        public void Run(Tensor x) { if (x.Rows > 0) _window.Enqueue(x); }
        """)]
    [InlineData("""
        Dictionary<int, Tensor> {|CLIP016:_keys|} = new();
        public void Forward(Tensor x) { _keys.Add(_keys.Count, x + _w); }
        """)]
    [InlineData("IReadOnlyList<Tensor> {|CLIP016:_all|}; public void Forward(Tensor x) { _all = [.. _all, x]; }")]
    [InlineData("""
        List<Tensor> {|CLIP016:_all|} = new();
        public void Call(Tensor[] xs) { foreach (Tensor x in xs) _all.Add(x); }
        """)]
    [InlineData("""
        List<Tensor> {|CLIP016:_all|} = new();
        public void Call(List<Tensor> xs) => xs.ForEach(x => _all.Add(x));
        """)]
    [InlineData("""
        List<Tensor> {|CLIP016:_all|} = new();
        public void Forward(Tensor[] xs) { _all = xs.Select(x => x + _w).ToList(); }
        """)]
    [InlineData("""
        public Tensor {|CLIP016:Last|} { get; private set; }
        public Tensor Forward(Tensor x) { this.Last = x; return x; }
        """)]
    [InlineData("(Tensor H, Tensor C) {|CLIP016:_state|}; public void Step(Tensor x) { _state = (x, x); }")]
    [InlineData("Tensor {|CLIP016:_d|}; [BackwardPass] public void Go(Tensor d) { _d = d; }")]
    [InlineData("Tensor {|CLIP016:_x|}; public void SetInput(Tensor x) { _x = x; }")]
    [InlineData("Tensor {|CLIP016:_h|} = new(3); public void Forward(float[] x) { _h.CopyFrom(x); }")]
    [InlineData("""
        Tensor {|CLIP016:_h|} = new(3);
        public void Forward(float[] x) { for (int i = 0; i < 3; i++) _h.Data[i] = x[i]; }
        """)]
    [InlineData("""
        Tensor {|CLIP016:_h|} = new(3);
        public void Forward(float[] x) { for (int i = 0; i < 3; i++) _h[i] = x[i]; }
        """)]
    [InlineData("Tensor {|CLIP016:_h|} = new(3); public void Forward(float[] x) { Array.Copy(x, _h.Data, 3); }")]
    [InlineData("""
        Tensor {|CLIP016:_mean|} = new(3);
        public void Forward(Tensor x) { _mean.Data[0] = 0.9f * _mean.Data[0] + x.Data[0]; }
        """)]
    [InlineData("""
        Tensor {|CLIP016:_loss|};
        public void Train(Tensor[] xs) { foreach (Tensor x in xs) _loss = x + _w; }
        """)]
    [InlineData("Tensor {|CLIP016:_h|}; public void Train() { for (int e = 0; e < 9; e++) _h = new Tensor(2); }")]
    [InlineData("Tensor {|CLIP016:_weights|}; public void Forward(Tensor q) { _weights = q + _w; }")]
    [InlineData("Tensor {|CLIP016:_first|}; public void Forward(Tensor x) { _first ??= x; }")]
    public Task Is_reported_for_members_that_a_forward_pass_fills(string members) => UndeclaredGradientVerifier.VerifyAsync(
        Tensor, Net(members));

    [Theory]
    [InlineData("Tensor _b; public Net() { _b = new Tensor(3); }")]
    [InlineData("""
        List<Tensor> _all = new();
        public void Add(Tensor t) => _all.Add(t);
        public void AddParameter(Tensor t) { _all.Add(t); }
        """)]
    [InlineData("List<Layer> _layers = new(); public Net Dense(int n) { _layers.Add(new Layer()); return this; }")]
    [InlineData("""
        List<Layer> _layers = new();
        public void Stage(Layer layer) { _layers.Add(layer); _first = layer; }
        Layer _first;
        """)]
    [InlineData("""
        List<Tensor> _all = new();
        public Tensor Parameter(int n) { var t = new Tensor(n); _all.Add(t); return t; }
        """)]
    [InlineData("""
        Tensor _b;
        public void Build(Tensor x) { _b = Tensor.Zeros(x.Rows); }
        public void Initialize() { _b = new Tensor(1); }
        """)]
    [InlineData("""
        Tensor _b;
        public void Load(string path) { _b = new Tensor(path.Length); }
        public void LoadWeights(Tensor b) { _b = b; }
        """)]
    [InlineData("Tensor _b; public void SetBias(Tensor b) => _b = b; public void ReplaceHead(Tensor b) => _b = b;")]
    [InlineData("""
        Tensor _b;
        public Net() => Setup();
        void Setup() => Wire(new Tensor(3));
        void Wire(Tensor t) => _b = t;
        """)]
    [InlineData("Tensor _b; public void Forward(Tensor x) { _b ??= new Tensor(x.Rows); }")]
    [InlineData("Tensor _b; public void Forward(Tensor x) { if (_b is null) { _b = new Tensor(x.Rows); } }")]
    [InlineData("""
        Tensor _b; bool _built;
        public void Forward(Tensor x) { if (!_built) { _b = new Tensor(x.Rows); _built = true; } }
        """)]
    [InlineData(
        """
        Tensor _b; int _n;
        public void Forward(Tensor x) { if (_n == 0) Make(x.Rows); }
        void Make(int n) { _n = n; _b = new Tensor(n); }
        """)]
    [InlineData("""
        Layer[] _layers = [];
        public void Forward(Tensor x) { if (_layers.Length == 0) { _layers = [new Layer()]; } }
        """)]
    [InlineData("""
        Tensor _best, _other = new(2);
        public void Forward(Tensor x) { _best = _other; }
        public void Keep() { _best = _w; }
        """)]
    [InlineData(
        """
        Layer[] _layers = [new()];
        Layer _active;
        public void Forward(Tensor x) { foreach (Layer l in _layers) { _active = l; } }
        """)]
    [InlineData("Tensor _bias = new(1); public Tensor Forward(Tensor x) { return _bias.Add(x).Add(_w); }")]
    [InlineData("Layer _mlp = new(); public Tensor Forward(Tensor x) { return _mlp.Forward(x).Add(x); }")]
    [InlineData("""
        Tensor _b = new(1);
        public void Train(float lr) { for (int i = 0; i < 1; i++) _b.Data[i] -= lr * _b.Grad[i]; }
        """)]
    [InlineData("""
        Tensor _b = new(1);
        public void Backward(float[] d) { for (int i = 0; i < 1; i++) _b.Grad[i] += d[i]; }
        """)]
    [InlineData("Tensor _b = new(1); public void Forward(float[] d) { Array.Clear(_b.Grad); _b.Grad[0] = 0; }")]
    [InlineData("Tensor _b = new(1); public void Step(Tensor update) { _b = _b + update; }")]
    [InlineData("""
        Tensor _layer1;
        public void Fit(float[][] xs) { _layer1 = new Tensor(xs[0].Length); foreach (float[] x in xs) { } }
        """)]
    [InlineData(
        """
        public Tensor B { get; set; } = new(1);
        public required Tensor C { get; init; }
        public Tensor D { get => B; set => B = value; }
        """)]
    [InlineData(
        """
        List<Tensor> _cache = new();
        public void Forward(Tensor x) { _cache.Clear(); _cache = new List<Tensor>(4); _cache = []; }
        """)]
    [InlineData("""
        [ClipIgnore] Tensor _x;
        [Gradient] Tensor _y = new(2);
        public void Forward(Tensor x) { _x = x; _y = x; }
        """)]
    [InlineData("static Tensor s_x; public void Forward(Tensor x) { s_x = x; }")]
    [InlineData("float[] _x; public void Forward(float[] x) { _x = x; }")]
    [InlineData("Tensor _b; public void Forward(Tensor x) { Tensor _b = x; Tensor y = _b; }")]
    public Task Is_not_reported_for_members_that_are_built_once(string members) => UndeclaredGradientVerifier.VerifyAsync(
        Tensor,
        """
        public sealed partial class Layer
        {
            readonly Tensor _k = new(1);

            public Tensor Forward(Tensor x) => x + _k;
        }
        """,
        Net(members));

    private static string Net(string members) =>
        $$"""
        [ClipGradNorm(1)]
        partial class Net
        {
            readonly Tensor _w = new(3);
            {{members}}
        }
        """;

    [Fact]
    public Task Assignments_in_derived_types_and_holders_count() => UndeclaredGradientVerifier.VerifyAsync(
        Tensor,
        """
        [ClipGradNorm(1)] partial class Net
        {
            readonly List<Layer> _layers = [new Dense()]; readonly Cell _cell = new();
            public void Run(Tensor x) { _cell.Output = x; }
        }
        public abstract partial class Layer
        {
            protected Tensor {|CLIP016:input|}; protected readonly Tensor scale = new(1);
            public abstract Tensor Forward(Tensor x);
        }
        """,
        """
        public sealed partial class Dense : Layer
        {
            [Gradient] readonly Tensor _w = new(3);
            public override Tensor Forward(Tensor x) { input = x; return x + _w + scale; }
        }
        public sealed partial class Cell { public readonly Tensor W = new(1); public Tensor {|CLIP016:Output|}; }
        """);

    [Fact]
    public Task Is_not_reported_where_nothing_is_counted() => UndeclaredGradientVerifier.VerifyAsync(
        Tensor,
        """
        class Trainer { Tensor _x; public void Forward(Tensor x) { _x = x; } }
        [ClipGradNorm(1)] partial class Net { [Gradient] float[] _g = []; }
        [ClipGradNorm(1)] partial class Other { Tensor _x; public void Forward(Tensor x) { _x = x; }
            public void VisitGradients<T>(ref T v) where T : struct, IGradientVisitor { } }
        """);

    [Fact]
    public async Task The_message_names_the_member_the_method_and_the_model()
    {
        IReadOnlyList<string> messages = await UndeclaredGradientVerifier.VerifyAsync(
            Tensor,
            """
            [ClipGradNorm(1)] partial class Net { readonly Cell _cell = new(); }
            partial class Cell { readonly Tensor _w = new(1); Tensor {|CLIP016:_h|}; public void Predict(Tensor x) { _h = x + _w; } }
            """);

        Assert.Equal(
            "'_h' is filled by 'Predict' and may hold activations, whose gradients then count in the norm of 'Net'. "
                + "Mark it [ClipIgnore] if it caches activations, or [Gradient] if it holds weights.",
            Assert.Single(messages));
    }
}
