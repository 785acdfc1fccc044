using Test = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer, ClipGen.CodeFixes.TrainingLoops.InsertClipCodeFix>;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>
/// The fix of CLIP101 in projects that reference ClipGen.TorchSharp: a model's own limit first, else <c>TorchGradients</c>.
/// </summary>
public sealed class InsertDeclaredClipTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using ClipGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    private const string Nets = """

        [ClipGradNorm(0.25)]
        public sealed partial class Net : Module<Tensor, Tensor>, IEncoder
        {
            private readonly Linear _l = Linear(2, 1);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor input) => _l.call(input);
            ClipResult IClippable.ClipGradients() => default;
            public ClipResult ClipGradients() => default;
        }

        public interface IEncoder : IClippable
        {
            Tensor forward(Tensor input);
            IEnumerable<Parameter> parameters(bool recurse = true);
        }

        public sealed class Plain() : Module<Tensor, Tensor>("plain")
        {
            public override Tensor forward(Tensor input) => input;
        }

        """;

    private static Task VerifyAsync(string source, string call, bool isProgram = false)
    {
        (string before, string after) = InsertedCall.Insert(Usings + source + Nets, call);
        return Test.VerifyWithAdapterAsync(before, after, isProgram);
    }

    [Fact]
    public Task Passed_on_as_its_base_class() => VerifyAsync(
        """

        using var model = new Net();
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        Train(model, optimizer, randn(4, 2));

        static void Train(Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor x)
        {
            optimizer.zero_grad();
            model.call(x).sum().backward();
            ↓
            {|CLIP101:optimizer.step()|};
        }

        """,
        "Gradients.Clip(model);",
        isProgram: true);

    [Theory]
    [InlineData("Module<Tensor, Tensor> model = new Net();", "Gradients.Clip(model);")]
    [InlineData("Module model = Random.Shared.Next() > 1 ? new Net() : (Module)new Net();", "Gradients.Clip(model);")]
    [InlineData("var model = Make();", "Gradients.Clip(model);")]
    [InlineData("Net model = new Net();", "model.ClipGradients();")]
    [InlineData("IEncoder model = new Net();", "model.ClipGradients();")]
    [InlineData("Module<Tensor, Tensor> model = new Plain();", "TorchGradients.ClipNorm(model, 0.25);")]
    [InlineData("Module<Tensor, Tensor> model = Random.Shared.Next() > 1 ? new Net() : new Plain();",
        "TorchGradients.ClipNorm(model, 0.25);")]
    public Task Held_in_a_variable(string declaration, string call) => VerifyAsync(
        $$"""

        static class Training
        {
            private static Module<Tensor, Tensor> Make() => new Net();

            static void Train(Tensor loss)
            {
                {{declaration}}
                var optimizer = optim.Adam(model.parameters(), 1e-3);
                optimizer.zero_grad();
                loss.backward();
                ↓
                {|CLIP101:optimizer.step()|};
            }
        }

        """,
        call);

    [Fact]
    public Task Held_in_a_field_that_the_constructor_is_given() => VerifyAsync(
        """

        sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> _model;
            private readonly optim.Optimizer _optimizer;

            public Trainer(Module<Tensor, Tensor> model, optim.Optimizer optimizer) { _model = model; _optimizer = optimizer; }

            public static Trainer Create() { var net = new Net(); return new(net, optim.SGD(net.parameters(), 0.1)); }

            public void Train(Tensor x)
            {
                _optimizer.zero_grad();
                _model.call(x).sum().backward();
                ↓
                {|CLIP101:_optimizer.step()|};
            }
        }

        """,
        "Gradients.Clip(_model);");

    [Fact]
    public Task Known_by_its_class_with_an_optimizer_of_unknown_origin() => VerifyAsync(
        """

        static class Training
        {
            public static void Train(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.call(x).sum().backward();
                ↓
                {|CLIP101:optimizer.step()|};
            }
        }

        """,
        "model.ClipGradients();");

    [Fact]
    public Task Two_models_are_clipped_each_by_its_own_limit() => VerifyAsync(
        """

        static class Training
        {
            public static void Train(Tensor x)
            {
                Net encoder = new(), decoder = new();
                var all = new List<Parameter>();
                all.AddRange(encoder.parameters());
                all.AddRange(decoder.parameters());
                var optimizer = optim.Adam(all);
                optimizer.zero_grad();
                decoder.call(encoder.call(x)).sum().backward();
                ↓
                {|CLIP101:optimizer.step()|};
            }
        }

        """,
        "encoder.ClipGradients();\n        decoder.ClipGradients();");

    [Fact]
    public Task A_policy_that_does_not_throw_leaves_its_result_on_purpose() => VerifyAsync(
        """

        [ClipGradNorm(1.0, NonFinite = NonFinitePolicy.Zero)]
        public sealed partial class Lenient : Module<Tensor, Tensor>
        {
            public Lenient() : base("lenient") => RegisterComponents();
            public override Tensor forward(Tensor input) => input;
            public ClipResult ClipGradients() => default;
        }

        static class Training
        {
            public static void Train(Lenient model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.call(x).sum().backward();
                ↓
                {|CLIP101:optimizer.step()|};
            }
        }

        """,
        "_ = model.ClipGradients();");

    [Fact]
    public Task An_optimizer_alone() => VerifyAsync(
        """

        static class Training
        {
            public static void Train(optim.Optimizer optimizer, Tensor loss)
            {
                optimizer.zero_grad();
                loss.backward();
                ↓
                {|CLIP101:optimizer.step()|};
            }
        }

        """,
        "TorchGradients.ClipNorm(optimizer.parameters(), 0.25);");

    [Fact]
    public async Task The_message_names_the_same_call()
    {
        var compilation = AnalyzerHarness.Compile(
            """
            using static TorchSharp.torch;

            class Trainer
            {
                void Train(optim.Optimizer optimizer, Tensor loss)
                {
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
            }
            """,
            [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.RealTorchSharp, AnalyzerHarness.ClipGenTorchSharp]);
        AnalyzerHarness.AssertCompiles(compilation);
        var found = await AnalyzerHarness.AnalyzeAsync(compilation, [new ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer()]);
        Assert.Contains("Call TorchGradients.ClipNorm(optimizer.parameters(), …) before the step.", Assert.Single(found).GetMessage(),
            StringComparison.Ordinal);
    }
}
