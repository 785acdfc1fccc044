namespace ClipGen.Analyzers.Tests.Declarations;

/// <summary>CLIP007 is not reported for gradients that a base class, a property or a collection already provides.</summary>
public sealed class HandedOverGradientTests
{
    private const string Bases =
        """
        public sealed partial class Tensor
        {
            public float[] Data; [Gradient] public float[] Grad;
            public Tensor(int n) { Data = new float[n]; Grad = new float[n]; }
        }
        public abstract partial class Function
        {
            private readonly List<Tensor> _all = new();
            protected Function(params Tensor[] tensors) { _all.AddRange(tensors); }
            public Tensor[] Parameters { get; set; } = [];
            protected Dictionary<string, Tensor> Named { get; } = new();
            protected void Track(Tensor tensor) { _all.Add(tensor); }
            protected void TrackAll(IEnumerable<Tensor> tensors) { foreach (Tensor tensor in tensors) Track(tensor); }
            protected Tensor New(int n) { Tensor tensor = new(n); _all.Add(tensor); return tensor; }
            protected Tensor First() => _all[0];
            protected void Collect() { Parameters = Own().ToArray(); }
            protected virtual IEnumerable<Tensor> Own() => [];
            protected int Norm(Tensor tensor) => tensor.Data.Length;
        }
        public abstract partial class Declared { [Gradient] protected abstract Tensor[] Parameters { get; } }
        [ClipGradNorm(1)] public partial class Model { Function[] Functions { get; } = []; List<Declared> Others { get; } = []; }

        """;

    [Theory]
    [InlineData("readonly Tensor _w = new(1); public Linear() { Parameters = [_w]; }")]
    [InlineData("public Tensor Weight { get; } = new(1); public Linear() { Parameters = new[] { Weight }; }")]
    [InlineData("""
        readonly Tensor _w = new(1), _b = new(1);
        public Linear() { Parameters = new Tensor[2]; Parameters[0] = _w; this.Parameters[1] = this._b; }
        """)]
    [InlineData("readonly Tensor _w; public Linear() { var w = new Tensor(1); _w = w; Parameters = [w]; }")]
    [InlineData("readonly Tensor _w; public Linear() { Parameters = [_w = new Tensor(1)]; }")]
    [InlineData(
        """
        readonly Tensor _w, _b;
        public Linear() { Tensor b; (_w, _b) = (new Tensor(1), b = new Tensor(2)); Parameters = [_w, b]; }
        """)]
    [InlineData("readonly Tensor _w; public Linear() : this(new Tensor(1)) { } Linear(Tensor w) : base(w) { _w = w; }")]
    [InlineData("""
        readonly Tensor _w; readonly Tensor _b;
        public Linear(Tensor w, Tensor b) : base(w, b) { _w = w; _b = b; }
        """)]
    [InlineData("readonly Tensor _w = new(1); public Linear() { Track(_w); }")]
    [InlineData("readonly Tensor _w, _b; public Linear() { _w = New(1); _b = base.New(2); }")]
    [InlineData("readonly Tensor _w = new(1), _b = new(1); public Linear() { TrackAll([_w, _b]); }")]
    [InlineData("readonly Tensor _w = new(1), _b = new(1); public Linear() { TrackAll(new List<Tensor> { _w, _b }); }")]
    [InlineData("""
        readonly Tensor _w = new(1), _b = new(1);
        public Linear() { TrackAll(new[] { _w }.Concat(new[] { _b })); }
        """)]
    [InlineData("""
        readonly Tensor _w = new(1);
        readonly Tensor[] _heads = [new(1)];
        public Linear() { var l = new List<Tensor> { _w }; l.AddRange(_heads); TrackAll(l); }
        """)]
    [InlineData("""
        readonly Tensor _w = new(1), _b = new(1);
        public Linear() { foreach (Tensor t in new[] { _w, _b }) Track(t); }
        """)]
    [InlineData("""
        readonly Tensor _w = new(1), _b = new(1);
        public Linear() { Named["w"] = _w; Named.Add("b", _b); }
        """)]
    [InlineData("""
        Tensor _w;
        public void Build() { _w = new Tensor(3); Put(_w); }
        void Put(Tensor t) => Named["w"] = t;
        """)]
    [InlineData(
        """
        readonly Tensor _w = new(1);
        public Linear() => Collect();
        protected override IEnumerable<Tensor> Own() { yield return _w; }
        """)]
    [InlineData("""
        readonly Tensor _w = new(1);
        protected override IEnumerable<Tensor> Own() => Inner();
        IEnumerable<Tensor> Inner() => new[] { _w };
        """)]
    [InlineData("readonly Tensor _w; public Linear() : base(new Tensor(1)) { _w = First(); }")]
    [InlineData("readonly Tensor _w; public Linear() { Parameters = [new Tensor(1)]; _w = Parameters[0]; }")]
    [InlineData("""
        readonly Tensor _w;
        public Linear() { Named["w"] = new Tensor(1); var all = Named; _w = all["w"]; }
        """)]
    public Task By_a_base_that_is_given_it(string members) =>
        UndeclaredGradientVerifier.VerifyAsync(Bases, $"public class Linear : Function {{ {members} }}");

    [Theory]
    [InlineData("public class Linear(Tensor w) : Function(w) { readonly Tensor _w = w; }")]
    [InlineData("""
        public class Linear : Declared
        {
            readonly Tensor _w = new(1);
            protected override Tensor[] Parameters => [_w];
        }
        """)]
    [InlineData(
        """
        public class Linear : Declared
        {
            readonly Tensor _w = new(1);
            Tensor[] _all;
            protected override Tensor[] Parameters => _all ??= [_w];
        }
        """)]
    [InlineData(
        """
        public class Linear : Declared
        {
            readonly Tensor _w = new(1);
            protected override Tensor[] Parameters { get { return new[] { _w }; } }
        }
        """)]
    public Task By_a_member_that_is_overridden_or_a_primary_constructor(string type) => UndeclaredGradientVerifier.VerifyAsync(Bases, type);

