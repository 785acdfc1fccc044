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
            "void Train()\n{\n    {|CLIP101:_optimizer.step(() =>\n    {\n        _optimizer.zero_grad();\n        var l = "
            + "_model.forward(_x).sum();\n        l.backward(); // here\n        return l;\n    })|};\n}",
            "void Train()\n{\n    _optimizer.step(() =>\n    {\n        _optimizer.zero_grad();\n        var l = "
            + $"_model.forward(_x).sum();\n        l.backward(); // here\n        {Clip}\n        return l;\n    }});\n}}"
        },
        {
            "lambda with an expression",
            "void Train()\n{\n    {|CLIP101:_optimizer.step(() => Computed())|};\n}",
            $"void Train()\n{{\n    _optimizer.step(() =>\n    {{\n        var loss = Computed();\n        {Clip}\n        return loss;\n  "
            + "  });\n}"
        },
        {
            "delegate in a variable",
            "void Train()\n{\n    Func<Tensor> closure = () =>\n    {\n        return Computed();\n    };\n    "
            + "{|CLIP101:_optimizer.step(closure)|};\n}",
            $"void Train()\n{{\n    Func<Tensor> closure = () =>\n    {{\n        var loss = Computed();\n        {Clip}\n        return "
            + "loss;\n    };\n    _optimizer.step(closure);\n}"
        },
        {
            "local function",
            "void Train()\n{\n    {|CLIP101:_optimizer.step(Closure)|};\n\n    Tensor Closure()\n    {\n        _optimizer.zero_grad();\n  "
            + "      var l = _model.forward(_x).mean();\n        l.backward();\n        return l;\n    }\n}",
            "void Train()\n{\n    _optimizer.step(Closure);\n\n    Tensor Closure()\n    {\n        _optimizer.zero_grad();\n        "
            + $"var l = _model.forward(_x).mean();\n        l.backward();\n        {Clip}\n        return l;\n    }}\n}}"
        },
        {
            "local function with an expression",
            "void Train()\n{\n    {|CLIP101:_optimizer.step(Closure)|};\n\n    Tensor Closure() => Computed();\n}",
            "void Train()\n{\n    _optimizer.step(Closure);\n\n    Tensor Closure()\n    {\n        var loss = Computed();\n        "
            + $"{Clip}\n        return loss;\n    }}\n}}"
        },
        {
            "method",
            "void Train() => {|CLIP101:_optimizer.step(Closure)|};\n\nTensor Closure()\n{\n    _optimizer.zero_grad();\n    var l = "
            + "_model.forward(_x).mean();\n    l.backward();\n    return l;\n}",
            "void Train() => _optimizer.step(Closure);\n\nTensor Closure()\n{\n    _optimizer.zero_grad();\n    var l = "
            + $"_model.forward(_x).mean();\n    l.backward();\n    {Clip}\n    return l;\n}}"
        },
        {
            "several micro-batches",
            "void Train(List<Tensor> parts)\n{\n    {|CLIP101:_optimizer.step(() =>\n    {\n        _optimizer.zero_grad();\n        "
            + "foreach (var part in parts)\n            _model.forward(part).mean().backward();\n        return _x;\n    })|};\n}",
            "void Train(List<Tensor> parts)\n{\n    _optimizer.step(() =>\n    {\n        _optimizer.zero_grad();\n        foreach (var "
            + $"part in parts)\n            _model.forward(part).mean().backward();\n        {Clip}\n        return _x;\n    }});\n}}"
        },
        {
            "scope that returns",
            "void Train()\n{\n    {|CLIP101:_optimizer.step(() =>\n    {\n        using (no_grad())\n        {\n            "
            + "_optimizer.zero_grad();\n            var l = _model.forward(_x).mean();\n            l.backward();\n            return l;\n "
            + "       }\n    })|};\n}",
            "void Train()\n{\n    _optimizer.step(() =>\n    {\n        using (no_grad())\n        {\n            "
            + $"_optimizer.zero_grad();\n            var l = _model.forward(_x).mean();\n            l.backward();\n            {Clip}\n   "
                + "         return l;\n        }\n    });\n}"
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
        Class("void Train() => _optimizer.step(() => { var l = _model.forward(_x).sum(); l.backward(); return l; });"),
        "Call torch.nn.utils.clip_grad_norm_(_model.parameters(), …) in the closure, after the backward pass.");

    private static async Task AssertMessageAsync(string source, string advice)
    {
        var compilation = AnalyzerHarness.Compile(source, [.. AnalyzerHarness.Framework, AnalyzerHarness.TorchSharp]);
        AnalyzerHarness.AssertCompiles(compilation);
        var found = await AnalyzerHarness.AnalyzeAsync(compilation, [new ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer()]);
        Assert.Contains(advice, found.Single(each => each.Id == "CLIP101").GetMessage(), StringComparison.Ordinal);
    }
}
