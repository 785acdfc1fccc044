using System.Globalization;
using System.Reflection;
using ClipGen.Numerics.Norms;
using ClipGen.Numerics.Overlap;
using ClipGen.Tests;

namespace ClipGen.Generator.Tests;

/// <summary>
/// Compares two forms of code for buffers whose lengths the compiler sees: unrolled code, and code that calls an operation for each buffer.
/// A wrong length for one buffer of a group makes the whole group use the called form.
/// </summary>
public sealed class UnrolledCodeTests
{
    private const int GroupSize = 8;
    private const int GroupsPerModel = 24;

    /// <summary>The element type, and whether the compiler sees that the arrays are never replaced, so that nothing is checked.</summary>
    public static TheoryData<string, bool> Buffers =>
        new() { { "float", false }, { "double", false }, { "float", true }, { "double", true } };

    [Theory]
    [MemberData(nameof(Buffers))]
    public void Every_length_has_the_same_bits_unrolled_and_called(string element, bool isProven)
    {
        // One group for each length, and groups of several lengths, so that remainders occur at all positions in a vector.
        int[][] groups =
        [
            .. Enumerable.Range(1, 256).Select(length => new[] { length }),
            .. Enumerable.Range(0, 12)
                .Select(i => Enumerable.Range(0, GroupSize).Select(j => 1 + (((i * GroupSize) + j) * 37 % 61)).ToArray()),
        ];

        // Many groups in each model, because compiling the runtime's operations for each model takes most of the time.
        int[][][] models = [.. groups.Chunk(GroupsPerModel)];
        Assembly assembly = Compile(string.Join("\n",
            models.Select((own, i) =>
                Model($"Unrolled{i}", element, own, isProven: isProven) + Model($"Called{i}", element, own, isDeclaredRight: false))));
        for (int i = 0; i < models.Length; i++)
        {
            object unrolled = CreateUnrolled(assembly.GetType($"Unrolled{i}")!, groups: models[i].Length);
            object called = Activator.CreateInstance(assembly.GetType($"Called{i}")!)!;
            for (int group = 0; group < models[i].Length; group++)
            {
                // The other groups contain zeros and add nothing.
                Array[] ofUnrolled = Fill(unrolled, group);
                Array[] ofCalled = Fill(called, group);
                string because = string.Join(", ", models[i][group]);

                Assert.False(TrySum(called, group), because);
                double norm = Norm(unrolled);
                Exact.AssertClose(Exact.Norm(2, ofUnrolled), norm, element == "double" ? 1e-12 : 1e-6, because);
                Assert.Equal(BitConverter.DoubleToInt64Bits(norm), BitConverter.DoubleToInt64Bits(Norm(called)));

                ClipResult result = Clip(unrolled, norm / 3);
                Assert.True(result.Clipped);
                Assert.Equal(result, Clip(called, norm / 3));
                for (int j = 0; j < ofUnrolled.Length; j++)
                    Exact.AssertSameBits(ofCalled[j], ofUnrolled[j]);
                Exact.AssertClose(norm / 3, Norm(unrolled), 1e-6, because);
            }
        }
    }

