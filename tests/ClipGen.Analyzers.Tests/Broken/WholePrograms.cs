namespace ClipGen.Analyzers.Tests.Broken;

/// <summary>
/// Programs with rare declarations, or with declarations that earlier versions read wrongly. Tests replace <c>#</c> by a number, so that
/// many copies compile together.
/// </summary>
internal static class WholePrograms
{
    public const string Usings =
        """
        using System;
        using System.Collections;
        using System.Collections.Generic;
        using System.Diagnostics.CodeAnalysis;
        using System.Runtime.CompilerServices;
        using ClipGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;


        """;

    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["names that are keywords"] =
            """
            namespace @new.@event
            {
                [ClipGradNorm(0.5)] public partial class @file { [Gradient] float[] @ref = new float[3]; @required _inner = new(); }
                public partial class @required { [Gradient] internal double[] @field; }
                [ClipGradValue(2)] public partial record struct @double([property: Gradient] float[] @out, @required Held);
                public partial struct @scoped { [Gradient] float[] extension; @extension[] more; }
                public partial class @extension { [Gradient] Half[] await; }
            }
            """,
        ["a parameter on an event"] =
            """
            [ClipGradNorm(2)]
            public partial class Net
            {
                [Gradient] double[] _d = new double[2];
                [Parameter(Gradient = nameof(_d))] public event EventHandler Changed;
            }
            """,
        ["marks on an event"] =
            """
            [ClipGradNorm(2)]
            public partial class Net
            {
                [Gradient] public event Action A;
                [ClipIgnore] event Action B { add { } remove { } }
                [ClipGradNorm(1)] event Action C;
            }
            """,
        ["a parameter on members that cannot be read"] =
            """
            public class Base { public float[] Hidden { private get; set; } protected internal float[] Shown { get; private set; } }
            [ClipGradNorm(1.5)]
            public partial class Net : Base
            {
                [Gradient] float[] _d = new float[5];
                [Parameter(Gradient = nameof(_d))] public float[] this[string key, int i] => null;
                [Parameter(Gradient = nameof(_d))] public float[] WriteOnly { set { } }
                [Parameter(Gradient = nameof(_d))] public Span<float> WithArgument(int layer) => default;
                [Parameter(Gradient = nameof(_d))] public Span<float> Generic<T>() where T : struct => default;
                [Parameter(Gradient = nameof(Hidden))] float[] _w;
                [Parameter(Gradient = nameof(Shown))] ref float ByReference => ref _d[0];
                [Gradient] float[] Variadic(__arglist) => null;
                [Gradient] ReadOnlyMemory<float> ReadOnly => default;
            }
            """,
        ["members that warn"] =
            """
            [Experimental("NET#")] public partial class Layer { [Gradient] public float[] W = new float[2]; }
            [Obsolete("gone", error: true)] public partial class Old { [Gradient] public float[] W; }
            [ClipGradNorm(1)]
            public partial class Net
            {
                [Gradient, Experimental("GRAD#")] public float[] A = new float[2];
                [Gradient, Obsolete("soon")] public float[] B;
                [Gradient, Obsolete("now", error: true)] public float[] C;
                [Gradient, Obsolete("later", DiagnosticId = "OLD#")] public float[] D { get; set; }
                [Obsolete("held", true)] Old _old;
                Layer _layer;
            }
            """,
        ["names of generated members"] =
            """
            [ClipGradNorm(1)] public partial class ClipGenSource
            {
                [Gradient] readonly float[] _a = new float[8], _b = new float[8];
                public new int GetType() => 1;
            }
            [ClipGradNorm(1)] public partial class ClipGenGroup0<ClipGradients, TVisitor>
            {
                [Gradient] readonly double[] _a = new double[8];
                ClipGenSource _held;
            }
            [ClipGradNorm(1)] public partial class VisitGradients
            {
                [Gradient] float[] GradientNames, ZeroGradients;
                public float[] ClipGenLimits;
            }
            """,
        ["collections with two faces"] =
            """
            public class Two : IEnumerable<double[]>, IEnumerable<float[]>
            {
                IEnumerator<double[]> IEnumerable<double[]>.GetEnumerator() => null;
                IEnumerator<float[]> IEnumerable<float[]>.GetEnumerator() => null;
                IEnumerator IEnumerable.GetEnumerator() => null;
            }
            public class Other : IEnumerable<float[]>
            {
                public IEnumerator<string> GetEnumerator() => null;
                IEnumerator<float[]> IEnumerable<float[]>.GetEnumerator() => null;
                IEnumerator IEnumerable.GetEnumerator() => null;
            }
            public class Reindexed : List<double[]> { public new string this[int i] => ""; public new int Count => 0; }
            [ClipGradNorm(1)] public partial class Net { [Gradient] Two _two; [Gradient] Other[] _other; [Gradient] Reindexed _list; }
            """,
        ["a model that is a collection"] =
            """
            public partial class Layer { [Gradient] float[] _d = new float[2]; }
            [ClipGradNorm(1)] public partial class Sequential : List<Layer> { [Gradient] readonly float[] _scale = new float[1]; }
            [ClipGradNorm(1)] public partial class Stack : Dictionary<string, Stack> { [Gradient] float[] _d; List<Stack> _more; }
            public partial class Forest : IEnumerable<Forest>
            {
                [Gradient] float[] _d;
                public IEnumerator<Forest> GetEnumerator() => null;
                IEnumerator IEnumerable.GetEnumerator() => null;
            }
            """,
        ["partial and semi-automatic properties"] =
            """
            [ClipGradNorm(1)]
            public sealed partial class Net
            {
                public partial Layer First { get; }
                public Layer Second { get => field ??= new(); set; }
                [field: Gradient] public partial double[] G { get; set; }
                [Gradient] public float[] Lazy { get => field ??= new float[2]; }
            }
            public sealed partial class Net
            {
                public partial Layer First { get => field ??= new(); }
                public partial double[] G { get => field; set => field = value; }
            }
            public sealed partial class Layer { [Gradient] public float[] W = new float[1]; }
            """,
        ["captured parameters"] =
            """
            public sealed partial class Layer(float[] w) { [Gradient] public Span<float> G => w; }
            [ClipGradNorm(1)] public sealed partial class Net(double[] dW, Layer head, params Layer[] rest)
            {
                [Gradient] Span<double> G() => dW;
                public object Used => (head, rest);
            }
            [ClipGradNorm(1)] public readonly partial struct Point(float[] d) { [Gradient] public float[] D { get; } = d; }
            """,
        ["records"] =
            """
            public abstract partial record Base([property: Gradient] float[] DBase) { public virtual bool PrintMembers() => true; }
            [ClipGradNorm(1)] public partial record Net([property: Gradient] float[] D, Layer L) : Base(D)
            {
                [Gradient] public required double[] R { get; init; }
            }
            public sealed partial record Layer
            {
                [field: Gradient] public float[] D { get; init; } = new float[2];
                public Layer Copy => this with { };
            }
            [ClipGradNorm(1)] public readonly partial record struct Pair([field: Gradient] float[] A, Layer B);
            """,
        ["inline arrays and memory of layers"] =
            """
            public sealed partial class Layer { [Gradient] public float[] W = new float[1]; }
            [InlineArray(4)] public partial struct Four { Layer _first; }
            [InlineArray(2)] public struct Numbers { float _first; }
            [ClipGradNorm(1)]
            public sealed partial class Net
            {
                public Four L; public Four[] Many; public Memory<Layer> M; public ReadOnlyMemory<Four> N;
                [Gradient] Numbers _numbers;
                Lazy<Layer> _lazy;
                WeakReference<Layer> _weak;
                System.Threading.Tasks.Task<Layer> _task;
                PriorityQueue<Layer, int> _queue;
            }
            """,
        ["wrappers without constraints"] =
            """
            public sealed partial class Layer { [Gradient] public float[] W = new float[1]; }
            public partial class Wrapper<T> where T : new() { protected readonly T Inner = new(); T[] _more; (T, int)? _pair; }
            public partial class Twice<T> : Wrapper<Wrapper<T>> where T : class, new() { }
            [ClipGradNorm(1)] public sealed partial class Net : Wrapper<Layer>
            {
                [Gradient] public float[] D = new float[1];
                Twice<Layer> _twice;
                Wrapper<int> _int;
            }
            """,
        ["types that hold each other"] =
            """
            [ClipGradNorm(1)] public partial class Model { public Block Root = new(); Model _parent; }
            public partial class Block
            {
                public List<Branch> Children = new();
                public Leaf Leaf = new();
                Block _left, _right;
                Model _owner;
            }
            public sealed partial class Branch : Block { Dictionary<string, Block> _named; }
            public sealed partial class Leaf { [Gradient] public float[] W = new float[1]; Branch _above; }
            public partial class A<T> { B<T> _b; T _t; } public partial class B<T> { A<T[]> _a; [Gradient] float[] _g; }
            """,
        ["the same name in base and derived"] =
            """
            public partial class Base { [Gradient] private readonly float[] _dW = new float[1]; public virtual float[] G { get; } }
            [ClipGradNorm(1)] public partial class Net : Base
            {
                [Gradient] private readonly float[] _dW = new float[1];
                [Gradient] public override float[] G => null;
                new Base _base;
            }
            public abstract class ModelBase
            {
                public abstract ClipResult ClipGradients();
                public virtual void ZeroGradients() { }
                public abstract void VisitGradients();
            }
            [ClipGradNorm(1)] public sealed partial class Derived : ModelBase { [Gradient] readonly float[] _d = new float[2]; }
            """,
        ["limits and groups"] =
            """
            [ClipGradNorm(1.0, Group = "encodr", NormType = 0.5)] [ClipGradValue(double.NaN)]
            [ClipGradNorm(-1, Scope = ClipScope.PerParameter, NonFinite = (NonFinitePolicy)7)]
            public partial class Net
            {
                const double Limit = 1e3; static readonly double Other = 3;
                [Gradient(Group = "encoder", Length = 4)] readonly float[] _a = new float[4];
                [ClipGradNorm(Limit, Group = null)] [ClipGradValue(Other)] double[] _b;
                [Gradient(Group = nameof(Net), Length = -1), ClipIgnore] float[] _c;
                [Parameter(Gradient = "_nowhere", Group = "x")] float[] _w; [Parameter(Gradient = null)] float[] _v;
            }
            """,
        ["explicit members of interfaces"] =
            """
            public interface ILayer : IGradientSource { float[] D { get; } Layer Inner { get; set; } }
            public partial class Layer : ILayer
            {
                [Gradient] float[] ILayer.D { get; } = new float[1];
                Layer ILayer.Inner { get; set; }
                [Gradient] float[] _d;
            }
            [ClipGradNorm(1)] public partial class Net
            {
                ILayer[] _layers;
                IGradientSource _any;
                IClippable _model;
                List<ILayer> Named { get; }
            }
            public class ByHand : IGradientSource
            {
                void IGradientSource.VisitGradients<TVisitor>(ref TVisitor visitor) => visitor.Visit<float>("d", new float[1]);
            }
            """,
        ["sources of others"] =
            """
            public class Matrix { public float[] Data, Grad; public Matrix Transposed => null; }
            public struct Vector { public double[] Gradient { get; set; } public double[] Values; }
            public class Theirs<T> { public T[] Grad; public T[] W; }
            [ClipGradNorm(1)] public partial class Net
            {
                Matrix _w;
                Vector[] _v;
                Theirs<float> _t;
                [ClipIgnore] Matrix _frozen;
                float[] _hidden, _dHidden, _wh, _dWh;
                List<Matrix> _cache = [];
            }
            """,
        ["forms of buffers"] =
            """
            [ClipGradNorm(1)]
            public unsafe partial class Net<T, U> where T : unmanaged where U : Net<T, U>
            {
                [Gradient] float[,][] _jagged;
                [Gradient] (float[], double[][])[] _tuples;
                [Gradient] Dictionary<(int, string), List<Half[]>> _map;
                [Gradient] T[] _t;
                [Gradient] System.Numerics.Tensors.Tensor<double> _tensor;
                [Gradient] float* _pointer;
                [Gradient] fixed float _fixed[4];
                [Gradient] delegate*<float[]> _function;
                [Gradient] Span<T> Slice => default;
                [Gradient] ref float[] Ref() => ref _none[0];
                float[][] _none;
                [Gradient] nint[] _native;
                [Gradient] dynamic _dynamic;
                [Gradient] U _self;
            }
            """,
        ["nesting"] =
            """
            public partial interface IOuter<T>
            {
                public partial record Middle<U> where U : T
                {
                    [ClipGradNorm(1)] private protected partial struct Inner { [Gradient] U[] _u; [Gradient] float[] _f; Middle<U> _back; }
                }
            }
            static partial class Static
            {
                [ClipGradNorm(1)] internal static partial class Nested { [Gradient] static float[] _s; }
                internal enum E { [Gradient] A }
                delegate void D([Gradient] float[] d);
            }
            file partial class Local { [Gradient] float[] _d; } partial ref struct Stack { [Gradient] Span<float> _s; }
            """,
        ["a module"] =
            """
            [ClipGradNorm(1)] [ClipGradValue(0.1, Group = "head")]
            public partial class Net : nn.Module<Tensor, Tensor>
            {
                [Gradient(Group = "head")] readonly Linear _head = nn.Linear(4, 2);
                [ClipIgnore] readonly Linear[] _frozen = [nn.Linear(4, 4)];
                readonly List<Linear> _plain = [];
                [Gradient] readonly float[] _buffer = new float[2];
                [Gradient(Group = "x")] Parameter _p;
                ModuleList<Linear> _list;
                nn.Module _any;
                [Parameter] Tensor _t;
                public Net() : base("net") => RegisterComponents();
                public override Tensor forward(Tensor x) => _head.call(x);
            }
            public partial class Holder { [Gradient] Net _net; Linear _linear; [Gradient] float[] _d; }
            """,
        ["training by hand"] =
            """
            public partial class Tensor2(int n) { public float[] Data = new float[n]; [Gradient] public float[] Grad = new float[n]; }
            public interface IStep { void Backward(Span<float> error); [OptimizerStep] void Apply(float rate); }
            [ClipGradNorm(1)]
            public sealed partial class Net : IStep
            {
                readonly Tensor2 _w = new(3); readonly List<Tensor2> _cache = []; IStep[] _others;
                [BackwardPass] public void Backward(Span<float> error) { for (int i = 0; i < 3; i++) _w.Grad[i] += error[i]; }
                public void Apply(float rate) { for (int i = 0; i < 3; i++) _w.Data[i] -= rate * _w.Grad[i]; Array.Clear(_w.Grad); }
                public void Train()
                {
                    for (int i = 0; i < 9; i++)
                    {
                        foreach (IStep o in _others) o.Backward(default);
                        Backward(new float[3]);
                        ClipGradients();
                        Apply(0.1f);
                    }
                }
            }
            """,
    };

    /// <summary>The programs, by the kind of declaration.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        Bodies.ToDictionary(pair => pair.Key, pair => InFile(pair.Key, pair.Value));

    private static string InFile(string name, string body)
    {
        string attributes = name switch
        {
            "sources of others" =>
                "[assembly: GradientSource(typeof(P#.Matrix), \"Grad\")] [assembly: GradientSource(typeof(P#.Theirs<>), "
                + "nameof(P#.Vector.Gradient))]\n",
            "records" => "[assembly: CLSCompliant(true)]\n",
            _ => "",
        };
        return $"{Usings}{attributes}namespace P#\n{{\n{body}\n}}\n";
    }
}
