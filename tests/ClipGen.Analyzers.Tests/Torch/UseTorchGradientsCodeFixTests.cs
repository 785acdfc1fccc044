using Basic.Reference.Assemblies;
using ClipGen.Analyzers.Torch;
using ClipGen.CodeFixes.Torch;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace ClipGen.Analyzers.Tests.Torch;

/// <summary>CLIP013 and its fix, for one diagnostic and as FixAll.</summary>
public sealed class UseTorchGradientsCodeFixTests
{
    private const string TorchClip = "{|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|}";

    private const string PropagatingClip =
        "TorchGradients.ClipNorm(model.parameters(), 1.0, nonFinite: NonFinitePolicy.Propagate).TotalNorm";

    [Fact]
    public Task Expression_bodies_without_a_result() => VerifyAsync(
        """
        using System;
        using ClipGen;
        using TorchSharp;
        using static TorchSharp.torch;

        class Training(nn.Module model)
        {
            void Limit() => {|CLIP013:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};

            void Register()
            {
                Action limit = () => {|CLIP013:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};
                for (int i = 0; i < 2; {|CLIP013:nn.utils.clip_grad_norm_(model.parameters(), 1.0)|}, i++)
                    limit();
            }
        }
        """,
        """
        using System;
        using ClipGen;
        using TorchSharp;
        using static TorchSharp.torch;

        class Training(nn.Module model)
        {
            void Limit() => TorchGradients.ClipNorm(model.parameters(), 1.0);

            void Register()
            {
                Action limit = () => TorchGradients.ClipNorm(model.parameters(), 1.0);
                for (int i = 0; i < 2; TorchGradients.ClipNorm(model.parameters(), 1.0), i++)
                    limit();
            }
        }
        """,
        hasAdapter: true);

    [Fact]
    public Task Replaces_every_form_of_call() => VerifyAsync(
        """
        using System;
        using System.Linq;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn.utils;

        class Training
        {
            void Step(nn.Module model, Parameter[] parameters)
            {
                {|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|}; // once a step
                double norm = {|CLIP013:nn.utils.clip_grad_norm_(parameters.ToArray(), max_norm: 0.5, norm_type: 1)|};
                Console.WriteLine({|CLIP013:clip_grad_norm_(model.parameters(), 1.0)|});
                _ = {|CLIP013:clip_grad_norm_(norm_type: 2.0, tensors: parameters, max_norm: 3)|};
                Console.Write({|CLIP013:clip_grad_norm_(parameters, 1.0)|});
                {|CLIP013:nn.utils.clip_grad_value_(
                    parameters,
                    clip_value: 0.5)|};
            }
        }
        """,
        """
        using System;
        using System.Linq;
        using ClipGen;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn.utils;

        class Training
        {
            void Step(nn.Module model, Parameter[] parameters)
            {
                TorchGradients.ClipNorm(model.parameters(), 1.0); // once a step
                double norm = TorchGradients.ClipNorm(parameters.ToArray(), maxNorm: 0.5, normType: 1).TotalNorm;
                Console.WriteLine(TorchGradients.ClipNorm(model.parameters(), 1.0).TotalNorm);
                _ = TorchGradients.ClipNorm(normType: 2.0, parameters: parameters, maxNorm: 3);
                Console.Write(TorchGradients.ClipNorm(parameters, 1.0).TotalNorm);
                TorchGradients.ClipValue(
                    parameters,
                    clipValue: 0.5);
            }
        }
        """,
        hasAdapter: true);

