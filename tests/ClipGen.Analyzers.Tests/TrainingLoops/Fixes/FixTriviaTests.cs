using Insert = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer, ClipGen.CodeFixes.TrainingLoops.InsertClipCodeFix>;
using Move = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer, ClipGen.CodeFixes.TrainingLoops.MoveClipCodeFix>;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fixes of training loops keep comments, blank lines and line ends, and handle code on a single line.</summary>
public sealed class FixTriviaTests
{
    private const string Clip = "torch.nn.utils.clip_grad_norm_(_model.parameters(), 1.0);";

    private static string Class(string statements) => $$"""
        using System.Collections.Generic;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;

        sealed class Net : nn.Module<Tensor, Tensor>
        {
            public Net() : base("net") { }
            public override Tensor forward(Tensor input) => input;
        }

        sealed class Trainer
        {
            private readonly Net _model = new();
            private readonly optim.Optimizer _optimizer;

            public Trainer() => _optimizer = optim.Adam(_model.parameters());

            public void Train(Tensor x, bool ready)
            {
                _optimizer.zero_grad();
                _model.forward(x).backward();
        {{string.Join("\n", statements.Split('\n').Select(line => line.Length > 0 ? "        " + line : line))}}
            }
        }

        """;

    private static Task InsertAsync(string source, string @fixed) => Insert.VerifyAsync(Class(source), Class(@fixed));

    [Fact]
    public Task One_line_if() => InsertAsync(
        """
        if (ready) {|CLIP101:_optimizer.step()|};
        """,
        $$"""
        if (ready)
        {
            {{Clip}}
            _optimizer.step();
        }
        """);

    [Fact]
    public Task One_line_else() => InsertAsync(
        """
        if (!ready) return;
        else {|CLIP101:_optimizer.step()|}; // go
        """,
        $$"""
        if (!ready) return;
        else
        {
            {{Clip}}
            _optimizer.step();
        } // go
        """);

    [Fact]
    public Task Comment_above_an_embedded_step() => InsertAsync(
        """
        if (ready)
            // the weights
            {|CLIP101:_optimizer.step()|};
        """,
        $$"""
        if (ready)
        {
            {{Clip}}
            // the weights
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Comments_around_a_step() => InsertAsync(
        """
        var before = x; // kept

        /* the weights */ {|CLIP101:_optimizer.step()|}; // go
        """,
        $$"""
        var before = x; // kept

        {{Clip}}
        /* the weights */ _optimizer.step(); // go
        """);

    [Fact]
    public Task Step_whose_result_is_disposed() => InsertAsync(
        """
        using var loss = {|CLIP101:_optimizer.step()|};
        var again = loss;
        """,
        $$"""
        {{Clip}}
        using var loss = _optimizer.step();
        var again = loss;
        """);

    [Fact]
    public Task Step_in_a_condition() => InsertAsync(
        """
        if ({|CLIP101:_optimizer.step()|} is null)
            return;
        """,
        $$"""
        {{Clip}}
        if (_optimizer.step() is null)
            return;
        """);

    [Fact]
    public Task Loop_without_braces() => InsertAsync(
        """
        foreach (var part in new[] { x })
            {|CLIP101:_optimizer.step()|};
        """,
        $$"""
        foreach (var part in new[] { x })
        {
            {{Clip}}
            _optimizer.step();
        }
        """);

    [Fact]
    public Task Lines_that_end_as_on_Windows() => Insert.VerifyAsync(
        Windows(Class(
            """
            if (ready)
                {|CLIP101:_optimizer.step()|};
            """)),
        Windows(Class(
            $$"""
            if (ready)
            {
                {{Clip}}
                _optimizer.step();
            }
            """)));

    [Fact]
    public Task Statements_of_a_Windows_file() => Insert.VerifyAsync(
        Windows(Class(
            """

            // the weights
            {|CLIP101:_optimizer.step()|};
            """)),
        Windows(Class(
            $$"""

            {{Clip}}
            // the weights
            _optimizer.step();
            """)));

    [Fact]
    public Task A_moved_clip_takes_its_comments_along() => Move.VerifyAsync(
        Class(
            """
            _optimizer.step();
            // keep the norm small
            {|CLIP102:torch.nn.utils.clip_grad_norm_(_model.parameters(), 1.0)|}; // see the paper
            var after = x;
            """),
        Class(
            $$"""
            // keep the norm small
            {{Clip}} // see the paper
            _optimizer.step();
            var after = x;
            """));

    private static string Windows(string text) => text.Replace("\r\n", "\n").Replace("\n", "\r\n");
}
