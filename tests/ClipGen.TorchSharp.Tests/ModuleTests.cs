using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>Modules, and the names of their parameters.</summary>
public sealed class ModuleTests : TorchTests
{
    [Fact]
    public void Names_are_those_of_named_parameters()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Encoder();
        SetGradients(model);
        string[] expected = [.. model.named_parameters().Select(pair => pair.name)];
        Assert.Contains("layers.2.weight", expected);
        Assert.Equal(expected, ModuleGradients.Names(model));
        double[] norms = new double[expected.Length];
        Assert.Equal(expected.Length, ModuleGradients.Norms(model, norms));
        AssertClose(Math.Sqrt(norms.Sum(norm => norm * norm)), TorchGradients.Norm(model));
        AssertClose(TorchGradients.Norm(model.parameters()), TorchGradients.Norm(model));
        AssertClose(TorchGradients.Norm(model.named_parameters()), TorchGradients.Norm(model));
    }

    [Fact]
    public void A_NaN_is_named_by_its_parameter()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Encoder();
        SetGradients(model);
        foreach ((string name, Parameter parameter) in model.named_parameters().ToArray())
        {
            using Tensor gradient = parameter.grad!;
            gradient.fill_(float.NaN);
            Assert.Equal(name, Assert.Throws<NonFiniteGradientException>(() => TorchGradients.ClipNorm(model, 1.0)).GradientName);
            gradient.fill_(1);
        }
    }

    [Fact]
    public void Lists_of_parameters_are_modules()
    {
        using DisposeScope scope = NewDisposeScope();
        using var list = new ParameterList(WithGradient(3, 4), WithGradient(0, 12));
        AssertClose(13, TorchGradients.ClipNorm(list, 1.0).TotalNorm);
        using var dictionary = new ParameterDict();
        dictionary.Add("a", WithGradient(3, 4));
        AssertClose(5, TorchGradients.ClipNorm(dictionary, 1.0).TotalNorm);
        Assert.Equal("a", Assert.Single(ModuleGradients.Names(dictionary)));
    }

    [Fact]
    public void All_gradients_are_scaled_and_zeroed()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Encoder();
        SetGradients(model);
        model.head.weight!.grad = randn(5, 4).to(ScalarType.BFloat16);
        model.scale.grad = randn(1).expand(3);
        model.layers[0].weight!.grad = randn(4, 4).to_sparse();
        double norm = TorchGradients.Norm(model);
        ModuleGradients.Scale(model, 0.25);
        AssertClose(norm / 4, TorchGradients.Norm(model));
        ModuleGradients.Zero(model);
        Assert.Equal(0, TorchGradients.Norm(model));
        Assert.All(model.parameters(), parameter => Assert.NotNull(parameter.grad));
    }

    private static void SetGradients(nn.Module module)
    {
        foreach (Parameter parameter in module.parameters())
            parameter.grad = randn(parameter.shape);
    }

    private sealed class Encoder : nn.Module<Tensor, Tensor>
    {
        internal readonly ModuleList<Linear> layers = nn.ModuleList(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4, hasBias: false));
        internal readonly Sequential block = nn.Sequential(("first", nn.Linear(4, 4)), ("second", nn.Sequential(nn.Linear(4, 4))));
        internal readonly Linear head = nn.Linear(4, 5);
        internal readonly Parameter scale = new(ones(3));

        public Encoder()
            : base(nameof(Encoder)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input;
    }
}
