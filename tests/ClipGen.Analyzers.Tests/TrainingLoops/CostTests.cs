using ClipGen.Analyzers.TrainingLoops;
using ClipGen.Analyzers.TrainingLoops.Roles;
using ClipGen.Analyzers.TrainingLoops.Screening;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>
/// The cost of the training-loop rules for programs that are large in one way. The tests count operations, nodes and edges.
/// <c>ClipGen.Benchmarks analyzers stress</c> measures the time.
/// </summary>
public sealed class CostTests
{
    private const int Size = 150;
    private const string Parameters = "Module<Tensor, Tensor> model, optim.Optimizer optimizer, Tensor loss, int n";
    private const string Arguments = "model, optimizer, loss, n";
    private const string Training = "loss.backward(); optimizer.step();";
    private const string TrainingByHand = "layer.Backward(values); layer.UpdateWeights(0.1f);";

    private const string Layer = """
        class Layer
        {
            float[] weights = new float[4], weightGradients = new float[4];

            public void Backward(float[] error)
            {
                for (int i = 0; i < 4; i++)
                    weightGradients[i] += error[i];
            }

            public void UpdateWeights(float rate)
            {
                for (int i = 0; i < 4; i++)
                    weights[i] -= rate * weightGradients[i];
            }
        }

        """;

    private const string Clipped = "loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 1.0); optimizer.step();";

    /// <summary>
    /// The largest allowed ratio of work for a program of twice the size. It is a little more than 2, because a part of the work is only
    /// approximately proportional to the size.
    /// </summary>
    private const double MostGrowth = 2.1;

    public static TheoryData<string> Shapes => [.. Programs.Keys];

