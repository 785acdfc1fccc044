using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Reports on parameters of every layout, and names that are never equal.</summary>
public sealed partial class ReportTests : TorchTests
{
    private static readonly string[] Kinds =
        ["float", "double", "half", "bfloat16", "transposed", "channels last", "gaps", "wide gaps", "expanded", "sparse", "scalar"];

    private readonly ClipReport _report = new();

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(double.PositiveInfinity)]
    public void Norms_and_factors_agree_with_libtorch_in_double(double order)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ClipScope clipScope in (ClipScope[])[ClipScope.Global, ClipScope.PerParameter])
        {
            Parameter[] parameters = [.. Kinds.Select(LayoutTests.Of)];
            double[] norms = [.. parameters.Select(parameter => LibtorchNorm(Gradient(parameter), order))];
            double total = LibtorchNorm(norms, order);
            double limit = 0.9 * (clipScope == ClipScope.Global ? total : norms[3]);

            ClipResult result = TorchGradients.ClipNorm(
                [.. parameters, parameters[0], parameters[3]], limit, order, scope: clipScope, report: _report);

            AssertClose(total, result.TotalNorm, 1e-5);
            Assert.Equal([.. Kinds.Select((_, i) => $"parameters[{i}]")], _report.Gradients.Select(gradient => gradient.Name));
            AssertClose(norms, [.. _report.Gradients.Select(gradient => gradient.Norm)], 1e-5);
            double[] factors = [.. norms.Select(norm => Math.Min(1, limit / (clipScope == ClipScope.Global ? total : norm)))];
            AssertClose(factors, [.. _report.Gradients.Select(gradient => gradient.Factor)], 1e-5);
            Assert.Equal(factors.Select(factor => factor < 1), _report.Gradients.Select(gradient => gradient.Clipped));
            AssertClose(clipScope == ClipScope.Global ? total : norms.Max(), Assert.Single(_report.Limits).Norm, 1e-5);
            Assert.Equal(Kinds.Length, _report.Limits[0].GradientCount);
        }
    }

    [Fact]
    public void By_value_the_largest_magnitude_is_reported()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [.. Kinds.Select(LayoutTests.Of)];
        double[] largest = [.. parameters.Select(parameter => Gradient(parameter).Max(Math.Abs))];
        double limit = largest.Order().ElementAt(4) + 1e-3;
        double norm = TorchGradients.Norm(parameters);

        ClipResult result = TorchGradients.ClipValue(parameters, limit, report: _report);

        AssertClose(norm, result.TotalNorm);
        AssertClose(largest, [.. _report.Gradients.Select(gradient => gradient.Norm)]);
        Assert.Equal(largest.Select(magnitude => magnitude > limit), _report.Gradients.Select(gradient => gradient.Clipped));
        Assert.All(_report.Gradients, gradient => Assert.Equal(1, gradient.Factor));
    }

    [Fact]
    public void A_clip_with_a_report_does_the_same_as_one_without()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Func<Parameter[], ClipReport?, ClipResult> clip in (Func<Parameter[], ClipReport?, ClipResult>[])
            [
                (parameters, report) => TorchGradients.ClipNorm(parameters, 0.3, report: report),
                (parameters, report) => TorchGradients.ClipNorm(parameters, 0.3, 1.5, scope: ClipScope.PerParameter, report: report),
                (parameters, report) => TorchGradients.ClipNorm(Named(parameters), 0.3, report: report),
                (parameters, report) => TorchGradients.ClipValue(parameters, 0.3, report: report),
                (parameters, report) => TorchGradients.ClipValue(Named(parameters), 0.3, report: report),
            ])
        {
            Parameter[] parameters = [.. Kinds.Select(LayoutTests.Of)];
            Parameter[] others = [.. Kinds.Select(LayoutTests.Of)];

            Assert.Equal(clip(parameters, null), clip(others, _report));
            for (int i = 0; i < parameters.Length; i++)
                Assert.Equal(Gradient(parameters[i]), Gradient(others[i]));
        }
    }

    [Fact]
    public void Groups_members_and_parameters_without_a_limit_of_a_module()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Model();
        foreach (Parameter parameter in model.parameters())
            parameter.grad = ones(parameter.shape);
        model.body.weight!.grad = ones(4, 4).to(ScalarType.BFloat16);
        model.body.bias!.requires_grad = false;

        ClipResult result = model.ClipGradients(_report);

        Assert.Equal(["embeddings", null], _report.Limits.Select(limit => limit.Group));
        Assert.Equal([null, "head"], _report.Limits.Select(limit => limit.Member));
        AssertClose([Math.Sqrt(28), 1], [.. _report.Limits.Select(limit => limit.Norm)]);
        Assert.Equal(model.GetGradientNames(), _report.Gradients.Select(gradient => gradient.Name));
        Assert.Equal(
            [("embedding.weight", 0), ("head.weight", 1), ("head.bias", 1), ("body.weight", -1)],
            _report.Gradients.Select(gradient => (gradient.Name, gradient.LimitIndex)));
        AssertClose([Math.Sqrt(28), 1, 1, 4], [.. _report.Gradients.Select(gradient => gradient.Norm)]);
        AssertClose([2 / Math.Sqrt(28), 1, 1, 1], [.. _report.Gradients.Select(gradient => gradient.Factor)]);
        Assert.Equal([true, true, true, false], _report.Gradients.Select(gradient => gradient.Clipped));
        AssertClose(result.Scale, _report.Limits[0].Factor);

        model.ClipGradients(4.0, _report);
        Assert.Equal([4, 4], _report.Limits.Select(limit => limit.Limit));
    }

    [Fact]
    public void A_module_that_declares_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using Sequential model = nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 1, hasBias: false));
        foreach (Parameter parameter in model.parameters())
            parameter.grad = ones(parameter.shape);

        TorchGradients.ClipNorm(model, 1.0, report: _report);
        Assert.Equal(["0.weight", "0.bias", "1.weight"], _report.Gradients.Select(gradient => gradient.Name));
        AssertClose([Math.Sqrt(32), Math.Sqrt(8), Math.Sqrt(8)], [.. _report.Gradients.Select(gradient => gradient.Norm)]);
        TorchGradients.ClipValue(model, 1e-3, report: _report);
        Assert.All(_report.Gradients, gradient => Assert.True(gradient.Clipped));
    }

    [Theory]
    [InlineData("float")]
    [InlineData("bfloat16")]
    [InlineData("gaps")]
    [InlineData("sparse")]
    public void Two_parameters_of_one_name_are_told_apart(string kind)
    {
        using DisposeScope scope = NewDisposeScope();
        for (int faulty = 0; faulty < 3; faulty++)
        {
            Parameter[] parameters = [LayoutTests.Of(kind), LayoutTests.Of(kind), LayoutTests.Of(kind)];
            Tensor gradient = parameters[faulty].grad!;
            bool isSparse = gradient.is_sparse;
            Tensor dense = isSparse ? gradient.to_dense() : gradient;
            dense[2, 3] = tensor(float.NaN).to(dense.dtype);
            parameters[faulty].grad = isSparse ? dense.to_sparse() : dense;
            var bias = new Parameter(zeros(2));
            (string, Parameter)[] named =
                [("0.weight", parameters[0]), ("0.bias", bias), ("0.weight", parameters[1]), ("0.weight", parameters[2])];

            var thrown = Assert.Throws<NonFiniteGradientException>(() => TorchGradients.ClipNorm(named, 1.0, report: _report));

            string[] names = ["0.weight", "0.weight#2", "0.weight#3"];
            Assert.Equal(names, _report.Gradients.Select(gradient => gradient.Name));
            Assert.Equal(names[faulty], thrown.GradientName);
            Assert.Equal((2 * dense.shape[1]) + 3, thrown.Index);
            Assert.Equal(names[faulty], TorchGradients.ClipNorm(named, 1.0, nonFinite: NonFinitePolicy.Leave).NonFiniteGradient);
        }
    }

    [Fact]
    public void A_report_allocates_nothing_after_its_first_clip()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = [WithGradient(3, 4), WithGradient(randn(300))];
        for (int i = 0; i < 3; i++)
            TorchGradients.ClipNorm(parameters, 1.0, report: _report);
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            TorchGradients.ClipNorm(parameters, 1.0, report: _report);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static IEnumerable<(string, Parameter)> Named(Parameter[] parameters) =>
        parameters.Select((parameter, i) => ($"p{i}", parameter));

    private static double LibtorchNorm(double[] elements, double order)
    {
        Parameter[] oracle = [WithGradient(tensor(elements))];
        return nn.utils.clip_grad_norm_(oracle, double.PositiveInfinity, order);
    }

    [ClipGradNorm(2.0, Group = "embeddings")]
    private sealed partial class Model : nn.Module<Tensor, Tensor>
    {
        [Gradient(Group = "embeddings")] internal readonly Embedding embedding = nn.Embedding(7, 4);
        [ClipGradValue(0.125)] internal readonly Linear head = nn.Linear(4, 3);
        internal readonly Linear body = nn.Linear(4, 4);

        public Model()
            : base(nameof(Model)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input;
    }
}
