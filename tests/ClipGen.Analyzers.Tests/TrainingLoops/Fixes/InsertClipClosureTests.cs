using Test = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer, ClipGen.CodeFixes.TrainingLoops.InsertClipCodeFix>;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>
/// The fix of CLIP101 where the step computes the gradients in a closure: the clip is inserted there, after the backward pass.
/// </summary>
public sealed class InsertClipClosureTests
{
    private const string Clip = "torch.nn.utils.clip_grad_norm_(_model.parameters(), 1.0);";

    private static string Class(string members) => $$"""
        using System;
        using System.Collections.Generic;
        using TorchSharp;
        using static TorchSharp.torch;

        sealed class Trainer
        {
            private readonly nn.Module<Tensor, Tensor> _model;
            private readonly optim.Optimizer _optimizer;
            private Tensor _x = zeros(1);

            public Trainer(nn.Module<Tensor, Tensor> model) { _model = model; _optimizer = optim.Adam(_model.parameters()); }

            private Tensor Computed() { _optimizer.zero_grad(); var l = _model.forward(_x).mean(); l.backward(); return l; }

        {{string.Join("\n", members.Split('\n').Select(line => line.Length > 0 ? "    " + line : line))}}
        }

        """;

    public static TheoryData<string, string, string> Closures() => new()
    {
        {
            "lambda on one line",
            "void Train() { {|CLIP101:_optimizer.step(() => { _optimizer.zero_grad(); var l = _model.forward(_x).sum(); l.backward(); "
            + "return l; })|}; }",
            $"void Train() {{ _optimizer.step(() => {{ _optimizer.zero_grad(); var l = _model.forward(_x).sum(); l.backward(); {Clip} "
            + "return l; }); }"
        },
        {
            "lambda with a block",
            """
            void Train()
            {
                {|CLIP101:_optimizer.step(() =>
                {
                    _optimizer.zero_grad();
                    var l = _model.forward(_x).sum();
                    l.backward(); // here
                    return l;
                })|};
            }
            """,
            $$"""
            void Train()
            {
                _optimizer.step(() =>
                {
                    _optimizer.zero_grad();
                    var l = _model.forward(_x).sum();
                    l.backward(); // here
                    {{Clip}}
                    return l;
                });
            }
            """
        },
        {
            "lambda with an expression",
            """
            void Train()
            {
                {|CLIP101:_optimizer.step(() => Computed())|};
            }
            """,
            $$"""
            void Train()
            {
                _optimizer.step(() =>
                {
                    var loss = Computed();
                    {{Clip}}
                    return loss;
                });
            }
            """
        },
        {
            "delegate in a variable",
            """
            void Train()
            {
                Func<Tensor> closure = () =>
                {
                    return Computed();
                };
                {|CLIP101:_optimizer.step(closure)|};
            }
            """,
            $$"""
            void Train()
            {
                Func<Tensor> closure = () =>
                {
                    var loss = Computed();
                    {{Clip}}
                    return loss;
                };
                _optimizer.step(closure);
            }
            """
        },
        {
            "local function",
            """
            void Train()
            {
                {|CLIP101:_optimizer.step(Closure)|};

                Tensor Closure()
                {
                    _optimizer.zero_grad();
                    var l = _model.forward(_x).mean();
                    l.backward();
                    return l;
                }
            }
            """,
            $$"""
            void Train()
            {
                _optimizer.step(Closure);

                Tensor Closure()
                {
                    _optimizer.zero_grad();
                    var l = _model.forward(_x).mean();
                    l.backward();
                    {{Clip}}
                    return l;
                }
            }
            """
        },
        {
            "local function with an expression",
            """
            void Train()
            {
                {|CLIP101:_optimizer.step(Closure)|};

                Tensor Closure() => Computed();
            }
            """,
            $$"""
            void Train()
            {
                _optimizer.step(Closure);

                Tensor Closure()
                {
                    var loss = Computed();
                    {{Clip}}
                    return loss;
                }
            }
            """
        },
        {
            "method",
            """
            void Train() => {|CLIP101:_optimizer.step(Closure)|};

            Tensor Closure()
            {
                _optimizer.zero_grad();
                var l = _model.forward(_x).mean();
                l.backward();
                return l;
            }
            """,
            $$"""
            void Train() => _optimizer.step(Closure);

            Tensor Closure()
            {
                _optimizer.zero_grad();
                var l = _model.forward(_x).mean();
                l.backward();
                {{Clip}}
                return l;
            }
            """
        },
        {
            "several micro-batches",
            """
            void Train(List<Tensor> parts)
            {
                {|CLIP101:_optimizer.step(() =>
                {
                    _optimizer.zero_grad();
                    foreach (var part in parts)
                        _model.forward(part).mean().backward();
                    return _x;
                })|};
            }
            """,
            $$"""
            void Train(List<Tensor> parts)
            {
                _optimizer.step(() =>
                {
                    _optimizer.zero_grad();
                    foreach (var part in parts)
                        _model.forward(part).mean().backward();
                    {{Clip}}
                    return _x;
                });
            }
            """
        },
        {
            "scope that returns",
            """
            void Train()
            {
                {|CLIP101:_optimizer.step(() =>
                {
                    using (no_grad())
                    {
                        _optimizer.zero_grad();
                        var l = _model.forward(_x).mean();
                        l.backward();
                        return l;
                    }
                })|};
            }
            """,
            $$"""
            void Train()
            {
                _optimizer.step(() =>
                {
                    using (no_grad())
                    {
                        _optimizer.zero_grad();
                        var l = _model.forward(_x).mean();
                        l.backward();
                        {{Clip}}
                        return l;
                    }
                });
            }
            """
        },
    };

    [Theory]
    [MemberData(nameof(Closures))]
    public Task Clip_goes_inside(string shape, string source, string @fixed)
    {
        Assert.NotEmpty(shape);
        return Test.VerifyAsync(Class(source), Class(@fixed));
    }

    [Fact]
    public Task No_fix_where_the_closure_ends_on_several_ways() => Test.VerifyNoFixAsync(Class("""
        void Train(bool isFirst)
        {
            {|CLIP101:_optimizer.step(() =>
            {
                _optimizer.zero_grad();
                var l = _model.forward(_x).mean();
                if (isFirst)
                {
                    l.backward();
                    return l;
                }

                return zeros(1);
            })|};
        }
        """));

    [Fact]
    public Task The_message_says_where() => AssertMessageAsync(
        Class(
            """
            void Train() => _optimizer.step(() =>
            {
                var l = _model.forward(_x).sum();
                l.backward();
                return l;
            });
            """),
        "Call torch.nn.utils.clip_grad_norm_(_model.parameters(), …) in the closure, after the backward pass.");

    private static async Task AssertMessageAsync(string source, string advice)
    {
        var compilation = AnalyzerHarness.Compile(source, [.. AnalyzerHarness.Framework, AnalyzerHarness.TorchSharp]);
        AnalyzerHarness.AssertCompiles(compilation);
        var found = await AnalyzerHarness.AnalyzeAsync(compilation, [new ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer()]);
        Assert.Contains(advice, found.Single(each => each.Id == "CLIP101").GetMessage(), StringComparison.Ordinal);
    }
}
