using Test = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer, ClipGen.CodeFixes.TrainingLoops.InsertClipCodeFix>;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fix of CLIP101.</summary>
public sealed class InsertClipCodeFixTests
{
    private const string Header = """
        using System;
        using System.Collections.Generic;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using ClipGen;

        sealed class Net : nn.Module<Tensor, Tensor>
        {
            public Net() : base("net") { }
            public override Tensor forward(Tensor input) => input;
        }


        """;

    private static Task VerifyAsync(string source, string @fixed) => Test.VerifyAsync(Header + source, Header + @fixed);

    [Fact]
    public Task Parameters_that_the_optimizer_was_built_from() => VerifyAsync(
        """
        sealed class Trainer
        {
            private readonly Net _model = new();
            private readonly optim.Optimizer _optimizer;

            public Trainer() => _optimizer = optim.Adam(_model.parameters());

            public void Train(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    _optimizer.zero_grad();
                    _model.forward(x).backward();

                    // update the weights
                    {|CLIP101:_optimizer.step()|};
                }
            }

            public void Again(Tensor x)
            {
                _optimizer.zero_grad();
                _model.forward(x).backward();
                if (x.requires_grad)
                    {|CLIP101:_optimizer.step()|};
            }
        }
        """,
        """
        sealed class Trainer
        {
            private readonly Net _model = new();
            private readonly optim.Optimizer _optimizer;

            public Trainer() => _optimizer = optim.Adam(_model.parameters());

            public void Train(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    _optimizer.zero_grad();
                    _model.forward(x).backward();

                    torch.nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    // update the weights
                    _optimizer.step();
                }
            }

            public void Again(Tensor x)
            {
                _optimizer.zero_grad();
                _model.forward(x).backward();
                if (x.requires_grad)
                {
                    torch.nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    _optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Optimizer_of_unknown_origin_is_asked_for_its_parameters() => VerifyAsync(
        """
        sealed class Trainer
        {
            public void Train(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).backward();
                using var s = {|CLIP101:optimizer.step()|};
            }
        }
        """,
        """
        sealed class Trainer
        {
            public void Train(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).backward();
                torch.nn.utils.clip_grad_norm_(optimizer.parameters(), 1.0);
                using var s = optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Top_level_statements() => Test.VerifyProgramAsync(
        """
        using System;
        using TorchSharp;

        var model = torch.nn.Linear(4, 1);
        var adam = torch.optim.Adam(model.parameters());
        for (int i = 0; i < 10; i++)
        {
            Train(torch.randn(2, 4));
        }

        // One more, without a loop.
        adam.zero_grad();
        model.forward(torch.randn(2, 4)).mean().backward();
        {|CLIP101:adam.step()|};
        Console.WriteLine("done");

        void Train(torch.Tensor x)
        {
            adam.zero_grad();
            model.forward(x).mean().backward();
            {|CLIP101:adam.step()|};
        }
        """,
        """
        using System;
        using TorchSharp;

        var model = torch.nn.Linear(4, 1);
        var adam = torch.optim.Adam(model.parameters());
        for (int i = 0; i < 10; i++)
        {
            Train(torch.randn(2, 4));
        }

        // One more, without a loop.
        adam.zero_grad();
        model.forward(torch.randn(2, 4)).mean().backward();
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        adam.step();
        Console.WriteLine("done");

        void Train(torch.Tensor x)
        {
            adam.zero_grad();
            model.forward(x).mean().backward();
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            adam.step();
        }
        """);