    [Theory]
    [InlineData("readonly Tensor _w = new(1), {|CLIP007:_b|} = new(2); public Linear() { Parameters = [_w]; }")]
    [InlineData("""
        readonly Tensor {|CLIP007:_w|} = new(1);
        public Linear() { Parameters = new Tensor[_w.Data.Length]; }
        """)]
    [InlineData("readonly Tensor {|CLIP007:_w|} = new(1); public Linear() { Norm(_w); Console.WriteLine(_w); }")]
    [InlineData("readonly Tensor {|CLIP007:_w|}; public Linear(Tensor w, Tensor b) : base(b) { _w = w; }")]
    [InlineData("readonly Tensor {|CLIP007:_w|} = new(1); public void Forward(Tensor _w) { Track(_w); }")]
    [InlineData("readonly Tensor {|CLIP007:_w|} = new(1); protected override IEnumerable<Tensor> Own() => [];")]
    public Task But_not_by_one_that_only_reads_it(string members) =>
        UndeclaredGradientVerifier.VerifyAsync(Bases, $"public class Linear : Function {{ {members} }}");

    [Theory]
    [InlineData("float[] _w1 = [], _w2 = [], _dW1 = [], _dW2 = []; [Gradient] float[][] Gradients => [_dW1, _dW2];")]
    [InlineData("""
        float[] _w1 = [], _dW1 = [];
        [Gradient] readonly List<float[]> _all = new();
        public Net() { _all.Add(_dW1); }
        """)]
    [InlineData("float[] _w1 = [], _dW1 = []; [Gradient] IEnumerable<float[]> All() { yield return _dW1; }")]
    [InlineData("""
        float[] _w1 = [], _dW1 = [];
        [Gradient] readonly (float[] A, float[] B) _pair;
        public Net() { _pair = (_dW1, []); }
        """)]
    [InlineData("""
        float[] _w1 = [], _dW1 = [];
        [Gradient] readonly Dictionary<string, float[]> _all;
        public Net() { _all = new() { ["a"] = _dW1 }; }
        """)]
    [InlineData("""
        float[,] _w = new float[1, 1], _dW = new float[1, 1];
        [Gradient] Span<float> All => System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref _dW[0, 0], 1);
        """)]
    [InlineData("""
        [Gradient] readonly float[] _all = new float[9]; Memory<float> _w1, _dW1;
        public Net() { _dW1 = _all.AsMemory(0, 5); }
        """)]
    [InlineData(
        """
        [Gradient] readonly float[] _all = new float[9]; Memory<float> _w1, _dW1;
        public Net() { _dW1 = new Memory<float>(_all, 0, 5); }
        """)]
    [InlineData("""
        float[] _w = [], _dW = [];
        readonly List<Slot> _slots = new();
        public Net() { _slots.Add(new Slot(_w, _dW)); }
        """)]
    [InlineData("[Parameter(Gradient = nameof(G))] float[] _w = []; float[] _dW = []; float[] G => _dW;")]
    [InlineData("float[] _w = [], _dW = []; [Gradient] float[] G { get { return _dW; } }")]
    [InlineData("float[] _w = [], _dW = []; [Gradient] float[] G => Same(_dW); static float[] Same(float[] a) => a;")]
    [InlineData("""
        float[] _w = [], _dW = []; [Gradient] float[] G;
        public Net() { G = Same(_dW); }
        float[] Same(float[] a) => a ?? [];
        """)]
    [InlineData("""
        Mat[] _w, _dW;
        [Gradient] IEnumerable<float[]> G => _dW.Select(Data);
        static float[] Data(Mat m) => m.Data;
        """)]
    [InlineData("Mat[] _w, _dW; [Gradient] IEnumerable<float[]> G => _dW.Select(m => m.Data);")]
    [InlineData("Mat[] _w, _dW; [Gradient] float[][] G => Array.ConvertAll(_dW, m => m.Data);")]
    [InlineData("""
        float[] _w = [], {|CLIP007:_dW|} = [], _b = [];
        [Gradient] float[] _dB = [];
        public Net() { _dB = Like(_dW); }
        static float[] Like(float[] a) => [];
        """)]
    [InlineData(
        """
        float[] _w = [], {|CLIP007:_dW|} = [], _b = []; [Gradient] float[] _dB = [];
        public Net() { _dB = new float[_dW.Length]; }
        """)]
    public Task By_a_marked_member_that_holds_the_buffer(string members) => UndeclaredGradientVerifier.VerifyAsync(
        $"[ClipGradNorm(1)] partial class Net {{ {members} }}",
        "class Mat { public float[] Data; }",
        """
        partial class Slot(float[] values, float[] gradient)
        {
            float[] _values = values; [Gradient] float[] _gradient = gradient;
        }
        """);

    [Fact]
    public Task By_a_base_that_takes_buffers() => UndeclaredGradientVerifier.VerifyAsync(
        """
        partial class Layer
        {
            [Gradient] protected List<float[]> Gradients { get; } = new();
            protected Layer(params float[][] gradients) { Gradients.AddRange(gradients); }
        }
        [ClipGradNorm(1)] partial class Dense : Layer { readonly float[] _w = [], _dW = []; public Dense() { Gradients.Add(_dW); } }
        [ClipGradNorm(1)] partial class Conv : Layer { readonly float[] _w = [], _dW; public Conv(float[] dW) : base(dW) { _dW = dW; } }
        """);
}
