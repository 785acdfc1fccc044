using ClipGen.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>
/// Parameters of a module that has limits only for groups and members. A NaN or an infinity in a parameter without a limit is found too.
/// </summary>
public sealed partial class UnlimitedGradientTests : TorchTests
{
    private static readonly string[] Kinds = ["float", "double", "half", "bfloat16", "transposed", "gaps", "expanded", "sparse"];

    public static TheoryData<string, double> KindsAndValues()
    {
        var cases = new TheoryData<string, double>();
        foreach (string kind in Kinds)
        {
            foreach (double value in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
                cases.Add(kind, value);
        }

        return cases;
    }

    [Theory, MemberData(nameof(KindsAndValues))]
    public void It_throws_by_default_names_the_parameter_and_changes_nothing(string kind, double value)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new OnlyHead();
        SetGradients(model, kind, value);
        double[][] before = [.. model.parameters().Select(Gradient)];

        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(() => model.ClipGradients());

        Assert.Equal("body.0.weight", thrown.GradientName);
        Assert.Equal(value, thrown.Value);
        Assert.Equal(before, model.parameters().Select(Gradient));
        Assert.Throws<NonFiniteGradientException>(() => model.ClipGradients(1e6));
        ClipRule perBuffer = ClipRule.Norm(0.1, 3, ClipScope.PerParameter, group: "head");
        foreach (ClipRule rule in (ClipRule[])[ClipRule.Value(0.1, group: "head"), perBuffer])
        {
            thrown = Assert.Throws<NonFiniteGradientException>(() => ModuleGradients.Clip(model, [rule]));
            Assert.Equal("body.0.weight", thrown.GradientName);
        }

        Assert.Equal(before, model.parameters().Select(Gradient));
    }

    [Theory, MemberData(nameof(KindsAndValues))]
    public void Other_policies_do_what_they_say(string kind, double value)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (NonFinitePolicy policy in (NonFinitePolicy[])[NonFinitePolicy.Leave, NonFinitePolicy.Propagate, NonFinitePolicy.Zero])
        {
            using var model = new OnlyHead();
            SetGradients(model, kind, value);
            double[] body = Gradient(model.body.parameters().First());

            ClipResult result = ModuleGradients.Clip(model, [ClipRule.Norm(0.125, nonFinite: policy, group: "head")]);

            Assert.Equal("body.0.weight", result.NonFiniteGradient);
            Assert.Equal(Math.Abs(value), result.TotalNorm);
            if (policy == NonFinitePolicy.Zero)
            {
                Assert.All(Visited(model), parameter => Assert.All(Gradient(parameter), element => Assert.Equal(0, element)));
                continue;
            }

            Assert.Equal(body, Gradient(model.body.parameters().First()));
            AssertClose(0.125, TorchGradients.Norm(model.head.parameters()));
        }
    }

    [Fact]
    public void The_total_norm_is_over_all_parameters()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (string kind in Kinds)
        {
            using var model = new OnlyHead();
            SetGradients(model, kind, null);
            double expected = Math.Sqrt(Visited(model).SelectMany(Gradient).Sum(element => element * element));

            double norm = model.GradientNorm();
            ClipResult result = model.ClipGradients();

            AssertClose(expected, norm);
            AssertClose(expected, result.TotalNorm);
            Assert.True(result.Clipped);
        }
    }

    [Fact]
    public void What_is_left_out_may_hold_anything()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new OnlyHead();
        SetGradients(model, "float", null);
        model.frozen.weight!.grad!.fill_(float.NaN);

        Assert.True(model.ClipGradients().IsFinite);
    }

    private static IEnumerable<Parameter> Visited(OnlyHead model) => model.body.parameters().Concat(model.head.parameters());

    // If a value is given, it replaces the first element of the gradient with the layout.
    private static void SetGradients(OnlyHead model, string kind, double? value)
    {
        foreach (Parameter parameter in model.parameters())
            parameter.grad = ones(parameter.shape);
        Parameter layout = LayoutTests.Of(kind);
        Tensor gradient = layout.grad!.is_sparse ? layout.grad.to_dense() : layout.grad;
        if (value is double faulty)
        {
            if (kind == "expanded")
                gradient = full(1, gradient.shape[1], faulty).expand(gradient.shape[0], gradient.shape[1]);
            else
                gradient[0, 0] = tensor(faulty).to(gradient.dtype);
        }

        var weight = (Linear)model.body.children().First();
        weight.weight = new Parameter(zeros(gradient.shape, gradient.dtype));
        weight.weight.grad = kind == "sparse" ? gradient.to_sparse() : gradient;
    }

    [ClipGradNorm(0.125, Group = "head")]
    private sealed partial class OnlyHead : nn.Module<Tensor, Tensor>
    {
        internal readonly Sequential body = nn.Sequential(nn.Linear(4, 4), nn.ReLU());
        [Gradient(Group = "head")] internal readonly Linear head = nn.Linear(4, 3);
        [ClipIgnore] internal readonly Linear frozen = nn.Linear(4, 3);

        public OnlyHead()
            : base(nameof(OnlyHead)) => RegisterComponents();

        public override Tensor forward(Tensor input) => head.call(body.call(input));
    }
}
