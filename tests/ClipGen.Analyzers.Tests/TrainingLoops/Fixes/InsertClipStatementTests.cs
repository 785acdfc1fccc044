using Test = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer, ClipGen.CodeFixes.TrainingLoops.InsertClipCodeFix>;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fix of CLIP101 for every kind of statement that can contain the step.</summary>
public sealed class InsertClipStatementTests
{
    private const string Clip = StepProgram.Clip;

    public static TheoryData<string, string, string> Statements() => new()
    {
        { "statement", "Backward(x);\n{|CLIP101:optimizer.step()|};", $"Backward(x);\n{Clip}\noptimizer.step();" },
        {
            "one-line loop",
            "foreach (var b in batches) { Backward(b); {|CLIP101:optimizer.step()|}; }",
            $"foreach (var b in batches) {{ Backward(b); {Clip} optimizer.step(); }}"
        },
        {
            "one-line if in a one-line loop",
            "foreach (var b in batches) { Backward(b); if (ready) {|CLIP101:optimizer.step()|}; }",
            $"foreach (var b in batches) {{ Backward(b); if (ready) {{ {Clip} optimizer.step(); }} }}"
        },
        {
            "if",
            """
            Backward(x);
            if (ready) {|CLIP101:optimizer.step()|};
            else Console.WriteLine();
            """,
            $$"""
            Backward(x);
            if (ready)
            {
                {{Clip}}
                optimizer.step();
            }
            else Console.WriteLine();
            """
        },
        {
            "using",
            """
            Backward(x);
            using (no_grad())
                {|CLIP101:optimizer.step()|};
            """,
            $$"""
            Backward(x);
            using (no_grad())
            {
                {{Clip}}
                optimizer.step();
            }
            """
        },
        {
            "lambda",
            """
            Backward(x);
            Action step = () => {|CLIP101:optimizer.step()|};
            step();
            """,
            $$"""
            Backward(x);
            Action step = () =>
            {
                {{Clip}}
                optimizer.step();
            };
            step();
            """
        },
        {
            "lambda on one line with others",
            "foreach (var b in batches) { Backward(b); Action step = () => {|CLIP101:optimizer.step()|}; step(); }",
            $"foreach (var b in batches) {{ Backward(b); Action step = () => {{ {Clip} optimizer.step(); }}; step(); }}"
        },
        {
            "lambda with a value",
            """
            Backward(x);
            Func<Tensor?> step = () => {|CLIP101:optimizer.step()|};
            step();
            """,
            $$"""
            Backward(x);
            Func<Tensor?> step = () =>
            {
                {{Clip}}
                return optimizer.step();
            };
            step();
            """
        },
        {
            "switch section",
            """
            Backward(x);
            switch (_next)
            {
                case 0:
                    {|CLIP101:optimizer.step()|};
                    break;
                case 1: {|CLIP101:optimizer.step()|}; break;
            }
            """,
            $$"""
            Backward(x);
            switch (_next)
            {
                case 0:
                    {{Clip}}
                    optimizer.step();
                    break;
                case 1: {{Clip}} optimizer.step(); break;
            }
            """
        },
        {
            "nested loops",
            """
            for (int i = 0; i < 3; i++)
                foreach (var b in batches)
                {
                    Backward(b);
                    {|CLIP101:optimizer.step()|};
                }
            """,
            $$"""
            for (int i = 0; i < 3; i++)
                foreach (var b in batches)
                {
                    Backward(b);
                    {{Clip}}
                    optimizer.step();
                }
            """
        },
        {
            "null-conditional",
            """
            Backward(x);
            // the weights
            {|CLIP101:o?.step()|}; // go
            """,
            """
            Backward(x);
            // the weights
            if (o is not null)
            {
                torch.nn.utils.clip_grad_norm_(o.parameters(), 1.0);
                o.step();
            } // go
            """
        },
        {
            "null-conditional on one line",
            "foreach (var b in batches) { Backward(b); {|CLIP101:o?.step()|}; }",
            "foreach (var b in batches) { Backward(b); if (o is not null) { torch.nn.utils.clip_grad_norm_(o.parameters(), 1.0); "
            + "o.step(); } }"
        },
        {
            "null-conditional under an if with an else",
            """
            Backward(x);
            if (ready)
                {|CLIP101:Maybe?.step()|};
            else
                Console.WriteLine();
            """,
            """
            Backward(x);
            if (ready)
            {
                if (Maybe is not null)
                {
                    torch.nn.utils.clip_grad_norm_(Maybe.parameters(), 1.0);
                    Maybe.step();
                }
            }
            else
                Console.WriteLine();
            """
        },
        {
            "null-conditional lambda",
            """
            Backward(x);
            Action step = () => {|CLIP101:o?.step()|};
            step();
            """,
            """
            Backward(x);
            Action step = () =>
            {
                if (o is not null)
                {
                    torch.nn.utils.clip_grad_norm_(o.parameters(), 1.0);
                    o.step();
                }
            };
            step();
            """
        },
        {
            "null-conditional element",
            """
            var some = new optim.Optimizer?[2];
            Backward(x);
            {|CLIP101:some[_next++]?.step()|};
            """,
            """
            var some = new optim.Optimizer?[2];
            Backward(x);
            if (some[_next++] is { } optimizer2)
            {
                torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);
                optimizer2.step();
            }
            """
        },
        {
            "index with side effect",
            """
            int i = 0;
            foreach (var b in batches)
            {
                Backward(b);
                {|CLIP101:_all[i++ % _all.Length].step()|};
            }
            """,
            """
            int i = 0;
            foreach (var b in batches)
            {
                Backward(b);
                var optimizer2 = _all[i++ % _all.Length];
                torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);
                optimizer2.step();
            }
            """
        },
        {
            "index with side effect on one line, twice",
            "foreach (var b in batches) { Backward(b); {|CLIP101:_all[_next++].step()|}; Backward(b); {|CLIP101:_all[_next++].step()|}; }",
            "foreach (var b in batches) { Backward(b); var optimizer2 = _all[_next++]; "
                + "torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0); optimizer2.step(); Backward(b); var optimizer3 = "
                + "_all[_next++]; torch.nn.utils.clip_grad_norm_(optimizer3.parameters(), 1.0); optimizer3.step(); }"
        },
        {
            "index without side effect",
            """
            for (int i = 0; i < 2; i++)
            {
                Backward(x);
                {|CLIP101:_all[i % 2].step()|};
            }
            """,
            """
            for (int i = 0; i < 2; i++)
            {
                Backward(x);
                torch.nn.utils.clip_grad_norm_(_all[i % 2].parameters(), 1.0);
                _all[i % 2].step();
            }
            """
        },
        {
            "property with side effect",
            """
            Backward(x);
            {|CLIP101:Turn.step()|};
            """,
            """
            Backward(x);
            var optimizer2 = Turn;
            torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);
            optimizer2.step();
            """
        },
        {
            "property without side effect",
            """
            Backward(x);
            {|CLIP101:Kept.step()|};
            """,
            """
            Backward(x);
            torch.nn.utils.clip_grad_norm_(Kept.parameters(), 1.0);
            Kept.step();
            """
        },
        {
            "result in a variable",
            """
            Backward(x);
            using var loss = {|CLIP101:Turn.step()|};
            """,
            """
            Backward(x);
            var optimizer2 = Turn;
            torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);
            using var loss = optimizer2.step();
            """
        },
        {
            "label",
            """
            Backward(x);
            goto end;
            end: {|CLIP101:optimizer.step()|};
            """,
            $$"""
            Backward(x);
            goto end;
            end:
            {
                {{Clip}}
                optimizer.step();
            }
            """
        },
    };

