using System.Reflection;

namespace ClipGen.Generator.Tests;

/// <summary>The results of generated code for gradients without a limit, and the report of each limit and gradient.</summary>
public sealed class GeneratedReportTests
{
    [Theory]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\")]", "Throw")]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\", Scope = ClipScope.PerParameter)]", "Throw")]
    [InlineData("[ClipGradValue(1.0, Group = \"a\")]", "Throw")]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\", NonFinite = NonFinitePolicy.Zero)]", "Zero")]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\", NonFinite = NonFinitePolicy.Leave)]", "Leave")]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\", NonFinite = NonFinitePolicy.Propagate)]", "Leave")]
    public void A_NaN_without_a_limit_has_the_policy_of_the_limits(string limit, string outcome)
    {
        dynamic model = Create(
            limit + """

            public sealed partial class Model
            {
                [Gradient(Group = "a")] public readonly float[] A = {3f};
                public readonly Layer L = new();
            }
            public sealed partial class Layer { [Gradient] public readonly float[] B = {1f, float.NaN}; }
            """);

        if (outcome == "Throw")
        {
            var thrown = Assert.Throws<NonFiniteGradientException>((Action)(() => model.ClipGradients()));
            Assert.Equal(("L.B", 1L, 3f), (thrown.GradientName, thrown.Index, (float)model.A[0]));
            Assert.Throws<NonFiniteGradientException>((Action)(() => model.ClipGradients(2.0)));
            return;
        }

        ClipResult result = model.ClipGradients();
        Assert.Equal("L.B", result.NonFiniteGradient);
        Assert.Equal(outcome == "Zero" ? 0f : 1f, (float)model.L.B[0]);
        Assert.Equal(outcome == "Zero" ? 0f : 1f, (float)model.A[0], 1e-6f);
    }

    [Fact]
    public void A_NaN_beside_a_member_with_a_limit_of_its_own()
    {
        dynamic model = Create(
            """
            public sealed partial class Model
            {
                [Gradient, ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Leave)] public readonly float[] A = {3f};
                [Gradient, ClipGradValue(1.0)] public readonly float[] C = {3f};
                [Gradient] public readonly double[] B = {double.PositiveInfinity};
                [ClipIgnore, Gradient] public readonly double[] Ignored = {double.NaN};
            }
            """);

        Assert.Equal("B", Assert.Throws<NonFiniteGradientException>((Action)(() => model.ClipGradients())).GradientName);
        model.B[0] = 4.0;
        Assert.True(((ClipResult)model.ClipGradients()).IsFinite);
    }

    [Theory]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\")]", 2)]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\", NormType = 1)]", 1)]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\", NormType = 3), ClipGradNorm(1.0, NormType = 3)]", 3)]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\", NormType = 1), ClipGradNorm(1.0, NormType = 3)]", 3)]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\", NormType = 1), ClipGradValue(1.0)]", 2)]
    [InlineData("[ClipGradNorm(1.0, Group = \"a\", NormType = double.PositiveInfinity)]", double.PositiveInfinity)]
    public void The_total_norm_is_the_gradient_norm(string limits, double order)
    {
        dynamic model = Create(
            limits + """

            public sealed partial class Model
            {
                [Gradient(Group = "a")] public readonly float[] A = {3f, -2f};
                [Gradient] public readonly float[] B = {4f};
            }
            """);
        double[] elements = [3, 2, 4];
        double expected = double.IsPositiveInfinity(order)
            ? elements.Max()
            : Math.Pow(elements.Sum(element => Math.Pow(element, order)), 1 / order);

        Assert.Equal(expected, (double)model.GradientNorm(), 1e-6);
        Assert.Equal((double)model.GradientNorm(), ((ClipResult)model.ClipGradients()).TotalNorm);
    }

    [Fact]
    public void A_report_names_limits_and_gradients()
    {
        dynamic model = Create(
            """
            [ClipGradNorm(2.0)]
            [ClipGradNorm(1.0, Group = "heads")]
            public partial class Model
            {
                [Gradient] public float[] Rest = {1};
                [Gradient(Group = "heads")] public readonly Layer Head = new();
                [ClipGradValue(5.0)] public float[] Own = {50, 1};
            }

            public sealed partial class Layer { [Gradient] public double[] G = {4}; }
            """);
        var report = new ClipReport();

        ClipResult result = model.ClipGradients(report);

        Assert.Equal("norm 50.1797, clipped: 4 exceeded the limit 1, scaled by 0.25", result.ToString());
        Assert.Equal(
            """
            limit 2: norm 1, 1 gradient, not clipped
              Rest: norm 1, limit 2, not clipped
            limit 1 for the group 'heads': norm 4, 1 gradient, clipped, scaled by 0.25
              Head.G: norm 4, limit 1, clipped, scaled by 0.25
            limit 5 for Own: largest magnitude 50, 1 gradient, clipped
              Own: norm 50, limit 5, clipped
            """.ReplaceLineEndings(),
            report.ToString());

        model.ClipGradients(0.5, report);
        Assert.Equal([0.5, 1, 5], report.Limits.Select(limit => limit.Limit));
        Assert.Equal([0.5, 1, 1], report.Limits.Select(limit => limit.Factor));
    }

    [Fact]
    public void Derived_models_and_structs_report_too()
    {
        Assembly assembly = Compile(
            """
            [ClipGradNorm(1.0)] public partial class Model { [Gradient] public float[] A = {3}; }
            [ClipGradNorm(10.0)] public partial class Derived : Model { [Gradient] public float[] B = {4}; }
            [ClipGradNorm(2.0)] public partial struct Pair { public Pair() { } [Gradient] public float[] A = {4}; }
            """);
        var report = new ClipReport();

        dynamic derived = Activator.CreateInstance(assembly.GetType("Derived")!)!;
        derived.ClipGradients(report);
        Assert.Equal((10.0, 5.0, 2), (report.Limits[0].Limit, report.Limits[0].Norm, report.Limits[0].GradientCount));

        dynamic pair = Activator.CreateInstance(assembly.GetType("Pair")!)!;
        pair.ClipGradients(report);
        Assert.Equal(("A", 4.0, 0.5), (report.Gradients[0].Name, report.Gradients[0].Norm, report.Gradients[0].Factor));
    }

    private static object Create(string source) => Activator.CreateInstance(Compile(source).GetType("Model")!)!;

    private static Assembly Compile(string source) =>
        GeneratorHarness.Run("using System; using System.Collections.Generic; using ClipGen;\n" + source).Load();
}