    private static Dictionary<string, Func<int, string>> Programs { get; } = new()
    {
        ["lines"] = n => Method(Lines(n, _ => "total += n * 2;")),
        ["steps"] = n => Method(Lines(n, _ => Training)),
        ["clipped steps"] = n => Method(Lines(n, _ => Clipped)),
        ["chained loops"] = n => Method(Lines(n, i => $"for (int i{i} = 0; i{i} < n; i{i}++) {{ {Training} }}")),
        ["conditions"] = n => Method(Lines(n, i => $"if (n % {i + 2} == 0) {{ {Clipped} }}")),
        ["else-if"] = n => Method("if (n < 0) total++;\n" + Lines(n, i => $"else if (n == {i}) {{ {Training} }}")),
        ["switch"] = n => Method($"switch (n) {{ {Lines(n, i => $"case {i}: {Training} break;")} }}"),
        ["goto"] = n => Method(Lines(n, i => $"L{i}: total++; if (n > {i}) goto L{i * 7919 % n}; {Training}")),
        ["try"] = n => Method(Lines(n, _ => $"try {{ {Training} }} catch (Exception) {{ total++; }}")),
        ["using"] = n => Method(Lines(n, i => $"using var scope{i} = NewDisposeScope(); {Training}")),
        ["lambdas"] = n => Method(Lines(n, i => $"Action step{i} = () => {{ {Training} }}; step{i}();")),
        ["local functions"] = n => Method(Lines(n, i => $"void Step{i}() {{ {Training} Step{(i + 1) % n}(); }}") + "Step0();"),
        ["locals"] = n => Method(Lines(n, i => $"float grad{i} = n * {(i == 0 ? "2" : $"grad{i - 1}")};")),
        ["terms"] = n => Method($"total = 0 {Lines(n, i => $"+ n * {i}")};"),
        ["cycle"] = n => Class(Lines(n, i => Step(i, $"Step{(i + 1) % n}"))),
        ["chain"] = n => Class(Lines(n, i => Step(i, i == n - 1 ? null : $"Step{i + 1}"))),
        ["callers"] = n => Class(Step(n, null) + Lines(n, i => Step(i, $"Step{n}"))),
        ["calls of two"] = n => Class(Lines(n, i =>
            $$"""
            static void Step{{i}}({{Parameters}})
            {
                {{Training}}
                Step{{(2 * i + 1) % n}}({{Arguments}});
                Step{{(2 * i + 2) % n}}({{Arguments}});
            }
            """)),
        ["overrides"] = n =>
            $$"""
            abstract class Stepper
            {
                public abstract void Step(optim.Optimizer optimizer);
            }

            {{Lines(n, i =>
                $$"""
                class Stepper{{i}} : Stepper
                {
                    public override void Step(optim.Optimizer optimizer) => optimizer.step();
                }
                """)}}
            {{Class(Lines(n, i =>
                $$"""
                static void Train{{i}}(Stepper stepper, {{Parameters}})
                {
                    loss.backward();
                    stepper.Step(optimizer);
                }
                """))}}
            """,
        ["cycle by hand"] = n => Layer + Class(Lines(n, i => StepByHand($"Step{i}", $"Step{(i + 1) % n}"))),
        ["local functions by hand"] = n => Layer + Class(
            $$"""
            static void Train(Layer layer, float[] values)
            {
                {{Lines(n, i => $"void Step{i}() {{ {TrainingByHand} }}")}}
                Step0();
            }
            """),
        ["declared gradients"] = n =>
            $$"""
            [ClipGen.ClipGradNorm(1)]
            partial class Net
            {
                {{Lines(n, i => $"[ClipGen.Gradient] float[] _d{i} = new float[4];")}}
                void Backward() { }

                void UpdateWeights(float rate) { }

                static void Train(Net net)
                {
                    net.Backward();
                    net.UpdateWeights(1);
                }

                void Learn()
                {
                    {{Lines(n, i => $"_d{i}[0] += 1;")}}
                }
            }
            """,
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Twice_the_program_is_twice_the_work(string shape)
    {
        (long small, int findings) = Analyze(Programs[shape](Size));
        (long large, int moreFindings) = Analyze(Programs[shape](2 * Size));

        Assert.True(small > Size, $"{small} is too little work for {Size}: nothing was analyzed.");
        Assert.True(moreFindings >= findings && findings > 0, $"{findings} findings, and {moreFindings} in the large program");
        Assert.True(large <= MostGrowth * small, $"{small} for {Size}, {large} for {2 * Size}");
    }

    [Fact]
    public void Methods_that_all_call_each_other_are_judged_at_a_bounded_cost()
    {
        static string Clique(int n) => Class(Lines(n, i =>
            $$"""
            static void Step{{i}}({{Parameters}})
            {
                {{Training}}
                {{Lines(n, j => $"Step{j}({Arguments});")}}
            }
            """));
        (long small, int findings) = Analyze(Clique(AnalysisLimits.MethodsInCycle + 10));
        (long large, int moreFindings) = Analyze(Clique(2 * (AnalysisLimits.MethodsInCycle + 10)));

        // Twice as many methods have four times as many calls.
        Assert.Equal((AnalysisLimits.MethodsInCycle + 10, 2 * (AnalysisLimits.MethodsInCycle + 10)), (findings, moreFindings));
        Assert.True(large <= 2 * MostGrowth * small, $"{small}, and {large} for twice the methods");
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(AnalysisLimits.MethodsInCycle, 1)]
    [InlineData(AnalysisLimits.MethodsInCycle + 1, 0)]
    public void What_methods_in_a_large_cycle_do_is_not_known(int methods, int expected)
    {
        string cycle = Lines(methods, i =>
            $$"""
            static void Prepare{{i}}({{Parameters}})
            {
                optimizer.zero_grad();
                Prepare{{(i + 1) % methods}}({{Arguments}});
            }
            """);

        // The step after the reset uses zero gradients: CLIP104.
        string program = Class(
            $$"""
            {{cycle}}
            static void Train({{Parameters}})
            {
                loss.backward();
                Prepare0({{Arguments}});
                optimizer.step();
            }
            """);
        Assert.Equal(expected, Analyze(program).Findings);
    }

    [Theory]
    [InlineData("TrainLast", 3)]
    [InlineData("TrainFirst", 2)]
    public void Calls_between_methods_that_train_are_followed_once(string called, int expected)
    {
        const string parameters = "optim.Optimizer optimizer, optim.Optimizer other, Tensor loss";
        const string arguments = "(optimizer, other, loss)";

        // TrainFirst and TrainLast have one finding each. Train has one, CLIP104, if the analysis sees the reset.
        string program = Class(
            $$"""
            static void TrainLast({{parameters}})
            {
                loss.backward();
                other.step();
                optimizer.zero_grad();
            }

            static void TrainFirst({{parameters}})
            {
                loss.backward();
                other.step();
                TrainLast{{arguments}};
            }

            static void Train({{parameters}})
            {
                loss.backward();
                {{called}}{{arguments}};
                optimizer.step();
            }
            """);
        Assert.Equal(expected, Analyze(program).Findings);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("static float Clamp(float value) => Math.Clamp(value, -1, 1);", 0)]
    public void Members_of_a_large_type_are_read_only_for_a_type_that_mentions_clipping(string member, int expected)
    {
        string methods = Lines(400, i => StepByHand($"Train{i}", $"Train{(i + 1) % 400}"));
        Assert.Equal(expected, Analyze(Layer + Class(member + "\n" + methods)).Findings);
    }

    [Theory]
    [InlineData("try {", "} catch (Exception) { total++; }")]
    [InlineData("switch (n) { default:", "break; }")]
    [InlineData("while (n > 0) {", "}")]
    [InlineData("if (n > 0) {", "}")]
    public void Statements_nested_too_deep_are_left_alone(string before, string after)
    {
        // The body is in a loop, and the step is a statement, which add two levels.
        string Nested(int depth) =>
            Method(string.Concat(Enumerable.Repeat(before, depth)) + Training + string.Concat(Enumerable.Repeat(after, depth)));

        Assert.NotEqual(0, Analyze(Nested(AnalysisLimits.NestedStatements - 2)).Findings);
        (long work, int findings) = Analyze(Nested(AnalysisLimits.NestedStatements - 1));
        Assert.Equal((0L, 0), (work, findings));
    }

    [Fact]
    public void Branches_of_else_if_are_not_nested() =>
        Assert.NotEqual(0, Analyze(Method(
            "if (n < 0) total++;\n" + Lines(10 * AnalysisLimits.NestedStatements, i => $"else if (n == {i}) {{ {Training} }}"))).Findings);

    [Fact]
    public void A_call_of_a_method_that_is_nested_too_deep_is_no_step()
    {
        string deep = string.Concat(Enumerable.Repeat("if (n > 0) {", AnalysisLimits.NestedStatements + 1));
        string close = new('}', AnalysisLimits.NestedStatements + 1);

        Assert.Equal(0, Analyze(Calling($"{deep} optimizer.step(); {close}")).Findings);
        Assert.NotEqual(0, Analyze(Calling("if (n > 0) { optimizer.step(); }")).Findings);

        static string Calling(string statements) => Class(
            $$"""
            static void Deep({{Parameters}})
            {
                {{statements}}
            }

            {{Step(0, "Deep")}}
            """);
    }

    [Fact]
    public void A_body_that_is_too_long_is_left_alone()
    {
        string line = "total += n * 2;\n";
        string Long(int length) => Method(string.Concat(Enumerable.Repeat(line, length / line.Length)));

        Assert.NotEqual(0, Analyze(Long(AnalysisLimits.BodyLength - 2_000)).Findings);
        Assert.Equal((0L, 0), Analyze(Long(AnalysisLimits.BodyLength)));
    }

    [Fact]
    public void Nothing_recurses_along_calls() => Assert.Equal(2_000, Analyze(Programs["cycle"](2_000)).Findings);

    private static (long Work, int Findings) Analyze(string program)
    {
        Compilation compilation = Compile(program);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var work = new WorkCount();
        var options = TrainingOptions.Read(new AnalyzerOptions([]).AnalyzerConfigOptionsProvider.GlobalOptions);
        var analysis = new TrainingProgram(
            compilation, new KnownTypes(compilation), options, ProgramIdentifiers.Read(compilation, options, cancellation), work);
        int findings = 0;
        foreach (SyntaxTree file in compilation.SyntaxTrees)
            findings += analysis.FindingsIn(file, span: null, cancellation).Count();

        return (work.Total, findings);
    }

    private static Compilation Compile(string program)
    {
        Compilation compilation = AnalyzerHarness.Compile(
            $"""
            using TorchSharp;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            {program}
            """,
            [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.RealTorchSharp]);
        AnalyzerHarness.AssertCompiles(compilation);
        return compilation;
    }

    private static string Method(string statements) => Class(
        $$"""
        static void Train({{Parameters}})
        {
            float total = 0;
            while (n-- > 0)
            {
                {{Training}}
                {{statements}}
            }
        }
        """);

    private static string Class(string members) =>
        $$"""
        static class Trainer
        {
            {{members}}
        }

        """;

    private static string Step(int number, string? called) =>
        $$"""
        static void Step{{number}}({{Parameters}})
        {
            {{Training}}
            {{(called is null ? "" : $"{called}({Arguments});")}}
        }

        """;

    private static string StepByHand(string name, string called) =>
        $$"""
        static void {{name}}(Layer layer, float[] values)
        {
            {{TrainingByHand}}
            {{called}}(layer, values);
        }
        """;

    private static string Lines(int count, Func<int, string> write) => string.Join("\n", Enumerable.Range(0, count).Select(write)) + "\n";
}
