using System.Text.RegularExpressions;
using ClipGen.Tests;

namespace ClipGen.Generator.Tests;

/// <summary>The buffers that the generator treats as proven: never null, never replaced, and of the length in the initializer.</summary>
public sealed class ProvenBufferTests
{
    private const string Proven = "// Buffers that the compiler saw being allocated";

    [Theory]
    [InlineData("[Gradient] private readonly float[] _d = new float[16];")]
    [InlineData("[Gradient] private readonly float[] _d = new float[16 * 4];")]
    [InlineData("private const int Hidden = 8; [Gradient] private readonly double[] _d = new double[Hidden];")]
    [InlineData("[Gradient] private readonly double[] _d = new double[Sizes.Hidden + 1];")]
    [InlineData("[Gradient] private readonly float[] _a = new float[3], _b = new float[4];")]
    [InlineData("[Gradient] private readonly float[,] _d = new float[4, 4];")]
    [InlineData("[Gradient] public float[] D { get; } = new float[4];")]
    [InlineData("[field: Gradient] public float[] D { get; } = new float[4];")]
    [InlineData("[Gradient(Length = 4)] private readonly float[] _d = new float[4];")]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        public Model() { _d[0] = 1; Array.Clear(_d); }
        """)]
    [InlineData("[Gradient] private readonly float[] _d = new float[4]; public Model(out int n) { n = _d.Length; }")]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        private float[]? _other;
        public Model() { _other = _d; Use(); }
        void Use() { }
        """)]
    public void Nothing_is_checked(string members)
    {
        string file = Emit(members);
        Assert.Contains(Proven, file, StringComparison.Ordinal);
        Assert.Contains("IsUntied => ", file, StringComparison.Ordinal);
        Assert.DoesNotContain("{ Length:", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[Gradient] private float[] _d = new float[16];")]
    [InlineData("[Gradient] private readonly float[] _d = new float[4]; public Model() { _d = new float[5]; }")]
    [InlineData("[Gradient] private readonly float[] _d = new float[4]; public Model() { this._d = new float[5]; }")]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        public Model() { (_d, _) = (new float[5], 1); }
        """)]
    [InlineData("[Gradient] private readonly float[]? _d = new float[4]; public Model() { _d ??= new float[5]; }")]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        public Model() { Set(out _d); }
        static void Set(out float[] d) => d = new float[5];
        """)]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        public Model() { Set(ref _d); }
        static void Set(ref float[] d) => d = new float[5];
        """)]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        public Model() { ref float[] d = ref _d; d = new float[5]; }
        """)]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        public Model(bool b, float[] e) { (b ? ref _d : ref e) = new float[5]; }
        """)]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        public int N { get => 0; init { _d = new float[value]; } }
        """)]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        public int this[int i] { get => 0; init => _d = new float[value]; }
        """)]
    [InlineData("""
        [Gradient] private readonly float[] _d = new float[4];
        void M() { System.Runtime.CompilerServices.Unsafe.AsRef(in _d) = new float[5]; }
        """)]
    [InlineData("[Gradient] public float[] D { get; } = new float[4]; public Model() { D = new float[5]; }")]
    [InlineData("[Gradient] public float[] D { get; set; } = new float[4];")]
    [InlineData("[Gradient] public float[] D { get; init; } = new float[4];")]
    [InlineData("[Gradient] public virtual float[] D { get; } = new float[4];")]
    [InlineData("""
        private static readonly float[] Shared = new float[4];
        [Gradient] private readonly float[] _d = Shared;
        """)]
    [InlineData("static int n = 4; [Gradient] private readonly float[] _d = new float[n];")]
    [InlineData("[Gradient(Length = 5)] private readonly float[] _d = new float[4];")]
    public void Buffers_that_may_be_others_are_checked(string members)
    {
        string file = Emit(members);
        Assert.DoesNotContain(Proven, file, StringComparison.Ordinal);
        Assert.DoesNotContain("IUntiedSource", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class", "[Serializable]")]
    [InlineData("class", "[System.Runtime.Serialization.DataContract]")]
    [InlineData("struct", "", "public Model() { }")]
    [InlineData("record struct", "", "public Model() { }")]
    [InlineData("record", "", "public Model() { } protected Model(Model original) { }")]
    public void Objects_whose_initialisers_may_not_run_are_checked(string keyword, string attribute, string member = "")
    {
        string file = Emit($"[Gradient] private readonly float[]? _d = new float[4]; {member}", keyword, attribute);
        Assert.DoesNotContain(Proven, file, StringComparison.Ordinal);
        Assert.DoesNotContain("IUntiedSource", file, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_parts_of_the_type_count()
    {
        string file = GeneratorHarness.Run(
            Model("[Gradient] private readonly float[] _d = new float[4];"),
            "partial class Model { public Model(int n) { if (n > 0) _d = new float[n]; } }").AssertCompiles().Files["Model.g.cs"];
        Assert.DoesNotContain(Proven, file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[Gradient] private readonly float[] _d = new float[4]; [Gradient] private float[]? _e;")]
    [InlineData("[Gradient] private readonly float[] _d = new float[4]; [Gradient] public float[] E => _d;")]
    [InlineData("[Gradient] private readonly float[] _d = new float[4]; private readonly Layer _layer = new Layer();")]
    public void With_gradients_beside_it_that_may_be_tied_addresses_are_read(string members)
    {
        string file = Emit(members);
        Assert.Contains(Proven, file, StringComparison.Ordinal);
        Assert.DoesNotContain("IUntiedSource", file, StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_of_the_same_array_counts_once()
    {
        dynamic model = Create(
            """
                [Gradient] public readonly float[] A = new float[20], B = new float[3];
                [Gradient] public float[] C => A;
                [Gradient(Length = 3)] public float[]? D;
                """);
        model.A[19] = 3f;
        model.B[2] = 4f;
        model.D = model.B;
        Assert.Equal(5.0, (double)model.GradientNorm());
        model.ClipGradients(2.5);
        Assert.Equal(1.5f, (float)model.A[19]);
        Assert.Equal(2f, (float)model.B[2]);
    }

    [Fact]
    public void A_derived_type_may_add_ties()
    {
        dynamic model = Create(
            "[Gradient] public readonly float[] A = new float[2];",
            """
            public partial class Wider : Model
            {
                [Gradient] public float[] E => A;
                [Gradient] public readonly float[] F = new float[1];
            }
            """,
            "Wider");
        model.A[1] = 3f;
        model.F[0] = 4f;
        Assert.Equal(5.0, (double)model.GradientNorm());
        Assert.Equal(5.0, ((ClipResult)model.ClipGradients(2.5)).TotalNorm);
        Assert.Equal(1.5f, (float)model.A[1]);
        Assert.Equal(2f, (float)model.F[0]);
    }

    [Fact]
    public void A_copied_record_shares_its_arrays_with_the_original_and_counts_them_once()
    {
        dynamic model = Create("""
            [Gradient] public float[] A { get; } = new float[2];
            public dynamic Copy() => this with { };
            """, keyword: "record");
        model.A[0] = 3f;
        Assert.Equal(3.0, (double)model.Copy().GradientNorm());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(300)]
    public void Norms_and_elements_are_those_of_any_gradients(int count)
    {
        string fields = string.Concat(Enumerable.Range(0, count)
            .Select(i => $"[Gradient] public readonly {(i % 5 == 4 ? "double" : "float")}[] G{i} = new "
                + $"{(i % 5 == 4 ? "double" : "float")}[{1 + (i * 7 % 40)}];\n"));
        dynamic model = Create(fields);
        var random = new Random(count);
        Array[] gradients = [.. Enumerable.Range(0, count)
            .Select(i => (Array)((object)model).GetType().GetField($"G{i}")!.GetValue(model)!)];
        foreach (Array gradient in gradients)
        {
            for (int i = 0; i < gradient.Length; i++)
                gradient.SetValue(gradient is float[]? (float)(random.NextDouble() - 0.5) : (object)(random.NextDouble() - 0.5), i);
        }

        double norm = Exact.Norm(2, gradients);
        Exact.AssertClose(norm, (double)model.GradientNorm(), 1e-6);
        Assert.False(((ClipResult)model.ClipGradients(2 * norm)).Clipped);
        ClipResult result = model.ClipGradients(norm / 2);
        Exact.AssertClose(norm, result.TotalNorm, 1e-6);
        Exact.AssertClose(0.5, result.Scale, 1e-6);
        Exact.AssertClose(norm / 2, Exact.Norm(2, gradients), 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => { model.ClipGradients(0.0); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { model.ClipGradients(-1.0); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { model.ClipGradients(double.NaN); });
        Assert.False(((ClipResult)model.ClipGradients(double.PositiveInfinity)).Clipped);
    }

    [Theory]
    [InlineData("Zero", 0f)]
    [InlineData("Leave", 7f)]
    public void Policies_hold(string policy, float left)
    {
        dynamic model = Create("[Gradient] public readonly float[] A = new float[16], B = new float[5];",
            attribute: $"NonFinite = NonFinitePolicy.{policy}");
        model.A[3] = 7f;
        model.B[4] = float.NaN;
        ClipResult result = model.ClipGradients();
        Assert.Equal("B", result.NonFiniteGradient);
        Assert.Equal(left, (float)model.A[3]);
    }

    private static string Emit(string members, string keyword = "class", string attribute = "") =>
        GeneratorHarness.Run(Model(members, keyword, attribute)).AssertCompiles().Files["Model.g.cs"];

    private static object Create(
        string members, string others = "", string type = "Model", string keyword = "class", string attribute = "") =>
        Activator.CreateInstance(GeneratorHarness.Run(
            Regex.Replace(Model(members, keyword, ""), @"\(1\.0\)", attribute.Length == 0 ? "(1.0)" : $"(1.0, {attribute})") + others)
            .Load().GetType(type)!)!;

    private static string Model(string members, string keyword = "class", string attribute = "") =>
        $$"""
        using System; using ClipGen;
        {{attribute}} [ClipGradNorm(1.0)] public partial {{keyword}} Model { {{members}} }
        public static class Sizes { public const int Hidden = 3; }
        public partial class Layer { [Gradient] private readonly float[] _d = new float[4]; }

        """;
}
