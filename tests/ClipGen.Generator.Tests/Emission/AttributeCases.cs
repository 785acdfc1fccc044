namespace ClipGen.Generator.Tests.Emission;

/// <summary>Attributes on members and types that make the compiler report their use as a warning or an error.</summary>
internal static class AttributeCases
{
    public static IEnumerable<EmissionCase> All =>
    [
        new("Experimental gradient",
            """[ClipGradNorm(1.0)] public partial class M { [Gradient, Experimental("EXP1")] public float[] D = new float[4]; }"""),
        new("Experimental members, held types, type arguments and containers", """
            #pragma warning disable E3, E4
            [ClipGradNorm(1.0), Experimental("E1")]
            public partial class M
            {
                [Gradient, Experimental("E2")] readonly float[] _a = new float[3];
                [Parameter(Gradient = nameof(_f)), Experimental("E2")] float[] _w;
                float[] _f;
                L _l;
                List<L> _m;
                HashSet<L> _s;
                Dictionary<L, L[]> _d;
                O.N _n;
            }

            [Experimental("E3")] public partial class L { [Gradient] float[] _d; }
            [Experimental("E4")] public partial class O { public partial class N { [Gradient] float[] _d; } }
            [ClipGradNorm(1.0)] public partial class P : L { [Gradient] float[] _e; }
            """),
        new("Obsolete gradients that warn", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Gradient, Obsolete] readonly float[] _a = new float[3];
                [Gradient, Obsolete("x")] float[] _b;
                [Gradient, Obsolete("x", false, DiagnosticId = "X1", UrlFormat = "https://x/{0}")] List<float[]> _c;
                [Gradient, Obsolete("x", DiagnosticId = "no id at all")] float[] _d;
                [Obsolete("x", DiagnosticId = "")] L _l;
            }

            [Obsolete("x", DiagnosticId = "Q1")] public partial class L { [Gradient, Obsolete] float[] _d; }
            """),
        new("Obsolete gradients that are errors", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                float[] _b;
                [{|CLIP003:Gradient|}, Obsolete("x", true)] public float[] C = new float[4];
                [{|CLIP003:Gradient|}] float[] D { [Obsolete("x", true)] get => _b; set { } }
                [{|CLIP003:Gradient|}, Obsolete("x", true)] Span<float> E() => _b;
                [{|CLIP006:Parameter(Gradient = nameof(_f))|}, Obsolete("", true, DiagnosticId = "X1")] float[] _w;
                float[] _f;
            }
            """),
        new("Obsolete types that are errors, held", """
            [Obsolete("x", true)] public partial class L { [Gradient] float[] _d; }

            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Obsolete("x", true)] L {|CLIP003:_a|};
                [Obsolete] L _b;
                [Obsolete] List<L> _c;
                [Obsolete] L[] _d;
                [Obsolete] HashSet<L> {|CLIP003:_e|};
            }
            """),
        new("Obsolete types that are errors, in obsolete code", """
            [Obsolete("x", true)] public partial class L { [Gradient] float[] _d; }

            [Obsolete, ClipGradNorm(1.0)]
            public partial class M { L _l; List<L> _m; L[] _n; [Gradient, Obsolete("", true)] readonly float[] _d = new float[3]; }

            [Obsolete] public partial class O
            {
                [ClipGradNorm(1.0)] public partial class N { [Gradient, Obsolete("x", true)] readonly float[] _d = new float[3]; }
            }
            """),
        new("Override of an obsolete property that is an error", """
            public class B { [Obsolete("x", true)] public virtual float[] G { get; set; } }
            [ClipGradNorm(1.0)] public partial class M : B { [{|CLIP003:Gradient|}] public override float[] G { get; set; } }
            """),
        new("Obsolete traversal by hand", """
            public class L : IGradientSource
            {
                [Obsolete("x", true)] public virtual void VisitGradients<T>(ref T v) where T : struct, IGradientVisitor { }
            }
            [ClipGradNorm(1.0)] public partial class M { L _l; List<L> _m; [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial class {|CLIP003:N|} : L { [Gradient] float[] _d; }
            """),
        new("Members that trimming cannot do with", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                float[] _b;
                [{|CLIP003:Gradient|}, RequiresUnreferencedCode("x")] Span<float> D() => _b;
                [{|CLIP003:Gradient|}] float[] E { [RequiresDynamicCode("x")] get => _b; }
                [{|CLIP006:Parameter(Gradient = nameof(_g))|}] float[] W { [RequiresAssemblyFiles] get => _b; }
                float[] _g;
            }
            """),
        new("Members of some platforms only", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                float[] _b;
                [Gradient, System.Runtime.Versioning.UnsupportedOSPlatform("browser")] Span<float> D() => _b;
                [Gradient, System.Runtime.Versioning.SupportedOSPlatform("windows")] float[] _e;
            }
            """),
        new("An assembly that is CLS-compliant", """
            [assembly: CLSCompliant(true)]

            public partial class O<T>
            {
                [ClipGradNorm(1.0), ClipGradNorm(2, Group = "g")]
                public partial class M
                {
                    [Gradient] public float[] D = new float[3];
                    [Gradient(Group = "g")] protected float[] E { get; set; }
                }
            }

            [ClipGradNorm(1.0)] public partial class N : O<int>.M { [Gradient] float[] _f; public L L; }
            public partial class L { [Gradient] public float[] D; }
            public partial struct S { [Gradient] internal float[] _g; }
            public abstract partial class A { [Gradient] float[] _d; }
            [CLSCompliant(false)] [ClipGradNorm(1.0)] public partial class C : A { [Gradient] float[] _e; }
            [ClipGradNorm(1.0)] internal partial record struct I([property: Gradient] float[] D);
            """),
        new("Generic attributes", """
            public class A<T> : Attribute { }
            [A<int>, ClipGradNorm(1.0)] public partial class M { [A<float[]>, Gradient] float[] _d; }
            """),
        new("Attributes of the same name from elsewhere", """
            namespace Theirs
            {
                public class GradientAttribute : Attribute { }
                public class ObsoleteAttribute : Attribute { public ObsoleteAttribute(string x, bool y) { } }
            }
            [ClipGradNorm(1.0)] public partial class M
            {
                [Theirs.Gradient, Gradient, Theirs.Obsolete("", true)] float[] _d;
                [Theirs.Gradient] int _e;
            }
            """),
    ];
}