    // A program that checks the norm continues after a bad batch. A model that throws instead would end it.
    [Theory]
    [InlineData("double norm = CLIP;", "if (!double.IsFinite(norm)) return;")]
    [InlineData("double norm = CLIP;", "if (double.IsNaN(norm) || double.IsInfinity(norm)) return;")]
    [InlineData("var norm = (float)CLIP;", "if (float.IsNaN(norm)) return;")]
    [InlineData("double norm = 0;", "norm = CLIP;", "if (norm != norm) return;")]
    [InlineData("if (double.IsNaN(CLIP)) return;")]
    [InlineData("if (CLIP is double.NaN or double.PositiveInfinity) return;")]
    [InlineData("if (CLIP > 1e3) return;")]
    [InlineData("double norm = CLIP;", "double other = norm / 2;", "if (other < 10) Console.WriteLine(norm); else return;")]
    [InlineData("Func<double> norm = () => CLIP;", "if (double.IsNaN(norm())) return;")]
    [InlineData("double norm = CLIP;", "switch (norm) { case double.NaN: return; }")]
    [InlineData("double norm = CLIP;", "if (double.NaN.Equals(norm) || norm.Equals(double.NaN)) return;")]
    [InlineData("if (IsBad(CLIP)) return;")]
    [InlineData("_last = CLIP;")]
    public Task A_norm_that_is_tested_stays_one(params string[] statements) => VerifyAsync(
        Tested(Replace(statements, TorchClip)),
        Tested(Replace(statements, PropagatingClip), import: true),
        hasAdapter: true);

    [Theory]
    [InlineData("double norm = CLIP;", "Console.WriteLine($\"norm {norm:f2}\");")]
    [InlineData("double norm = CLIP;", "_norms.Add(norm);")]
    [InlineData("_sum += Math.Max(0, CLIP);")]
    public Task A_norm_that_is_only_shown_is_no_test(params string[] statements) => VerifyAsync(
        Tested(Replace(statements, TorchClip)),
        Tested(Replace(statements, "TorchGradients.ClipNorm(model.parameters(), 1.0).TotalNorm"), import: true),
        hasAdapter: true);

    [Fact]
    public Task FixAll_leaves_tested_norms_to_a_fix_of_their_own() => VerifyAsync(
        Tested([$"{TorchClip};", $"if (double.IsNaN({TorchClip})) return;"]),
        Tested(["TorchGradients.ClipNorm(model.parameters(), 1.0);", $"if (double.IsNaN({PropagatingClip})) return;"], import: true),
        hasAdapter: true,
        differentFixes: 2);

    [Theory]
    [InlineData("Net model", "CLIP;", "model.ClipGradients();")]
    [InlineData("Net model", "_last = 0; Console.WriteLine(CLIP);", "_last = 0; Console.WriteLine(model.ClipGradients().TotalNorm);")]
    [InlineData("Lenient model", "CLIP;", "_ = model.ClipGradients();")]
    [InlineData("torch.nn.Module<torch.Tensor, torch.Tensor> model", "CLIP;", "Gradients.Clip(model);")]
    public Task The_limit_that_the_model_declares(string parameter, string statements, string @fixed) => VerifyAsync(
        Declared(parameter, statements.Replace("CLIP", TorchClip, StringComparison.Ordinal)),
        Declared(parameter, @fixed),
        hasAdapter: true);

    [Theory]
    [InlineData("clip_grad_norm_(model.parameters(), 1.0, 1.0)", "ClipNorm(model.parameters(), 1.0, 1.0)")]
    [InlineData("clip_grad_value_(model.parameters(), 1.0)", "ClipValue(model.parameters(), 1.0)")]
    public Task A_norm_of_another_order_or_a_limit_for_values_is_not_the_one_that_the_model_declares(string call, string @fixed) =>
        VerifyAsync(
            Declared("Net model", $"{{|CLIP013:torch.nn.utils.{call}|}};"),
            Declared("Net model", $"TorchGradients.{@fixed};"),
            hasAdapter: true);