    [Fact]
    public Task Limit_of_the_project() => VerifyAsync(
        """
        sealed class Trainer
        {
            public void Clipped(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).backward();
                torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25f);
                optimizer.step();
            }

            public void Unclipped(Net model, Tensor x)
            {
                var optimizer = optim.Adam(model.parameters());
                optimizer.zero_grad();
                model.forward(x).backward();
                {|CLIP101:optimizer.step()|};
            }
        }
        """,
        """
        sealed class Trainer
        {
            public void Clipped(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).backward();
                torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25f);
                optimizer.step();
            }

            public void Unclipped(Net model, Tensor x)
            {
                var optimizer = optim.Adam(model.parameters());
                optimizer.zero_grad();
                model.forward(x).backward();
                torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Expression_bodies_become_blocks() => VerifyAsync(
        """
        sealed class Trainer
        {
            private readonly Net _model = new();
            private readonly optim.Optimizer _optimizer;

            public Trainer() => _optimizer = optim.Adam(_model.parameters());

            public void Train(Tensor x)
            {
                Action step = () => {|CLIP101:_optimizer.step()|};
                _model.forward(x).backward();
                step();
                _optimizer.zero_grad();
                _model.forward(x).backward();
                Apply();

                void Apply() => {|CLIP101:_optimizer.step()|};
            }
        }
        """,
        """
        sealed class Trainer
        {
            private readonly Net _model = new();
            private readonly optim.Optimizer _optimizer;

            public Trainer() => _optimizer = optim.Adam(_model.parameters());

            public void Train(Tensor x)
            {
                Action step = () =>
                {
                    torch.nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    _optimizer.step();
                };
                _model.forward(x).backward();
                step();
                _optimizer.zero_grad();
                _model.forward(x).backward();
                Apply();

                void Apply()
                {
                    torch.nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                    _optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Helper_call_and_switch_section() => VerifyAsync(
        """
        sealed class Trainer
        {
            private readonly Net _model = new();
            private readonly optim.Optimizer _optimizer;

            public Trainer() => _optimizer = optim.Adam(_model.parameters());

            public void Train(Tensor x, int mode)
            {
                _model.forward(x).backward();
                switch (mode)
                {
                    case 0:
                        {|CLIP101:Apply()|};
                        break;
                }
            }

            private void Apply()
            {
                _optimizer.step();
                _optimizer.zero_grad();
            }
        }
        """,
        """
        sealed class Trainer
        {
            private readonly Net _model = new();
            private readonly optim.Optimizer _optimizer;

            public Trainer() => _optimizer = optim.Adam(_model.parameters());

            public void Train(Tensor x, int mode)
            {
                _model.forward(x).backward();
                switch (mode)
                {
                    case 0:
                        torch.nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
                        Apply();
                        break;
                }
            }

            private void Apply()
            {
                _optimizer.step();
                _optimizer.zero_grad();
            }
        }
        """);

    [Fact]
    public Task Clip_that_is_dropped_is_made_in_place() => VerifyAsync(
        """
        sealed class Trainer
        {
            public void Train(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).backward();
                foreach (var p in model.parameters())
                    p.grad?.clamp(-1, 1);
                {|CLIP101:optimizer.step()|};
            }
        }
        """,
        """
        sealed class Trainer
        {
            public void Train(Net model, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).backward();
                foreach (var p in model.parameters())
                    p.grad?.clamp_(-1, 1);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Model_with_declared_clipping() => VerifyAsync(
        """
        [ClipGradNorm(1.0)]
        sealed class Declared : nn.Module<Tensor, Tensor>, IClippable
        {
            public Declared() : base("declared") { }
            public override Tensor forward(Tensor input) => input;
            public ClipResult ClipGradients() => default;
        }

        sealed class Trainer
        {
            public void Train(Tensor x)
            {
                var model = new Declared();
                var optimizer = optim.Adam(model.parameters());
                optimizer.zero_grad();
                model.forward(x).backward();
                {|CLIP101:optimizer.step()|};
            }
        }
        """,
        """
        [ClipGradNorm(1.0)]
        sealed class Declared : nn.Module<Tensor, Tensor>, IClippable
        {
            public Declared() : base("declared") { }
            public override Tensor forward(Tensor input) => input;
            public ClipResult ClipGradients() => default;
        }

        sealed class Trainer
        {
            public void Train(Tensor x)
            {
                var model = new Declared();
                var optimizer = optim.Adam(model.parameters());
                optimizer.zero_grad();
                model.forward(x).backward();
                model.ClipGradients();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Without_a_name_for_torch_the_namespace_is_written() => Test.VerifyAsync(
        """
        sealed class Trainer
        {
            public void Train(TorchSharp.torch.optim.Optimizer optimizer, TorchSharp.torch.Tensor loss)
            {
                optimizer.zero_grad();
                loss.backward();
                {|CLIP101:optimizer.step()|};
            }
        }
        """,
        """
        sealed class Trainer
        {
            public void Train(TorchSharp.torch.optim.Optimizer optimizer, TorchSharp.torch.Tensor loss)
            {
                optimizer.zero_grad();
                loss.backward();
                TorchSharp.torch.nn.utils.clip_grad_norm_(optimizer.parameters(), 1.0);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Updates_of_single_parameters_are_clipped_before_the_loop_over_them() => VerifyAsync(
        """
        sealed class Trainer
        {
            public void Train(Net model, Tensor x, float lr)
            {
                model.zero_grad();
                model.forward(x).backward();
                foreach (var p in model.parameters())
                    {|CLIP101:p.sub_(p.grad! * lr)|};
            }
        }
        """,
        """
        sealed class Trainer
        {
            public void Train(Net model, Tensor x, float lr)
            {
                model.zero_grad();
                model.forward(x).backward();
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                foreach (var p in model.parameters())
                    p.sub_(p.grad! * lr);
            }
        }
        """);

    [Fact]
    public Task No_fix_where_nothing_can_be_named() => Test.VerifyNoFixAsync(Header + """
        sealed class Trainer
        {
            public void Train(List<Parameter> parameters, Tensor loss, float lr)
            {
                foreach (var p in parameters)
                    p.grad?.zero_();
                loss.backward();
                for (int i = 0; i < parameters.Count; i++)
                    {|CLIP101:parameters[i].sub_(parameters[i].grad! * lr)|};
            }
        }
        """);
}
