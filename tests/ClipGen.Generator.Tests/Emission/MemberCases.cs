namespace ClipGen.Generator.Tests.Emission;

/// <summary>
/// Members of every kind as gradients and as parameters. A member that generated code cannot read is an error at its declaration.
/// </summary>
internal static class MemberCases
{
    public static IEnumerable<EmissionCase> All =>
    [
        new("Parameter on an event", """
            [ClipGradNorm(1.0)] public partial class M
            {
                [Gradient] float[] _d = new float[4];
                [{|CLIP006:Parameter(Gradient = nameof(_d))|}] public event Action E;
            }
            """) { OwnErrors = ["CS0592"] },
        new("Parameter on an event's field", """
            [ClipGradNorm(1.0)] public partial class M
            {
                [Gradient] float[] _d = new float[4];
                [field: Parameter(Gradient = nameof(_d))] public event Action E;
            }
            """),
        new("Parameter on a constructor", """
            [ClipGradNorm(1.0)] public partial class M { [{|CLIP006:Parameter(Gradient = "_d")|}] M() { } float[] _d; }
            """) { OwnErrors = ["CS0592"] },
        new("Parameter on indexers", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Gradient] float[] _d = new float[4];
                [{|CLIP006:Parameter(Gradient = nameof(_d))|}] public float[] this[int i] => null;
                public float[] this[string i] => null;
            }
            """),
        new("Parameters that can only be set", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [{|CLIP006:Parameter(Gradient = nameof(_d))|}] public float[] W { set { } }
                float[] _d;
                [{|CLIP006:Parameter(Gradient = nameof(_e))|}] public float[] V { init { } }
                float[] _e;
                [Parameter(Gradient = nameof(_f))] public float[] U { get; init; }
                float[] _f;
            }
            """),
        new("Parameters that are methods", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [{|CLIP006:Parameter(Gradient = nameof(_d))|}] public Span<float> A(int i) => default;
                float[] _d;
                [{|CLIP006:Parameter(Gradient = nameof(_e))|}] public Span<float> B<T>() => default;
                float[] _e;
                [{|CLIP006:Parameter(Gradient = nameof(_f))|}] float[] C(__arglist) => null;
                float[] _f;
                [{|CLIP006:Parameter(Gradient = nameof(_g))|}] float[] D(params int[] i) => null;
                float[] _g;
                [{|CLIP006:Parameter(Gradient = nameof(_h))|}] void E() { }
                float[] _h;
                [Parameter(Gradient = nameof(_i))] Span<float> F() => default;
                float[] _i;
            }
            """),
        new("Parameters that implement an interface explicitly", """
            interface I { float[] W { get; } float[] V(); }

            [ClipGradNorm(1.0)]
            public partial class M : I
            {
                [{|CLIP006:Parameter(Gradient = nameof(_d))|}] float[] I.W => null;
                float[] _d;
                [{|CLIP006:Parameter(Gradient = nameof(_e))|}] float[] I.V() => null;
                float[] _e;
            }
            """),
        new("Parameters that are static are left out", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Parameter(Gradient = nameof(_d))] static float[] A;
                float[] _d;
                [Parameter(Gradient = nameof(_e))] static Span<float> B() => default;
                float[] _e;
            }
            """),
        new("Parameter that is a pointer", """
            [ClipGradNorm(1.0)] public unsafe partial class M { [{|CLIP006:Parameter(Gradient = nameof(_d))|}] float* _w; float[] _d; }
            """),
        new("Gradients that are methods", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [{|CLIP003:Gradient|}] float[] A(__arglist) => null;
                [{|CLIP003:Gradient|}] float[] B(int i = 0) => null;
                [{|CLIP003:Gradient|}] float[] C<T>() => null;
                [Gradient] Span<float> D() => default;
            }
            """),
        new("Gradients that are pointers", """
            [ClipGradNorm(1.0)]
            public unsafe partial class M
            {
                float* _p;
                [Gradient] Span<float> D => new(_p, 3);
                [{|CLIP003:Gradient|}] delegate*<void> _f;
                [{|CLIP003:Gradient|}] float*[] _g;
            }
            """),
        new("Members that return by reference", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                float[] _x;
                [Gradient] ref float[] D => ref _x;
                [Gradient] ref readonly float[] E() => ref _x;
                [Gradient(Length = 4)] ref float[] F => ref _x;
                [Parameter(Gradient = nameof(_g))] ref float[] W => ref _x;
                float[] _g;
            }
            """),
        new("Private getter in a base", """
            public class B { public float[] G { private get; set; } }
            [ClipGradNorm(1.0)] public partial class M : B { [{|CLIP003:Parameter(Gradient = nameof(G))|}] float[] _w; }
            """),
        new("Members of a base of every accessibility", """
            public class B
            {
                private float[] A;
                protected float[] C;
                private protected float[] D;
                public float[] E { internal get; set; }
                protected internal float[] F { get; private set; }
                public static float[] G;
                public event Action H;
                public float[] this[int i] => null;
                public float[] J(int i) => null;
            }

            [ClipGradNorm(1.0)]
            public partial class M : B
            {
                [{|CLIP006:Parameter(Gradient = "A")|}] float[] _a;
                [Parameter(Gradient = nameof(C))] float[] _c;
                [Parameter(Gradient = nameof(D))] float[] _d;
                [Parameter(Gradient = nameof(E))] float[] _e;
                [Parameter(Gradient = nameof(F))] float[] _f;
                [{|CLIP003:Parameter(Gradient = nameof(G))|}] float[] _g;
                [{|CLIP006:Parameter(Gradient = nameof(H))|}] float[] _h;
                [{|CLIP003:Parameter(Gradient = "this[]")|}] float[] _i;
                [{|CLIP006:Parameter(Gradient = nameof(J))|}] float[] _j;
            }
            """),
        new("Override that can only be set", """
            public class B { public virtual float[] G { get; set; } }
            [ClipGradNorm(1.0)] public partial class M : B { [{|CLIP003:Gradient|}] public override float[] G { set { } } }
            """),
        new("Parameters that name what is no gradient", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [{|CLIP006:Parameter(Gradient = "")|}] float[] _a;
                [{|CLIP006:Parameter(Gradient = ".ctor")|}] float[] _b;
                [{|CLIP003:Parameter(Gradient = "get_P")|}] float[] _c;
                float[] P { get; set; }
                [{|CLIP006:Parameter(Gradient = "<P>k__BackingField")|}] float[] _e;
                [Parameter(Gradient = null)] float[] _f;
                [{|CLIP006:Parameter(Gradient = "Nested")|}] float[] _g;
                class Nested { }
                [{|CLIP003:Parameter(Gradient = "op_Addition")|}] float[] _h;
                public static float[] operator +(M a, M b) => null;
                [{|CLIP003:Parameter(Gradient = "Finalize")|}] float[] _i;
                ~M() { }
                [Gradient] float[] _d;
            }
            """),
        new("Parameter that names one of several overloads", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Parameter(Gradient = nameof(D))] float[] _w;
                Span<float> D(int i) => null;
                Span<float> D<T>() => null;
                Span<float> D() => null;
                [{|CLIP003:Parameter(Gradient = nameof(E))|}] float[] _v;
                Span<float> E(int i) => null;
                Span<float> E<T>() => null;
            }
            """),
        new("Two parameters of one gradient", """
            [ClipGradNorm(1.0)] public partial class M
            {
                [Parameter(Gradient = "_d")] float[] _w;
                [Parameter(Gradient = "_d")] float[] _v;
                float[] _d;
            }
            """),
        new("Members declared twice", """
            [ClipGradNorm(1.0)] public partial class M
            {
                [Gradient] float[] d;
                float[] d;
                L l;
                int l;
                Span<float> E() => null;
                [Gradient] Span<float> E() => null;
            }
            public partial class L { [Gradient] float[] f; }
            public partial class N<T> { L T; }
            [ClipGradNorm(1.0)] public partial class O<T> { L T; }
            """) { OwnErrors = ["CS0102", "CS0111"] },
        new("Gradients of someone else's type that cannot be read", """
            [assembly: {|CLIP003:GradientSource(typeof(T), "A")|}, {|CLIP003:GradientSource(typeof(T), "B")|}]
                [assembly: {|CLIP003:GradientSource(typeof(T), "C")|}]
            [assembly: {|CLIP003:GradientSource(typeof(T), "D")|}, {|CLIP003:GradientSource(typeof(T), "E")|}]
                [assembly: {|CLIP003:GradientSource(typeof(T), "F")|}]

            public class T
            {
                public float[] A { private get; set; }
                [Obsolete("", true)] public float[] B;
                public event Action C;
                public static float[] D;
                public float[] E(int i) => null;
                float[] F;
            }

            [ClipGradNorm(1.0)] public partial class M { T _t; [Gradient] float[] _d; }
            """),
        new("Gradients of someone else's type that a derived type hides", """
            [assembly: GradientSource(typeof(T<>), "Grad")]

            public class T<X> { public X[] Grad; }
            public class U : T<float> { public new int Grad; }
            public class V : U { }

            [ClipGradNorm(1.0)] public partial class M { U _u; List<V> _v; T<double> _t; }
            """),
    ];
}
