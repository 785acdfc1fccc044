using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClipGen.Torch.Tests;

/// <summary>A clip uses the parameters and modules that are registered at that time, like the module's own methods.</summary>
public sealed class ChangedModuleTests : TorchTests
{
    [Fact]
    public void Changes_between_two_clips_are_seen()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Grown();
        AssertSame(model, 1);

        model.Add("first", WithGradient(3f, 4f));
        AssertSame(model, 2);
        model.Add("first", WithGradient(6f));
        AssertSame(model, 2);

        model.register_module("inner", new Grown());
        AssertSame(model, 3);
        ((Grown)model.named_children().Single().module).Add("late", WithGradient(5f));
        AssertSame(model, 4);
        model.Replace("inner", new Grown());
        AssertSame(model, 3);

        model.to(ScalarType.Float64);
        foreach (Parameter parameter in model.parameters())
            parameter.grad = ones_like(parameter);
        AssertSame(model, 3);

        model.parameters().First().requires_grad = false;
        AssertSame(model, 3, withGradient: 2);
        model.parameters().First().requires_grad = true;
        AssertSame(model, 3);
    }

    [Fact]
    public void A_parameter_under_two_names_counts_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Grown();
        Parameter shared = WithGradient(3f, 4f);
        model.Add("a", shared);
        model.Add("b", shared);
        AssertClose(Math.Sqrt(26), TorchGradients.ClipNorm(model, 1).TotalNorm);
        Assert.Equal(["own", "a"], ModuleGradients.Names(model));
        AssertClose(1, TorchGradients.Norm(model));
    }

    [Fact]
    public void What_a_module_enumerates_itself_counts()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Reordering(WithGradient(3f), new Grown());
        AssertClose(5, TorchGradients.Norm(model));
        Assert.Equal(["extra"], ModuleGradients.Names(model));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Parameters_without_gradients_leave_no_trace(int seed)
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(seed);
        for (int round = 0; round < 25; round++)
        {
            Grown model = Grow(random, depth: 4);
            string[] names = [.. model.named_parameters().Where(pair => pair.parameter.grad is not null).Select(pair => pair.name)];
            Assert.Equal(names, ModuleGradients.Names(model));
            AssertClose(TorchGradients.Norm(model.parameters()), TorchGradients.Norm(model));
        }
    }

    [Fact]
    public void Walking_a_module_allocates_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new Grown();
        for (int i = 0; i < 5; i++)
            model.register_module($"layer{i}", new Grown());
        long least = long.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            TorchGradients.Norm(model);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    /// <summary>A tree of modules in which about every second parameter has a gradient.</summary>
    private static Grown Grow(Random random, int depth)
    {
        var module = new Grown();
        for (int i = random.Next(3); i > 0; i--)
            module.Add($"p{i}", WithGradient(3f, i));
        for (int i = depth > 0 ? random.Next(4) : 0; i > 0; i--)
            module.register_module($"m{i}", Grow(random, depth - 1));
        foreach (Parameter parameter in module.parameters(recurse: false))
        {
            if (random.Next(2) == 0)
                parameter.grad = null;
        }

        return module;
    }

    /// <summary>Compares with the parameters that TorchSharp enumerates.</summary>
    private static void AssertSame(nn.Module model, int parameters, int? withGradient = null)
    {
        Parameter[] all = [.. model.parameters()];
        Assert.Equal(parameters, all.Length);
        string[] names = [.. model.named_parameters().Where(pair => pair.parameter.requires_grad).Select(pair => pair.name)];
        Assert.Equal(withGradient ?? parameters, names.Length);
        Assert.Equal(names, ModuleGradients.Names(model));
        double norm = TorchGradients.Norm(all);
        AssertClose(norm, TorchGradients.ClipNorm(model, norm / 2).TotalNorm);
        AssertClose(norm / 2, TorchGradients.Norm(all));
    }

    private sealed class Grown : nn.Module
    {
        internal Grown()
            : base(nameof(Grown)) => Add("own", WithGradient(1f));

        internal void Add(string name, Parameter parameter)
        {
            if (_internal_params.ContainsKey(name))
                _internal_params.Remove(name);
            register_parameter(name, parameter);
        }

        internal void Replace(string name, nn.Module module)
        {
            _internal_submodules.Remove(name);
            register_module(name, module);
        }
    }

    private sealed class Reordering : nn.Module
    {
        private readonly Parameter _extra = WithGradient(3f, 4f);

        internal Reordering(Parameter parameter, nn.Module child)
            : base(nameof(Reordering))
        {
            register_parameter("registered", parameter);
            register_module("child", child);
        }

        public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) => [("extra", _extra)];

        public override IEnumerable<(string name, nn.Module module)> named_children() => [];
    }
}
