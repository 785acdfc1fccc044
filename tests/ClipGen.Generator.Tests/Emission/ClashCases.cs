namespace ClipGen.Generator.Tests.Emission;

/// <summary>Types, type parameters and members with names that the generated code declares or uses.</summary>
internal static class ClashCases
{
    public static IEnumerable<EmissionCase> All =>
    [
        new("Type parameters named like generated members", """
            [ClipGradNorm(1.0)] public partial class M<{|CLIP010:ClipGenSource|}, {|CLIP010:ClipGradients|}>
            {
                [Gradient] float[] _d = new float[4];
            }
            public partial class N<{|CLIP010:VisitGradients|}> { [Gradient] float[] _d; }
            public partial class O<{|CLIP010:ClipGenGroup1|}> { [Gradient] float[] _d; }
            public partial class P<ZeroGradients> { [Gradient] float[] _d; }
            """),
        new("Type parameter of a container named like a generated member", """
            public partial class ClipGenSource<ClipGenLimits, ClipGradients>
            {
                [ClipGradNorm(1.0), ClipGradNorm(1.0, Group = "a")] public partial class M
                {
                    [Gradient(Group = "a")] readonly float[] _d = new float[3];
                }
            }
            """),
        new("Model named like an unrolled group", """
            [ClipGradNorm(1.0)] public partial class {|CLIP010:ClipGenGroup0|}
            {
                [Gradient] readonly float[] _d = new float[4], _e = new float[4];
            }
            """),
        new("Containers and other types named like generated members", """
            public partial class ClipGradients
            {
                [ClipGradNorm(1.0)] public partial class ClipGenGroup { [Gradient] readonly float[] _d = new float[3]; }
            }
            public class ClipGenSource { }
            public struct ClipGenGroup0 { }
            """),
        new("Type parameter named as the visitor", """
            [ClipGradNorm(1.0)] public partial class M<TVisitor, TVisitor1>
            {
                [Gradient] TVisitor[] _a;
                [Gradient] HashSet<TVisitor1[]> TVisitor2;
            }
            """),
        new("Type named as the visitor, held", """
            public partial class TVisitor { [Gradient] readonly float[] _a = new float[4]; }
            [ClipGradNorm(1.0)] public partial class M { TVisitor _a; HashSet<TVisitor> _b; [Gradient] readonly float[] _c = new float[4]; }
            """),
        new("A base has a nested type of the model's name", """
            public class B { public class M { } public class M<T> { } }
            [ClipGradNorm(1.0)] public partial class M : B { [Gradient] readonly float[] _d = new float[4]; }

            namespace @in
            {
                public class B<T> { protected struct N { } }
                public partial class O<U>
                {
                    [ClipGradNorm(1.0)] partial class N : B<int> { [Gradient] readonly float[] _d = new float[4]; }
                }
            }
            """),
        new("Nested types named like the namespaces of generated code", """
            namespace Acme
            {
                public class System { }
                public class ClipGen { }
                public class Numerics { }
                public class Span { }

                [global::ClipGen.ClipGradNorm(1.0)]
                public partial class M
                {
                    public class System { }
                    public class ClipGen { }
                    class Numerics { }
                    class Span<T> { }
                    class global { }
                    public class GradientOperations { }
                    [global::ClipGen.Gradient] float[] _d = new float[3];
                    [global::ClipGen.Gradient] readonly float[] Global = new float[4];
                    readonly int Half;
                }
            }
            """) { IsBare = true },
        new("Members named like the namespaces and names of generated code", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                int System, ClipGen, Numerics;
                [Gradient] readonly float[] GetType = new float[3], Type = new float[2];
                [Gradient] double[] norm, factor, limit, norms, _model, _source, gradient0, lanes0, last0, visitor;
                [Gradient] double[] items0, item0, pair0, i0, value0, model, source;
            }
            """),
        new("Type parameters named like the namespaces of generated code", """
            [ClipGradNorm(1.0)] public partial class M<System, ClipGen, global, Span> { [Gradient] Span[] _d; [Gradient] @global[] _e; }
            """),
        new("Model in a namespace of ClipGen's",
            """namespace ClipGen.Samples { [ClipGradNorm(1.0)] public partial class M { [Gradient] float[] _d; } }"""),
        new("Model in the namespace System, with a polyfill", """
            namespace System.Models { [ClipGradNorm(1.0)] public partial class M { [Gradient] float[] _d; } }
            namespace System.Runtime.CompilerServices { class ForOlderFrameworks { } }
            """),
        new("Model named System outside of all namespaces", """
            [ClipGen.ClipGradNorm(1.0)] public partial class {|CLIP003:System|} { [ClipGen.Gradient] float[] _d; }
            """) { IsBare = true },
        new("Another type named System outside of all namespaces", """
            [ClipGen.ClipGradNorm(1.0)] public partial class {|CLIP003:M|} { [ClipGen.Gradient] float[] _d; }
            public class System { }
            """) { IsBare = true },
        new("A type where a namespace of the runtime library is", """
            namespace ClipGen
            {
                public class Numerics { }
                [ClipGradNorm(1.0)] public partial class {|CLIP003:M|} { [Gradient] float[] _d; }
            }
            """),
        new("Overloads of generated members", """
            /// <summary>A model.</summary>
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Gradient] float[] _d;