    [Theory]
    [InlineData("clip_grad_norm_", "'clip_grad_norm_' loses digits, overflows, and spreads a NaN to all gradients; "
        + "TorchGradients.ClipNorm does not")]
    [InlineData("clip_grad_value_", "'clip_grad_value_' keeps a NaN and does not report it; TorchGradients.ClipValue names the parameter "
        + "that holds one")]
    public async Task The_message_is_true_of_each_function(string function, string message)
    {
        Compilation compilation = AnalyzerHarness.Compile(
            $$"""
            using TorchSharp;

            class Training
            {
                void Clip(torch.nn.Module model) => torch.nn.utils.{{function}}(model.parameters(), 1.0);
            }
            """,
            [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.RealTorchSharp, AnalyzerHarness.ClipGenTorchSharp]);
        Assert.Equal(message, Assert.Single(await AnalyzerHarness.AnalyzeAsync(compilation, [new TorchClipAnalyzer()])).GetMessage());
    }

    private static string[] Replace(string[] statements, string clip) =>
        [.. statements.Select(statement => statement.Replace("CLIP", clip, StringComparison.Ordinal))];

    private static string Tested(string[] statements, bool import = false) => $$"""
        using System;
        using System.Collections.Generic;
        {{(import ? "using ClipGen;\n" : "")}}using TorchSharp;

        class Training
        {
            private readonly List<double> _norms = [];
            private double _last, _sum;

            private static bool IsBad(double norm) => double.IsNaN(norm);

            void Step(torch.nn.Module model)
            {
                {{string.Join("\n        ", statements)}}
                Console.WriteLine(_last + _sum);
            }
        }
        """;

    private static string Declared(string parameter, string statements) => $$"""
        using System;
        using ClipGen;
        using TorchSharp;

        [ClipGradNorm(0.25)]
        sealed partial class Net() : torch.nn.Module<torch.Tensor, torch.Tensor>("net")
        {
            public override torch.Tensor forward(torch.Tensor input) => input;
            public ClipResult ClipGradients() => default;
        }

        [ClipGradNorm(0.5, NonFinite = NonFinitePolicy.Zero)]
        sealed partial class Lenient() : torch.nn.Module<torch.Tensor, torch.Tensor>("lenient")
        {
            public override torch.Tensor forward(torch.Tensor input) => input;
            public ClipResult ClipGradients() => default;
        }

        class Training
        {
            private double _last;

            void Step({{parameter}})
            {
                {{statements}}
            }

            void Begin() { Step(new()); Console.WriteLine(_last); }
        }
        """.Replace(
            "Step(new())",
            parameter.StartsWith("torch", StringComparison.Ordinal) ? "Step(new Net())" : "Step(new())",
            StringComparison.Ordinal);

    [Fact]
    public Task Is_not_reported_without_the_package()
    {
        const string Source =
            """
            using TorchSharp;

            class Training
            {
                void Step(torch.nn.Module model) => torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            }
            """;
        return VerifyAsync(Source, Source, hasAdapter: false);
    }

    [Fact]
    public Task Is_not_reported_for_other_functions_of_the_same_name()
    {
        const string Source =
            """
            class utils
            {
                static double clip_grad_norm_(float[] gradients, double max_norm) => max_norm;

                double Step(float[] gradients) => clip_grad_norm_(gradients, 1.0);
            }
            """;
        return VerifyAsync(Source, Source, hasAdapter: true);
    }

    private static async Task VerifyAsync(string source, string fixedSource, bool hasAdapter, int differentFixes = 1)
    {
        MetadataReference[] references =
        [
            .. Net100.References.All,
            AnalyzerHarness.ClipGen,
            MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location),
            .. hasAdapter ? [AnalyzerHarness.ClipGenTorchSharp] : Array.Empty<MetadataReference>(),
        ];
        var test = new CSharpCodeFixTest<TorchClipAnalyzer, UseTorchGradientsCodeFix, DefaultVerifier>
        {
            TestCode = source,
            FixedCode = fixedSource,
            ReferenceAssemblies = new ReferenceAssemblies("none"),
            NumberOfFixAllIterations = source == fixedSource ? 0 : differentFixes,
        };
        foreach (SolutionState state in new[] { test.TestState, test.FixedState })
            state.AdditionalReferences.AddRange(references);
        await test.RunAsync(TestContext.Current.CancellationToken);
        await NothingNew.AssertAsync([source], [fixedSource], references);
    }
}
