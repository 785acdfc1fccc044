namespace ClipGen.Generator.Tests.Emission;

/// <summary>Types of every kind, with every kind of container and modifier.</summary>
internal static class TypeCases
{
    public static IEnumerable<EmissionCase> All =>
    [
        new("Models of every kind", """
            [ClipGradNorm(1.0)] public readonly partial struct A { [Gradient] readonly float[] _d; }
            [ClipGradNorm(1.0)] public sealed partial record B([property: Gradient] float[] D) { }
            [ClipGradNorm(1.0)] public abstract partial record C { [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial record D : C { [Gradient] float[] _e; }
            [ClipGradNorm(1.0)] public readonly partial record struct E([property: Gradient] float[] D);
            [ClipGradNorm(1.0)] internal abstract partial class F { [Gradient] private protected float[] _d; }
            [ClipGradNorm(1.0)] public partial class G(float[] d) { [Gradient] Span<float> D => d; }
            [ClipGradNorm(1.0)] public unsafe partial class H { int* _p; [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial class I { [Gradient] public required float[] D { get; init; } }
            """),
        new("Containers of every kind", """
            public static partial class S
            {
                public readonly partial struct R
                {
                    internal partial record Rec(int X)
                    {
                        protected internal abstract partial record class Rec2<T> where T : class, new()
                        {
                            [ClipGradNorm(1.0)] private partial record struct Mod { [Gradient] float[] _d; }
                        }
                    }
                }
            }

            public ref partial struct RS { [ClipGradNorm(1.0)] public partial class M { [Gradient] readonly float[] _d = new float[2]; } }
            public partial interface IC<T> where T : IComparable<T>
            {
                [ClipGradNorm(1.0)] public partial class M { [Gradient] float[] _d; }
            }
            public abstract unsafe partial class AU
            {
                int* _p;
                [Obsolete] public sealed partial class K
                {
                    [ClipGradNorm(1.0)] public partial class M<U> where U : unmanaged { [Gradient] U[] _d; }
                }
            }
            """),
        new("Constraints of every kind", """
            [ClipGradNorm(1.0)]
            public partial class M<T, U, V, W>
                where T : class, IComparable<T>, new() where U : unmanaged where V : notnull, Enum where W : struct
            {
                [Gradient] U[] _d;
                [Gradient] W[,] _e;
                [Gradient] HashSet<U[]> _f;
                T _t;
                V _v;
            }
            """),
        new("Interfaces with static abstract members", """
            public interface ILayer<TSelf> where TSelf : ILayer<TSelf>
            {
                static abstract TSelf Make();
                static abstract int operator +(TSelf a, TSelf b);
            }
            public partial class L : ILayer<L>
            {
                [Gradient] float[] _d;
                public static L Make() => null;
                public static int operator +(L a, L b) => 0;
            }
            public abstract partial class B { [Gradient] float[] _d; }
            [ClipGradNorm(1.0)] public partial class M<T> where T : B, ILayer<T> { T _t; List<T> _u; T[] _v; HashSet<T> _w; L _l; }
            """),
        new("The class of a program", """
            Console.WriteLine(1);
            [ClipGradNorm(1.0)] partial class Program { [Gradient] float[] _d; }
            """),
        new("Model and layers beside a program", """
            var m = new M();
            Console.WriteLine(m);
            [ClipGradNorm(1.0)] partial class M { [Gradient] readonly float[] _d = new float[3]; N _n; }
            partial struct N { [Gradient] float[] _d; }
            """),
        new("File-scoped namespace", """
            namespace Acme.@in;

            [ClipGradNorm(1.0)] partial class M { [Gradient] readonly float[] _d = new float[3]; }
            """),
        new("Without using directives", """
            [global::ClipGen.ClipGradNorm(1.0)]
            partial class M
            {
                [global::ClipGen.Gradient] readonly float[] _d = new float[3];
                [global::ClipGen.Gradient] global::System.Collections.Generic.HashSet<float[]> _e;
            }
            """) { IsBare = true },
        new("In several parts", """
            public partial class M { [Gradient] float[] _d; }
            public sealed partial class M { N _n; }
            [ClipGradNorm(1.0)] partial class M : IDisposable { public void Dispose() { } }
            public partial struct N { }
            public readonly partial struct N { [Gradient] readonly float[] _d; }
            """),
    ];
}
