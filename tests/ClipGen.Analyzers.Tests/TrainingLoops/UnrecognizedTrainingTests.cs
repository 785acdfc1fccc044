using System.Collections.Immutable;
using ClipGen.Analyzers.TrainingLoops;
using Microsoft.CodeAnalysis;

namespace ClipGen.Analyzers.Tests.TrainingLoops;

/// <summary>CLIP113: a loop clips, or trains a model with a limit, and its backward pass or its step is not recognized.</summary>
public sealed class UnrecognizedTrainingTests
{
    private const string Model = """
        [ClipGradNorm(1.0)]
        class Model : IClippable
        {
            public ClipResult ClipGradients() => default;
            public void Propagate(float[] x) { }
            public float[] Predict(float[] x) => x;
            [BackwardPass] public void Marked(float[] x) { }
            [OptimizerStep] public void Advance() { }
        }

        class Rule
        {
            public void Apply(Model model) { }
            [OptimizerStep] public void ApplyMarked(Model model) { }
            public void Report(int number) { }
        }


        """;

    private static Task VerifyAsync(string body) => LoopTest.FileAsync(Model + $$"""
        class Trainer
        {
            private readonly Rule _rule = new();

            void Train(Model model, List<float[]> batches)
            {
                foreach (float[] x in batches)
                {
                    {{body}}
                }
            }
        }
        """);

    [Theory]
    [InlineData("model.Propagate(x); {|CLIP113:model.ClipGradients()|}; _rule.Apply(model);")]
    [InlineData("model.Marked(x); {|CLIP113:model.ClipGradients()|}; _rule.Apply(model);")]
    [InlineData("model.Propagate(x); {|CLIP113:model.ClipGradients()|}; _rule.ApplyMarked(model);")]
    [InlineData("model.Propagate(x); {|CLIP113:Gradients.Clip(model)|}; _rule.Apply(model);")]
    [InlineData("model.Propagate(x); if (x.Length > 1) { {|CLIP113:model.ClipGradients()|}; } _rule.Apply(model);")]
    [InlineData("model.Propagate(x); for (int i = 0; i < 2; i++) {|CLIP113:model.ClipGradients()|}; _rule.Apply(model);")]
    [InlineData("{|CLIP113:model.Marked(x)|}; _rule.Apply(model);")]
    [InlineData("model.Propagate(x); {|CLIP113:model.Advance()|};")]
    public Task What_is_missing(string body) => VerifyAsync(body);

    [Theory]
    [InlineData("model.Marked(x); model.ClipGradients(); _rule.ApplyMarked(model);")]
    [InlineData("model.ClipGradients();")]
    [InlineData("model.Propagate(x); model.ClipGradients();")]
    [InlineData("Console.WriteLine(x); model.ClipGradients(); Console.WriteLine(x);")]
    [InlineData("model.Predict(x); model.ClipGradients(); _rule.Report(1);")]
    [InlineData("model.Predict(x); _rule.Apply(model);")]
    [InlineData("model.Propagate(x); _rule.Apply(model);")]
    public Task What_is_no_training_or_is_understood(string body) => VerifyAsync(body);

    [Fact]
    public Task Without_a_loop_and_inside_a_known_one() => LoopTest.FileAsync(Model + """
        class Trainer
        {
            private readonly Rule _rule = new();

            void Once(Model model, float[] x)
            {
                model.Propagate(x);
                model.ClipGradients();
                _rule.Apply(model);
            }

            void Train(Model model, float[] x)
            {
                model.Marked(x);
                ClipAll([model], x);
                _rule.ApplyMarked(model);
            }

            void ClipAll(List<Model> models, float[] x)
            {
                foreach (Model model in models)
                {
                    _rule.Apply(model);
                    model.ClipGradients();
                    _rule.Apply(model);
                }
            }
        }
        """);

    [Theory]
    [InlineData("Rule.Apply", "Model.Propagate")]
    [InlineData("M:Rule.Apply(Model)", "M:Model.Propagate(System.Single[])")]
    public Task Options_can_name_the_methods(string step, string backward) => LoopTest.FileAsync(
        Model + """
        class Trainer
        {
            private readonly Rule _rule = new();

            void Train(Model model, List<float[]> batches)
            {
                foreach (float[] x in batches)
                {
                    model.Propagate(x);
                    model.ClipGradients();
                    _rule.Apply(model);
                }
            }
        }
        """,
        ("clipgen.backward_methods", backward),
        ("clipgen.step_methods", step));

    [Fact]
    public async Task Message_says_which_methods_to_mark()
    {
        string source = "using ClipGen;\n" + Model + """
            class Trainer
            {
                void Train(Model model, Rule rule, List<float[]> batches)
                {
                    foreach (float[] x in batches)
                    {
                        model.Propagate(x);
                        model.ClipGradients();
                        rule.Apply(model);
                        rule.Report(1);
                    }
                }
            }
            """;
        Compilation compilation = AnalyzerHarness.Compile(source, [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen]);
        AnalyzerHarness.AssertCompiles(compilation);

        ImmutableArray<Diagnostic> found = await AnalyzerHarness.AnalyzeAsync(compilation, [new TrainingLoopAnalyzer()]);

        Diagnostic finding = Assert.Single(found);
        Assert.Equal(DiagnosticSeverity.Info, finding.Severity);
        Assert.Equal(
            "'Train' clips in a loop in which no backward pass and no optimizer step is recognized, so that no rule checks it. If "
                + "'Propagate' computes the gradients, mark it with [BackwardPass]; if 'Apply' applies them, mark it with "
                + "[OptimizerStep].",
            finding.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