                /// <summary>Mine.</summary>
                public void ClipGradients(object o) { }

                /// <summary>Mine.</summary>
                public void ClipGradients(int i) { }

                /// <summary>Mine.</summary>
                public void GetGradientNorms(float[] f) { }

                /// <summary>Mine.</summary>
                public void GetGradientNorms<T>() { }

                /// <summary>Mine.</summary>
                public void ScaleGradients(float f) { }

                /// <summary>Mine.</summary>
                public void ZeroGradients(int layer) { }

                /// <summary>Mine.</summary>
                public void VisitGradients<T>(ref int i) { }

                /// <summary>Mine.</summary>
                public void VisitGradients() { }
            }
            """),
        new("Overloads that a derived model's own calls could choose", """
            [ClipGradNorm(1.0)] public partial class B { [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial class M : B
            {
                [Gradient] float[] _e;
                public int ClipGradients(object o) => 0;
                public int ClipGradients(params double[] x) => 0;
            }
            """),
        new("Members of object are hidden", """
            public partial class L
            {
                [Gradient] float[] _d;
                public new int GetType() => 3;
                public new static bool Equals(object a, object b) => false;
                public new bool ReferenceEquals(object a, object b) => true;
                public new string ToString() => "";
            }

            public partial class K
            {
                [Gradient] float[] _d;
                public new int GetType;
                public static bool operator ==(K a, K b) => false;
                public static bool operator !=(K a, K b) => true;
                public override bool Equals(object o) => false;
                public override int GetHashCode() => 0;
                public static bool operator true(K l) => false;
                public static bool operator false(K l) => false;
                public static implicit operator float[](K l) => null;
            }

            [ClipGradNorm(1.0)] public partial class M { L _l; L[] _m; K _k; List<K> _n; [Gradient] float[] _x; }
            """),
        new("Traversals by hand that differ from the interface's", """
            [ClipGradNorm(1.0)] public partial class {|CLIP003:B|}
            {
                [Gradient] float[] _d;
                public void VisitGradients<T>(ref T v) where T : IGradientVisitor { }
            }
            [ClipGradNorm(1.0)] public partial class C
            {
                [Gradient] float[] _d;
                public void {|CLIP010:VisitGradients|}<T>(in T v) where T : struct, IGradientVisitor { }
            }
            [ClipGradNorm(1.0)] public partial class D
            {
                [Gradient] float[] _d;
                public static void {|CLIP010:VisitGradients|}<T>(ref T v) { }
            }
            [ClipGradNorm(1.0)] public partial class E { [Gradient] float[] _d; public void VisitGradients<T>(ref T[] v) { } }
            [ClipGradNorm(1.0)] public partial class F { [Gradient] float[] _d; public int {|CLIP010:VisitGradients|}<T>(ref T v) => 0; }
            [ClipGradNorm(1.0)] public partial class {|CLIP003:G|}
            {
                [Gradient] float[] _d;
                public void VisitGradients<T>(ref T v) where T : unmanaged, IGradientVisitor { }
            }
            """),
        new("Traversals by hand in bases that differ from the interface's", """
            public class B1 { public virtual void VisitGradients<T>(ref T v) { } }
            [ClipGradNorm(1.0)] public partial class {|CLIP003:M1|} : B1 { [Gradient] float[] _d; }
            public class B2 { public void VisitGradients<T>(ref T v) where T : struct, IGradientVisitor { } }
            [ClipGradNorm(1.0)] public partial class M2 : B2 { [Gradient] float[] _d; }
            public class B3
            {
                public virtual void VisitGradients<T>(in T v) where T : struct, IGradientVisitor { }
                public static void VisitAllGradients() { }
            }
            [ClipGradNorm(1.0)] public partial class M3 : B3 { [Gradient] float[] _d; }
            public class B4 { protected void VisitOwnGradients<T>(ref T v) { } public virtual int VisitAllGradients<T>(ref T v) => 0; }
            [ClipGradNorm(1.0)] public partial class M4 : B4 { [Gradient] float[] _d; }
            """),
        new("Bases with members of generated names", """
            public class B
            {
                public class {|CLIP010:ClipGenSource|} { }
                public class ClipGenGroup0 { }
                protected int {|CLIP010:ClipGenLimits|};
                public int VisitOwnGradients;
            }
            [ClipGradNorm(1.0)] public partial class M : B { [Gradient] readonly float[] _d = new float[3]; }
            public partial class L : B { [Gradient] readonly float[] _d = new float[3]; }
            """),
        new("Names in the model's own code that a generated member would take over", """
            static class {|CLIP010:GradientNorm|} { public static double Of(float[] d) => 0; }
            [ClipGradNorm(1.0)] public partial class A { [Gradient] float[] _d = new float[3]; double N() => GradientNorm.Of(_d); }

            namespace H { public static class T { public static void {|CLIP010:ZeroGradients|}(float[] f) { } } }
            namespace K
            {
                using static H.T;
                [ClipGradNorm(1.0)] public partial class B { [Gradient] float[] _d = new float[3]; void Z() => ZeroGradients(_d); }
            }

            public partial class O
            {
                static void {|CLIP010:ScaleGradients|}(int i) { }
                [ClipGradNorm(1.0)] public partial class C
                {
                    [Gradient] float[] _d = new float[3];
                    class In { void Y() { ScaleGradients(3); } }
                }
            }

            public struct {|CLIP010:ClipGenSource|} { }
            public class {|CLIP010:ClipGenGroup0|} { public class Inner { } }
            [ClipGradNorm(1.0)] public partial class D { [Gradient] float[] _d = new float[3]; ClipGenSource _s; }
            [ClipGradNorm(1.0)] public partial class E { [Gradient] float[] _d = new float[3]; List<ClipGenGroup0.Inner> _s; }
            """),
        new("Names in the model's own code that no generated member takes over", """
            class GradientNorm { }
            static class Extensions { public static void ZeroGradients(this M m, int i) { } }

            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Gradient] float[] _d = new float[3];
                GradientNorm _n = new GradientNorm();
                List<GradientNorm> _l;
                GradientNorm Get(GradientNorm x) => (GradientNorm)(object)x;
                void Y() { this.ZeroGradients(3); }
                void ClipGradients(int i)
                {
                    ClipGradients(3);
                    var x = new { GradientNorm = 3 };
                    int ClipGenSource = 3;
                    T(ZeroGradients: 1);
                    ClipGenSource++;
                }
                void T(int ZeroGradients) { ZeroGradients.ToString(); }
            }
            """),
        new("Text of groups that XML, comments or literals take for their own", """
            [ClipGradNorm(1.0, Group = "a & <b> ]]> */ \" \u2028 \u0085 \uFFFE \uD800 \0 {x}")]
            public partial class M { [Gradient(Group = "a & <b> ]]> */ \" \u2028 \u0085 \uFFFE \uD800 \0 {x}")] float[] _d; }
            """),
    ];
}
