namespace ClipGen.Generator.Tests.Emission;

/// <summary>Collections whose public members differ from the members of their interfaces.</summary>
internal static class CollectionCases
{
    private const string Layer = "public partial class L { [Gradient] float[] _d; }\n";

    /// <summary>Explicit enumerators of a collection of arrays.</summary>
    private const string Explicitly =
        "IEnumerator<float[]> IEnumerable<float[]>.GetEnumerator() => null; IEnumerator IEnumerable.GetEnumerator() => null;";

    public static IEnumerable<EmissionCase> All =>
    [
        new("Two enumerables of gradients", $$"""
            public class C : IEnumerable<float[]>, IEnumerable<double[]>
            {
                {{Explicitly}}
                IEnumerator<double[]> IEnumerable<double[]>.GetEnumerator() => null;
            }
            [ClipGradNorm(1.0)] public partial class M { [{|CLIP003:Gradient|}] C _c; }
            """),
        new("Two enumerables of which one is of gradients", $$"""
            public class C : IEnumerable<float[]>, IEnumerable<int>
            {
                {{Explicitly}}
                IEnumerator<int> IEnumerable<int>.GetEnumerator() => null;
            }
            [ClipGradNorm(1.0)] public partial class M { [Gradient] C _c; [Gradient] List<C> _d; }
            """),
        new("Two enumerables of sources, held by a collection that nobody marked", Layer + """
            public partial class K { [Gradient] float[] _d; }

            public class C : IEnumerable<L>, IEnumerable<K>
            {
                IEnumerator<L> IEnumerable<L>.GetEnumerator() => null;
                IEnumerator<K> IEnumerable<K>.GetEnumerator() => null;
                IEnumerator IEnumerable.GetEnumerator() => null;
            }

            [ClipGradNorm(1.0)] public partial class M { List<C> {|CLIP003:_c|}; }
            """),
        new("A list that is an enumerable of its items' base as well", """
            public abstract partial class B { [Gradient] float[] _d; }
            public partial class L : B { [Gradient] float[] _e; }
            public class Ls : List<L>, IEnumerable<B> { IEnumerator<B> IEnumerable<B>.GetEnumerator() => GetEnumerator(); }
            [ClipGradNorm(1.0)] public partial class M { Ls _c; }
            """),
        new("Public enumerators that are something else", $$"""
            public class A : IEnumerable<float[]> { public IEnumerator<int> GetEnumerator() => null; {{Explicitly}} }
            public class B : IEnumerable<float[]> { public B GetEnumerator() => null; {{Explicitly}} }
            public class C : IEnumerable<float[]> { public object GetEnumerator; {{Explicitly}} }
            public class D : IEnumerable<float[]> { internal IEnumerator<float[]> GetEnumerator(int i = 0) => null; {{Explicitly}} }
            public class E : IEnumerable<float[]>
            {
                [Obsolete("x", true)] public IEnumerator<float[]> GetEnumerator() => null;
                {{Explicitly}}
            }
            public class F : IEnumerable<float[]> { public static IEnumerator<float[]> GetEnumerator() => null; {{Explicitly}} }
            public class G : IEnumerable<float[]> { public IEnumerator<T> GetEnumerator<T>() => null; {{Explicitly}} }
            public class H : List<float[]> { public new IEnumerator<double[]> GetEnumerator() => null; }
            [ClipGradNorm(1.0)] public partial class M
            {
                [Gradient] A _a;
                [Gradient] B _b;
                [Gradient] C _c;
                [Gradient] D _d;
                [Gradient] E _e;
                [Gradient] F _f;
                [Gradient] G _g;
                [Gradient] H _h;
            }
            """),
        new("Enumerators that are only a pattern, some of them ref structs", Layer + """
            public class Bag
            {
                public E GetEnumerator() => default;
                public ref struct E { public L Current => null; public bool MoveNext() => false; public void Dispose() { } }
            }
            public class Arrays
            {
                public E GetEnumerator() => default;
                public ref struct E { public ref readonly float[] Current => throw null; public bool MoveNext() => false; }
            }
            public class Rows
            {
                public E GetEnumerator() => default;
                public struct E { public Span<float> Current => default; public bool MoveNext() => false; }
            }
            public class Broken
            {
                public E GetEnumerator() => default;
                public struct E { public float[] Current => default; public int MoveNext() => 0; }
            }
            [ClipGradNorm(1.0)] public partial class M
            {
                Bag _a;
                [Gradient] Bag _b;
                [Gradient] Arrays[] _c;
                [Gradient] Rows _d;
                [{|CLIP003:Gradient|}] Broken _e;
            }
            """),
        new("Spans of arrays", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Gradient] Span<float[]> A => default;
                [Gradient] ReadOnlySpan<float[]> B() => default;
                [{|CLIP003:Gradient|}] ReadOnlySpan<float> C => default;
            }
            """),
        new("Lists with an indexer that hides theirs", """
            public class A : List<float[]> { public new int this[int i] => 3; }
            public class B : List<float[]> { public int this[long i] => 3; }
            public class C : List<float[]> { public int this[object i] => 3; }
            public class D : List<float[]> { public float[] this[string i] => null; }
            public class E : List<float[]> { public new float[] this[in int i] => null; }
            public class F : List<float[]> { public new float[] this[int i] { set { } } }
            public class G : List<float[]> { public new double[] this[int i] => null; }
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Gradient] A _a;
                [Gradient] B _b;
                [Gradient] C _c;
                [Gradient] D _d;
                [Gradient] E _e;
                [Gradient] F _f;
                [Gradient] G _g;
                [Gradient] A[,] _h;
                [Gradient] (A, A) _i;
            }
            """),
        new("Lists with a Count that hides theirs", """
            public class A : List<float[]> { public new string Count => ""; }
            public class B : List<float[]> { public new int Count() => 1; }
            public class C : List<float[]> { new int Count; }
            public class D : List<float[]> { public new class Count { } }
            public class E : List<float[]> { [Obsolete("x", true)] public new int Count => 0; }
            [ClipGradNorm(1.0)] public partial class M
            {
                [Gradient] A _a;
                [Gradient] B _b;
                [Gradient] C _c;
                [Gradient] D _d;
                [Gradient] E _e;
            }
            """),
        new("Interfaces that are several collections", """
            public interface IA : IList<float[]>, IReadOnlyList<float[]> { }
            public interface IB : IReadOnlyList<float[]>
            {
                new int this[int i] { get; }
                new int Count { get; }
                new IEnumerator<int> GetEnumerator();
            }
            public interface IC : IEnumerable<float[]>, IEnumerable<double> { }
            [ClipGradNorm(1.0)] public partial class M
            {
                [Gradient] IA _a;
                [Gradient] IB _b;
                [Gradient] IC _c;
                [Gradient] ICollection<float[]> _d;
                [Gradient] ISet<float[]> _e;
                [Gradient] IReadOnlyCollection<IA> _f;
            }
            """),
        new("Structs that are collections explicitly", $$"""
            public struct C : IEnumerable<float[]> { {{Explicitly}} }
            [ClipGradNorm(1.0)] public partial class M { [Gradient] C _c; [Gradient] C? _d; [Gradient] C[] _e; [Gradient] HashSet<C?> _f; }
            """),
        new("Items of a private type", """
            public class D : IEnumerable<D.H>
            {
                IEnumerator<D.H> IEnumerable<D.H>.GetEnumerator() => null;
                IEnumerator IEnumerable.GetEnumerator() => null;
                private class H : IGradientSource { public void VisitGradients<T>(ref T v) where T : struct, IGradientVisitor { } }
            }

            [ClipGradNorm(1.0)] public partial class M { D {|CLIP003:_d|}; }
            """),
        new("Items of a private type of the model's", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                private partial class L { [Gradient] float[] _d; }
                class Ls : List<L> { }
                class Ms : IEnumerable<L[]>
                {
                    IEnumerator<L[]> IEnumerable<L[]>.GetEnumerator() => null;
                    IEnumerator IEnumerable.GetEnumerator() => null;
                }
                Ls _a;
                Ms _b;
                List<L> _c;
                HashSet<L> _e;
                Dictionary<string, L> _f;
                IEnumerable<(L, int)> _g;
            }
            """),
        new("Dictionaries with odd keys", """
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Gradient] Dictionary<dynamic, float[]> _a;
                [Gradient] IReadOnlyDictionary<(dynamic x, int @event), (float[] @class, dynamic)> _b;
                [Gradient] SortedList<(int a, string b), float[]> _c;
                [Gradient] IDictionary<object, List<float[]>> _d;
                [Gradient] Dictionary<DayOfWeek, float[]> _e;
                [Gradient] SortedDictionary<int, float[]>.ValueCollection _f;
                [Gradient] Dictionary<Dictionary<string, int>[], float[]> _g;
            }
            """),
        new("Dictionary whose public enumerator gives the values", """
            public class C : Dictionary<string, float[]> { public new IEnumerator<float[]> GetEnumerator() => null; }
            [ClipGradNorm(1.0)] public partial class M { [Gradient] C _c; }
            """),
        new("Two dictionaries in one type", """
            public interface IA : IDictionary<string, float[]>, IReadOnlyDictionary<string, float[]> { }
            public interface IB : IReadOnlyDictionary<string, float[]>, IReadOnlyDictionary<int, int> { }
            public interface IC : IReadOnlyDictionary<string, float[]>, IReadOnlyDictionary<int, double[]> { }
            [ClipGradNorm(1.0)] public partial class M { [Gradient] IA _a; [Gradient] IB _b; [{|CLIP003:Gradient|}] IC _c; }
            """),
        new("Items that may be null", """
            #nullable enable
            [ClipGradNorm(1.0)]
            public partial class M
            {
                [Gradient] HashSet<float[]?>? _a;
                [Gradient] IEnumerable<KeyValuePair<string?, float[]?>?>? _b;
                L?[]? _c;
                HashSet<L?>? _d;
            }

            public partial class L { [Gradient] float[]? _e; }
            """),
    ];
}
