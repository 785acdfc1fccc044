using Test = ClipGen.Analyzers.Tests.FixTest<
    ClipGen.Analyzers.TrainingLoops.TrainingLoopAnalyzer, ClipGen.CodeFixes.TrainingLoops.InsertClipCodeFix>;

namespace ClipGen.Analyzers.Tests.TrainingLoops.Fixes;

/// <summary>The fix of CLIP101 for every kind of statement and member that can contain the step.</summary>
public sealed class InsertClipShapesTests
{
    private const string Clip = "torch.nn.utils.clip_grad_norm_(optimizer.parameters(), 1.0);";

    private static string Class(string members) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;

        #nullable enable

        sealed class Trainer
        {
            private readonly nn.Module<Tensor, Tensor> _model;
            private readonly optim.Optimizer optimizer;
            private readonly optim.Optimizer[] _all;
            private int _next;

            public Trainer(nn.Module<Tensor, Tensor> model, optim.Optimizer given, optim.Optimizer[] all) =>
                (_model, optimizer, _all) = (model, given, all);

            private optim.Optimizer Turn => _all[_next++];
            private optim.Optimizer Kept => optimizer;
            private optim.Optimizer? Maybe { get; set; }
            private void Backward(Tensor x)
            {
                foreach (var each in _all) each.zero_grad();
                optimizer.zero_grad();
                _model.forward(x).mean().backward();
            }

        {{Indented(members, 4)}}
        }