    [Fact]
    public void Buffers_are_grouped_by_eight_by_type_and_by_64_vectors()
    {
        IReadOnlyDictionary<string, string> files = GeneratorHarness.Run(
            """
            using System;
            using ClipGen;
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient] private readonly float[] A1 = new float[4], A2 = new float[4], A3 = new float[4], A4 = new float[4],
                    A5 = new float[4], A6 = new float[4], A7 = new float[4], A8 = new float[4], B1 = new float[4];
                [Gradient] private readonly double[] C1 = new double[256], C2 = new double[256], D1 = new double[1];
                [Gradient] private readonly float[] E1 = new float[257];
                [Gradient] private readonly double[] F1 = new double[3];
                [Gradient] private readonly Half[] G1 = new Half[3];
                [Gradient] private double[] H1 = new double[3];
            }
            [ClipGradNorm(1.0)]
            public partial struct ModelOfValue { public ModelOfValue() { } [Gradient] private readonly float[] A = new float[4]; }
            """).AssertCompiles().Files;

        string[] regions = [.. files["Model.g.cs"].Split('\n').Where(line => line.Contains("#region", StringComparison.Ordinal))
            .Select(line => line.Trim())];
        Assert.Equal(["#region A1, A2, A3, A4, A5, A6, A7, A8", "#region B1", "#region C1, C2", "#region D1", "#region F1"], regions);
        Assert.DoesNotContain("ClipGenGroup", files["ModelOfValue.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_unrolled_code_of_a_type_is_bounded()
    {
        GeneratorRun run = GeneratorHarness.Run(
            "using ClipGen; [ClipGradNorm(1.0)] public partial class Model { "
            + string.Concat(Enumerable.Range(0, 300).Select(i => $"[Gradient] private readonly float[] _g{i} = new float[{1 + (i % 3)}]; "))
            + "}");
        string[] lines = run.Files["Model.g.cs"].Split('\n');
        Assert.Equal(32, lines.Count(line => line.Contains("private readonly struct ClipGenGroup", StringComparison.Ordinal)));
        Assert.Equal(44, lines.Count(line => line.StartsWith("        visitor.Visit<float>", StringComparison.Ordinal)));

        object model = Activator.CreateInstance(run.Load().GetType("Model")!)!;
        foreach (FieldInfo field in model.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
            Array.Fill((float[])field.GetValue(model)!, 2f);
        Assert.Equal(2.0 * Math.Sqrt(600), Norm(model), 9);
    }

    [Fact]
    public void Names_that_the_emitted_code_uses_itself()
    {
        object model = CreateUnrolled(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient] public readonly float[] gradient0 = new float[] { 1 }, lanes0 = new float[1];
            [Gradient] public readonly float[] norm = new float[1], addresses = new float[1];
                [Gradient(Length = 2)] public readonly float[] factor = { 2, 2 };
                [Gradient(Length = 4)] public readonly float[,] @event = { { 2, 2 }, { 2, 2 } };
                [Gradient(Length = 1)] public Memory<float> _source = new float[] { 0 };
                [Gradient(Length = 3)] public Span<float> last0() => new float[3];
            }
            """);

        Assert.Equal(5, Norm(model));
        Clip(model, 2.5);
        Assert.Equal([1f, 1f], (float[])((dynamic)model).factor);
        Assert.Equal([1f, 1f, 1f, 1f], ((float[,])((dynamic)model).@event).Cast<float>());
    }

    [Fact]
    public void Null_and_replaced_buffers_take_the_called_form()
    {
        dynamic model = CreateUnrolled(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient(Length = 2)] public float[]? A = { 3, 4 };
                [Gradient(Length = 2)] public float[]? B = { 6, 8 };
            }
            """);
        Assert.Equal(Math.Sqrt(125), Norm(model), 6);

        model.A = null;
        Assert.False(TrySum(model));
        Assert.Equal(10.0, Norm(model));
        Clip(model, 5);
        Assert.Equal([3f, 4f], (float[])model.B);

        model.A = Enumerable.Repeat(1f, 300).ToArray();
        Assert.Equal(Math.Sqrt(325), Norm(model), 6);
        Clip(model, Math.Sqrt(325) / 2);
        Assert.All((float[])model.A, x => Assert.Equal(0.5f, x));
        Assert.Equal([1.5f, 2f], (float[])model.B);
    }

    [Theory]
    [InlineData("Shared, Shared")]
    [InlineData("Shared, new float[] { 0, 0 }, Shared")]
    [InlineData("new float[] { 0, 0 }, Shared, new float[] { 0, 0 }, new float[] { 0, 0 }, Shared, Shared")]
    public void Ties_inside_a_group_and_with_others_count_once(string buffers)
    {
        string members = string.Join("\n", buffers.Split(", ").Aggregate((IEnumerable<string>)[], Merge)
            .Select((buffer, i) => $"    [Gradient(Length = 2)] public readonly float[] G{i} = {buffer};"));
        dynamic model = Create(
            $$"""
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                public static readonly float[] Shared = { 3, 4 };
            {{members}}
                public readonly Held Layer = new Held();
            }
            public partial class Held { [Gradient(Length = 2)] public readonly float[] G = Model.Shared; }
            """);

        Assert.Equal(5.0, Norm(model));
        Assert.Equal(5.0, ((ClipResult)Clip(model, 2.5)).TotalNorm);
        Assert.Equal([1.5f, 2f], (float[])model.Layer.G);
        model.ScaleGradients(2.0);
        Assert.Equal([3f, 4f], (float[])model.Layer.G);

        // The text "new float[] { 0, 0 }" contains a separator.
        static IEnumerable<string> Merge(IEnumerable<string> merged, string part) =>
            part == "0 }" ? [.. merged.SkipLast(1), merged.Last() + ", 0 }"] : [.. merged, part];
    }

    [Fact]
    public void Buffers_in_falling_order_are_no_ties_and_have_the_same_bits()
    {
        Assembly assembly = Compile(
            """
            [ClipGradNorm(1.0)]
            public partial class Rising
            {
                public readonly float[] All = new float[64];
                [Gradient(Length = 7)] public Span<float> A => All.AsSpan(0, 7);
                [Gradient(Length = 20)] public Span<float> B => All.AsSpan(10, 20);
                [Gradient(Length = 3)] public Span<float> C => All.AsSpan(40, 3);
            }
            [ClipGradNorm(1.0)]
            public partial class Falling
            {
                public readonly float[] All = new float[64];
                [Gradient(Length = 7)] public Span<float> A => All.AsSpan(50, 7);
                [Gradient(Length = 20)] public Span<float> B => All.AsSpan(20, 20);
                [Gradient(Length = 3)] public Span<float> C => All.AsSpan(2, 3);
            }
            """);
        dynamic rising = Activator.CreateInstance(assembly.GetType("Rising")!)!;
        dynamic falling = Activator.CreateInstance(assembly.GetType("Falling")!)!;
        var random = new Random(5);
        foreach ((int length, int up, int down) in new[] { (7, 0, 50), (20, 10, 20), (3, 40, 2) })
        {
            for (int i = 0; i < length; i++)
                falling.All[down + i] = rising.All[up + i] = (float)random.NextDouble();
        }

        Assert.True(TrySum(rising));
        Assert.False(TrySum(falling));
        Assert.Equal(BitConverter.DoubleToInt64Bits((double)Norm(rising)), BitConverter.DoubleToInt64Bits((double)Norm(falling)));
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_named_and_huge_ones_are_clipped()
    {
        const string Source =
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient] public readonly float[] A = new float[20];
                [Gradient] public readonly float[] B = new float[20];
            }
            """;
        dynamic model = Create(Source);
        model.A[3] = 7f;
        model.B[17] = float.NaN;
        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(() => { Clip(model, 1); });
        Assert.Equal("B", thrown.GradientName);
        Assert.Equal(7f, (float)model.A[3]);

        model.B[17] = 1e25f;
        model.A[3] = 1e25f;
        Exact.AssertClose(Math.Sqrt(2) * 1e25, ((ClipResult)Clip(model, 1)).TotalNorm);
        Assert.Equal((float)Math.Sqrt(0.5), (float)model.A[3], 1e-6f);

        model.B[17] = 1e-41f;
        model.A[3] = 0f;
        Assert.Equal((double)1e-41f, (double)Norm(model));
        model.ScaleGradients(1e42);
        Assert.Equal((float)(1e-41f * 1e42), (float)model.B[17]);
    }

    [Fact]
    public void Allocates_nothing()
    {
        object model = Create(Model("Model", "float", [[3, 16, 40, 256]]));
        foreach (FieldInfo field in model.GetType().GetFields().Where(field => field.Name[0] == 'G'))
            Array.Fill((float[])field.GetValue(model)!, 1f);
        var clip = (IClippable)model;
        Func<double, ClipResult> clipTo =
            model.GetType().GetMethod("ClipGradients", [typeof(double)])!.CreateDelegate<Func<double, ClipResult>>(model);
        double limit = 10;
        long least = long.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ClipResult result = clipTo(limit /= 2);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(result.Clipped);
        }

        Assert.Equal(0, least);
        Assert.False(clip.ClipGradients().Clipped);
    }

    // A buffer that is not unrolled separates neighboring groups. If the declaration is wrong, it is the length of the last buffer of each
    // group.
    private static string Model(string name, string element, int[][] groups, bool isDeclaredRight = true, bool isProven = false)
    {
        IEnumerable<string> fields = groups.SelectMany((lengths, group) => lengths
            .Select((length, i) => string.Create(
                CultureInfo.InvariantCulture,
                $"    [Gradient(Length = {(isDeclaredRight || i < lengths.Length - 1 ? length : WrongLength(length))})] public "
                + $"{(isProven ? "readonly " : "")}{element}[] G{group}_{i} = new {element}[{length}];"))
            .Append($"    [Gradient] public Half[]? Between{group};"));
        return $"[ClipGradNorm(1.0)] public partial class {name}\n{{\n{string.Join("\n", fields)}\n}}\n";
    }

    private static int WrongLength(int length) => length % 16 == 1 ? length + 1 : length - 1;

    /// <summary>Fills the buffers of one group with random values, and all others with zeros.</summary>
    private static Array[] Fill(object model, int group)
    {
        var random = new Random(group);
        var filled = new List<Array>();
        foreach (FieldInfo field in model.GetType().GetFields().Where(field => field.Name[0] == 'G'))
        {
            var array = (Array)field.GetValue(model)!;
            Array.Clear(array);
            if (!field.Name.StartsWith($"G{group}_", StringComparison.Ordinal))
                continue;
            for (int i = 0; i < array.Length; i++)
            {
                double value = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4));
                array.SetValue((array is float[]) ? (float)value : (object)value, i);
            }

            filled.Add(array);
        }

        return [.. filled];
    }

    /// <summary>Returns true if the unrolled code of a group of the model accepts the buffers.</summary>
    private static bool TrySum(object model, int number = 0)
    {
        Type group = model.GetType().GetNestedType($"ClipGenGroup{number}", BindingFlags.NonPublic)!;
        MethodInfo trySum = group.GetMethod("TrySum")!.MakeGenericMethod(typeof(EuclideanNormVisitor<DisjointRanges>));
        return (bool)trySum.Invoke(Activator.CreateInstance(group, model), [new EuclideanNormVisitor<DisjointRanges>()])!;
    }

    private static object CreateUnrolled(string source) => CreateUnrolled(Compile(source).GetType("Model")!, groups: 1);

    /// <summary>
    /// Creates a model whose groups all use the unrolled code. A garbage collection during creation can change the order of the buffers in
    /// memory.
    /// </summary>
    private static object CreateUnrolled(Type type, int groups)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            object model = Activator.CreateInstance(type)!;
            if (Enumerable.Range(0, groups).All(group => TrySum(model, group)))
                return model;
        }

        throw new InvalidOperationException("No model takes the straight-line code.");
    }

    private static double Norm(object model) => ((dynamic)model).GradientNorm();

    private static ClipResult Clip(object model, double limit) => ((dynamic)model).ClipGradients(limit);

    private static object Create(string source) => Activator.CreateInstance(Compile(source).GetType("Model")!)!;

    private static Assembly Compile(string source) =>
        GeneratorHarness.Run("using System; using System.Collections.Generic; using ClipGen;\n" + source).Load();
}
