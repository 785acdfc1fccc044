using System.Globalization;
using System.Reflection;
using ClipGen.Numerics;
using ClipGen.Tests;

namespace ClipGen.Generator.Tests;

/// <summary>
/// Buffers whose lengths the compiler saw, through the straight-line code that is emitted for them and through the one that calls for each. A wrong
/// length declared for one buffer of a group makes the whole group take the called form.
/// </summary>
public sealed class UnrolledCodeTests
{
    private const int GroupSize = 8;

    public static TheoryData<string> ElementTypes => ["float", "double"];

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void Every_length_has_the_same_bits_unrolled_and_called(string element)
    {
        // Neighbours of one length each, and in one group with others: so that rests meet every place in the lanes.
        int[][] groups =
        [
            .. Enumerable.Range(1, 256).Select(length => new[] { length }),
            .. Enumerable.Range(0, 12).Select(i => Enumerable.Range(0, GroupSize).Select(j => 1 + (((i * GroupSize) + j) * 37 % 61)).ToArray()),
        ];
        Assembly assembly = Compile(string.Join("\n", groups.Select((lengths, i) => Model($"Unrolled{i}", element, lengths, declaredWrong: -1)
            + Model($"Called{i}", element, lengths, declaredWrong: lengths.Length - 1))));

        for (int i = 0; i < groups.Length; i++)
        {
            Array[] unrolled = Fill(assembly, $"Unrolled{i}", i, out object unrolledModel);
            Array[] called = Fill(assembly, $"Called{i}", i, out object calledModel);
            string because = string.Join(", ", groups[i]);

            Assert.True(TrySum(unrolledModel), because);
            Assert.False(TrySum(calledModel), because);
            double norm = Norm(unrolledModel);
            Exact.AssertClose(Exact.Norm(2, unrolled), norm, element == "double" ? 1e-12 : 1e-6, because);
            Assert.Equal(BitConverter.DoubleToInt64Bits(norm), BitConverter.DoubleToInt64Bits(Norm(calledModel)));

            ClipResult result = Clip(unrolledModel, norm / 3);
            Assert.True(result.Clipped);
            Assert.Equal(result, Clip(calledModel, norm / 3));
            for (int j = 0; j < unrolled.Length; j++)
                Exact.AssertSameBits(called[j], unrolled[j]);
            Exact.AssertClose(norm / 3, Norm(unrolledModel), 1e-6, because);
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

        string[] regions = [.. files["Model.g.cs"].Split('\n').Where(line => line.Contains("#region", StringComparison.Ordinal)).Select(line => line.Trim())];
        Assert.Equal(["#region A1, A2, A3, A4, A5, A6, A7, A8", "#region B1", "#region C1, C2", "#region D1", "#region F1"], regions);
        Assert.DoesNotContain("ClipGenGroup", files["ModelOfValue.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_the_emitted_code_uses_itself()
    {
        object model = Create(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient] public readonly float[] gradient0 = new float[] { 1 }, lanes0 = new float[1], norm = new float[1], addresses = new float[1];
                [Gradient(Length = 2)] public readonly float[] factor = { 2, 2 };
                [Gradient(Length = 4)] public readonly float[,] @event = { { 2, 2 }, { 2, 2 } };
                [Gradient(Length = 1)] public Memory<float> _source = new float[] { 0 };
                [Gradient(Length = 3)] public Span<float> last0() => new float[3];
            }
            """);

        Assert.True(TrySum(model));
        Assert.Equal(5, Norm(model));
        Clip(model, 2.5);
        Assert.Equal([1f, 1f], (float[])((dynamic)model).factor);
        Assert.Equal([1f, 1f, 1f, 1f], ((float[,])((dynamic)model).@event).Cast<float>());
    }

    [Fact]
    public void Null_and_replaced_buffers_take_the_called_form()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(1.0)]
            public partial class Model
            {
                [Gradient(Length = 2)] public float[]? A = { 3, 4 };
                [Gradient(Length = 2)] public float[]? B = { 6, 8 };
            }
            """);
        Assert.True(TrySum(model));
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

        // "new float[] { 0, 0 }" holds a separator.
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
        object model = Create(Model("Model", "float", [3, 16, 40, 256], declaredWrong: -1) + Model("Other", "double", [1], -1));
        foreach (FieldInfo field in model.GetType().GetFields())
            Array.Fill((float[])field.GetValue(model)!, 1f);
        var clip = (IClippable)model;
        Func<double, ClipResult> clipTo = model.GetType().GetMethod("ClipGradients", [typeof(double)])!.CreateDelegate<Func<double, ClipResult>>(model);
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

    private static string Model(string name, string element, int[] lengths, int declaredWrong)
    {
        IEnumerable<string> fields = lengths.Select((length, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"    [Gradient(Length = {(i != declaredWrong ? length : length % 16 == 1 ? length + 1 : length - 1)})] public readonly {element}[] G{i} = new {element}[{length}];"));
        return $"[ClipGradNorm(1.0)] public partial class {name}\n{{\n{string.Join("\n", fields)}\n}}\n";
    }

    private static Array[] Fill(Assembly assembly, string name, int seed, out object model)
    {
        var random = new Random(seed);
        Type type = assembly.GetType(name)!;
        object created = model = Activator.CreateInstance(type)!;
        Array[] arrays = [.. type.GetFields().Select(field => (Array)field.GetValue(created)!)];
        foreach (Array array in arrays)
        {
            for (int i = 0; i < array.Length; i++)
            {
                double value = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4));
                array.SetValue((array is float[]) ? (float)value : (object)value, i);
            }
        }

        return arrays;
    }

    /// <summary>Whether the straight-line code of the model's first group takes the buffers as they are.</summary>
    private static bool TrySum(object model)
    {
        Type group = model.GetType().GetNestedType("ClipGenGroup0", BindingFlags.NonPublic)!;
        return (bool)group.GetMethod("TrySum")!.Invoke(Activator.CreateInstance(group, model), [new EuclideanNormVisitor()])!;
    }

    private static double Norm(object model) => ((dynamic)model).GradientNorm();

    private static ClipResult Clip(object model, double limit) => ((dynamic)model).ClipGradients(limit);

    private static object Create(string source) => Activator.CreateInstance(Compile(source).GetType("Model")!)!;

    private static Assembly Compile(string source) =>
        GeneratorHarness.Run("using System; using System.Collections.Generic; using ClipGen;\n" + source).Load();
}