        """;

    private static string Method(string statements) => Class($$"""
        public void Train(IEnumerable<Tensor> batches, optim.Optimizer? o, bool ready, Tensor x)
        {
        {{Indented(statements, 4)}}
        }
        """);

    private static string Indented(string text, int depth) =>
        string.Join("\n", text.Split('\n').Select(line => line.Length > 0 ? new string(' ', depth) + line : line));

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
            "Backward(x);\nif (ready) {|CLIP101:optimizer.step()|};\nelse Console.WriteLine();",
            $"Backward(x);\nif (ready)\n{{\n    {Clip}\n    optimizer.step();\n}}\nelse Console.WriteLine();"
        },
        {
            "using",
            "Backward(x);\nusing (no_grad())\n    {|CLIP101:optimizer.step()|};",
            $"Backward(x);\nusing (no_grad())\n{{\n    {Clip}\n    optimizer.step();\n}}"
        },
        {
            "lambda",
            "Backward(x);\nAction step = () => {|CLIP101:optimizer.step()|};\nstep();",
            $"Backward(x);\nAction step = () =>\n{{\n    {Clip}\n    optimizer.step();\n}};\nstep();"
        },
        {
            "lambda on one line with others",
            "foreach (var b in batches) { Backward(b); Action step = () => {|CLIP101:optimizer.step()|}; step(); }",
            $"foreach (var b in batches) {{ Backward(b); Action step = () => {{ {Clip} optimizer.step(); }}; step(); }}"
        },
        {
            "lambda with a value",
            "Backward(x);\nFunc<Tensor?> step = () => {|CLIP101:optimizer.step()|};\nstep();",
            $"Backward(x);\nFunc<Tensor?> step = () =>\n{{\n    {Clip}\n    return optimizer.step();\n}};\nstep();"
        },
        {
            "switch section",
            "Backward(x);\nswitch (_next)\n{\n    case 0:\n        {|CLIP101:optimizer.step()|};\n        break;\n    case 1: "
            + "{|CLIP101:optimizer.step()|}; break;\n}",
            $"Backward(x);\nswitch (_next)\n{{\n    case 0:\n        {Clip}\n        optimizer.step();\n        break;\n    case 1: "
            + $"{Clip} optimizer.step(); break;\n}}"
        },
        {
            "nested loops",
            "for (int i = 0; i < 3; i++)\n    foreach (var b in batches)\n    {\n        Backward(b);\n        "
            + "{|CLIP101:optimizer.step()|};\n    }",
            $"for (int i = 0; i < 3; i++)\n    foreach (var b in batches)\n    {{\n        Backward(b);\n        {Clip}\n        "
            + "optimizer.step();\n    }"
        },
        {
            "null-conditional",
            "Backward(x);\n// the weights\n{|CLIP101:o?.step()|}; // go",
            "Backward(x);\n// the weights\nif (o is not null)\n{\n    torch.nn.utils.clip_grad_norm_(o.parameters(), 1.0);\n    "
            + "o.step();\n} // go"
        },
        {
            "null-conditional on one line",
            "foreach (var b in batches) { Backward(b); {|CLIP101:o?.step()|}; }",
            "foreach (var b in batches) { Backward(b); if (o is not null) { torch.nn.utils.clip_grad_norm_(o.parameters(), 1.0); "
            + "o.step(); } }"
        },
        {
            "null-conditional under an if with an else",
            "Backward(x);\nif (ready)\n    {|CLIP101:Maybe?.step()|};\nelse\n    Console.WriteLine();",
            "Backward(x);\nif (ready)\n{\n    if (Maybe is not null)\n    {\n        torch.nn.utils.clip_grad_norm_(Maybe.parameters(), "
            + "1.0);\n        Maybe.step();\n    }\n}\nelse\n    Console.WriteLine();"
        },
        {
            "null-conditional lambda",
            "Backward(x);\nAction step = () => {|CLIP101:o?.step()|};\nstep();",
            "Backward(x);\nAction step = () =>\n{\n    if (o is not null)\n    {\n        torch.nn.utils.clip_grad_norm_(o.parameters(), "
            + "1.0);\n        o.step();\n    }\n};\nstep();"
        },
        {
            "null-conditional element",
            "var some = new optim.Optimizer?[2];\nBackward(x);\n{|CLIP101:some[_next++]?.step()|};",
            "var some = new optim.Optimizer?[2];\nBackward(x);\nif (some[_next++] is { } optimizer2)\n{\n    "
            + "torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);\n    optimizer2.step();\n}"
        },
        {
            "index with side effect",
            "int i = 0;\nforeach (var b in batches)\n{\n    Backward(b);\n    {|CLIP101:_all[i++ % _all.Length].step()|};\n}",
            "int i = 0;\nforeach (var b in batches)\n{\n    Backward(b);\n    var optimizer2 = _all[i++ % _all.Length];\n    "
            + "torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);\n    optimizer2.step();\n}"
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
            "for (int i = 0; i < 2; i++)\n{\n    Backward(x);\n    {|CLIP101:_all[i % 2].step()|};\n}",
            "for (int i = 0; i < 2; i++)\n{\n    Backward(x);\n    torch.nn.utils.clip_grad_norm_(_all[i % 2].parameters(), 1.0);\n    "
            + "_all[i % 2].step();\n}"
        },
        {
            "property with side effect",
            "Backward(x);\n{|CLIP101:Turn.step()|};",
            "Backward(x);\nvar optimizer2 = Turn;\ntorch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);\noptimizer2.step();"
        },
        {
            "property without side effect",
            "Backward(x);\n{|CLIP101:Kept.step()|};",
            "Backward(x);\ntorch.nn.utils.clip_grad_norm_(Kept.parameters(), 1.0);\nKept.step();"
        },
        {
            "result in a variable",
            "Backward(x);\nusing var loss = {|CLIP101:Turn.step()|};",
            "Backward(x);\nvar optimizer2 = Turn;\ntorch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);\nusing var loss = "
            + "optimizer2.step();"
        },
        {
            "label",
            "Backward(x);\ngoto end;\nend: {|CLIP101:optimizer.step()|};",
            $"Backward(x);\ngoto end;\nend:\n{{\n    {Clip}\n    optimizer.step();\n}}"
        },
    };

    [Theory]
    [MemberData(nameof(Statements))]
    public Task Statement_shapes(string shape, string source, string @fixed)
    {
        Assert.NotEmpty(shape);
        return Test.VerifyAsync(Method(source), Method(@fixed));
    }

    public static TheoryData<string, string, string> Members() => new()
    {
        {
            "method",
            "void Apply() => {|CLIP101:optimizer.step()|};",
            $"void Apply()\n{{\n    {Clip}\n    optimizer.step();\n}}"
        },
        {
            "generic method",
            "void Apply<T>() where T : class => {|CLIP101:optimizer.step()|};",
            $"void Apply<T>() where T : class\n{{\n    {Clip}\n    optimizer.step();\n}}"
        },
        {
            "method with a value",
            "Tensor? Apply() => {|CLIP101:Turn.step()|};",
            "Tensor? Apply()\n{\n    var optimizer2 = Turn;\n    torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);\n    return "
            + "optimizer2.step();\n}"
        },
    };

    // The tests declare the same members as local functions and as methods.
    [Theory]
    [MemberData(nameof(Members))]
    public Task Expression_bodied_local_functions(string shape, string source, string @fixed)
    {
        string call = shape == "generic method" ? "Apply<string>();" : "Apply();";
        string start = "void Train(Tensor x)\n{\n    Backward(x);\n    " + call + "\n\n";
        return Test.VerifyAsync(Class(start + Indented(source, 4) + "\n}"), Class(start + Indented(@fixed, 4) + "\n}"));
    }

    [Theory]
    [InlineData("Tensor? Last => Step(x => {|CLIP101:optimizer.step()|});",
        "Tensor? Last => Step(x =>\n{\n    CLIP\n    return optimizer.step();\n});")]
    [InlineData(
        "Tensor? Last { get { Backward(zeros(1)); return {|CLIP101:optimizer.step()|}; } }",
        "Tensor? Last { get { Backward(zeros(1)); CLIP return optimizer.step(); } }")]
    public Task Members_of_other_kinds(string source, string @fixed)
    {
        const string Helper = "\nTensor? Step(Func<Tensor, Tensor?> step) { var x = zeros(1); Backward(x); return step(x); }";
        return source.Contains("Step(x", StringComparison.Ordinal)
            ? Test.VerifyNoFixAsync(
                Class(source.Replace("{|CLIP101:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal) + Helper))
            : Test.VerifyAsync(Class(source), Class(@fixed.Replace("CLIP", Clip, StringComparison.Ordinal)));
    }

    [Fact]
    public Task Async_methods_and_lambdas() => Test.VerifyAsync(
        Class("""
            async Task TrainAsync(Tensor x)
            {
                await Task.Yield();
                Backward(x);
                await Task.Run(() => {|CLIP101:optimizer.step()|});
                Func<Task> again = async () =>
                {
                    await Task.Yield();
                    Backward(x);
                    {|CLIP101:(await FirstAsync()).step()|};
                };
                await again();
            }