    [Theory]
    [MemberData(nameof(Statements))]
    public Task Statement_shapes(string shape, string source, string @fixed)
    {
        Assert.NotEmpty(shape);
        return Test.VerifyAsync(StepProgram.Method(source), StepProgram.Method(@fixed));
    }

    [Fact]
    public Task Top_level_statements() => Test.VerifyProgramAsync(
        """
        using TorchSharp;

        torch.optim.Optimizer[] all = [];
        int next = 0;
        var model = torch.nn.Linear(4, 1);
        model.zero_grad();
        model.forward(torch.randn(2, 4)).mean().backward();
        {|CLIP101:all[next++].step()|};
        """,
        """
        using TorchSharp;

        torch.optim.Optimizer[] all = [];
        int next = 0;
        var model = torch.nn.Linear(4, 1);
        model.zero_grad();
        model.forward(torch.randn(2, 4)).mean().backward();
        var optimizer = all[next++];
        torch.nn.utils.clip_grad_norm_(optimizer.parameters(), 1.0);
        optimizer.step();
        """);

    [Fact]
    public Task Top_level_null_conditional() => Test.VerifyProgramAsync(
        """
        using TorchSharp;

        var model = torch.nn.Linear(4, 1);
        torch.optim.Optimizer? maybe = args.Length > 0 ? torch.optim.Adam(model.parameters()) : null;
        model.forward(torch.randn(2, 4)).mean().backward();
        {|CLIP101:maybe?.step()|};
        """,
        """
        using TorchSharp;

        var model = torch.nn.Linear(4, 1);
        torch.optim.Optimizer? maybe = args.Length > 0 ? torch.optim.Adam(model.parameters()) : null;
        model.forward(torch.randn(2, 4)).mean().backward();
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        maybe?.step();
        """);

    [Theory]
    [InlineData("Backward(x);\nwhile ({|CLIP101:optimizer.step()|} is null) { }")]
    [InlineData("Backward(x);\nvar last = ready ? {|CLIP101:optimizer.step()|} : null;")]
    [InlineData("Backward(x);\nvar last = {|CLIP101:Maybe?.step()|};")]
    [InlineData("Backward(x);\nif (_next > 0 && {|CLIP101:optimizer.step()|} is null) { }")]
    [InlineData("Backward(x);\nConsole.WriteLine($\"{_next++} {{|CLIP101:Turn.step()|}}\");")]
    public Task No_fix_where_there_is_no_room(string statements) => Test.VerifyNoFixAsync(StepProgram.Method(statements));
}