            private async Task<optim.Optimizer> FirstAsync() { await Task.Yield(); return _all[0]; }
            """),
        Class($$"""
            async Task TrainAsync(Tensor x)
            {
                await Task.Yield();
                Backward(x);
                await Task.Run(() =>
                {
                    {{Clip}}
                    return optimizer.step();
                });
                Func<Task> again = async () =>
                {
                    await Task.Yield();
                    Backward(x);
                    var optimizer2 = (await FirstAsync());
                    torch.nn.utils.clip_grad_norm_(optimizer2.parameters(), 1.0);
                    optimizer2.step();
                };
                await again();
            }

            private async Task<optim.Optimizer> FirstAsync() { await Task.Yield(); return _all[0]; }
            """));

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
    public Task No_fix_where_there_is_no_room(string statements) => Test.VerifyNoFixAsync(Method(statements));

    [Fact]
    public Task A_limit_of_one_file_is_not_carried_to_a_file_with_another() => Test.VerifyFilesAsync(
        [Class(Limited("0.25") + Unlimited), Other(Limited("5.0") + Unlimited, "Second"), Other(Unlimited, "Third")],
        [
            Class(Limited("0.25") + Fixed("0.25")), Other(Limited("5.0") + Fixed("5.0"), "Second"), Other(Fixed("0.25"), "Third"),
        ],
        differentFixes: 2);

    private const string Unlimited = "\nvoid Train(Tensor x)\n{\n    Backward(x);\n    {|CLIP101:optimizer.step()|};\n}";

    private static string Fixed(string limit) =>
        $"\nvoid Train(Tensor x)\n{{\n    Backward(x);\n    torch.nn.utils.clip_grad_norm_(optimizer.parameters(), {limit});\n    "
        + "optimizer.step();\n}";

    private static string Limited(string limit) =>
        $"void Clipped(Tensor x)\n{{\n    Backward(x);\n    torch.nn.utils.clip_grad_norm_(optimizer.parameters(), {limit});\n    "
        + "optimizer.step();\n}\n";

    private static string Other(string members, string name) => Class(members).Replace("Trainer", name, StringComparison.Ordinal);
}
