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
    [InlineData("double norm = CLIP;\n        if (!double.IsFinite(norm)) return;")]
    [InlineData("double norm = CLIP;\n        if (double.IsNaN(norm) || double.IsInfinity(norm)) return;")]
    [InlineData("var norm = (float)CLIP;\n        if (float.IsNaN(norm)) return;")]
    [InlineData("double norm = 0;\n        norm = CLIP;\n        if (norm != norm) return;")]
    [InlineData("if (double.IsNaN(CLIP)) return;")]
    [InlineData("if (CLIP is double.NaN or double.PositiveInfinity) return;")]
    [InlineData("if (CLIP > 1e3) return;")]
    [InlineData("double norm = CLIP;\n        double other = norm / 2;\n        if (other < 10) Console.WriteLine(norm); else return;")]
    [InlineData("Func<double> norm = () => CLIP;\n        if (double.IsNaN(norm())) return;")]
    [InlineData("double norm = CLIP;\n        switch (norm) { case double.NaN: return; }")]
    [InlineData("double norm = CLIP;\n        if (double.NaN.Equals(norm) || norm.Equals(double.NaN)) return;")]
    [InlineData("if (IsBad(CLIP)) return;")]
    [InlineData("_last = CLIP;")]
    public Task A_norm_that_is_tested_stays_one(string statements) => VerifyAsync(
        Tested(statements.Replace("CLIP", "{|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|}", StringComparison.Ordinal),
            ""),
        Tested(
            statements.Replace(
                "CLIP", "TorchGradients.ClipNorm(model.parameters(), 1.0, nonFinite: NonFinitePolicy.Propagate).TotalNorm",
                StringComparison.Ordinal),
            "using ClipGen;\n"),
        hasAdapter: true);

    [Theory]
    [InlineData("double norm = CLIP;\n        Console.WriteLine($\"norm {norm:f2}\");")]
    [InlineData("double norm = CLIP;\n        _norms.Add(norm);")]
    [InlineData("_sum += Math.Max(0, CLIP);")]
    public Task A_norm_that_is_only_shown_is_no_test(string statements) => VerifyAsync(
        Tested(statements.Replace("CLIP", "{|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|}", StringComparison.Ordinal),
            ""),
        Tested(statements.Replace("CLIP", "TorchGradients.ClipNorm(model.parameters(), 1.0).TotalNorm", StringComparison.Ordinal),
            "using ClipGen;\n"),
        hasAdapter: true);

    [Fact]
    public Task FixAll_leaves_tested_norms_to_a_fix_of_their_own() => VerifyAsync(
        Tested(
            "{|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};\n"
                + "        if (double.IsNaN({|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|})) return;",
            ""),
        Tested(
            "TorchGradients.ClipNorm(model.parameters(), 1.0);\n        if (double.IsNaN(TorchGradients.ClipNorm(model.parameters(), 1.0, "
                + "nonFinite: NonFinitePolicy.Propagate).TotalNorm)) return;",
            "using ClipGen;\n"),
        hasAdapter: true,
        differentFixes: 2);

    [Theory]
    [InlineData("Net model", "{|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};", "model.ClipGradients();")]
    [InlineData("Net model", "_last = 0; Console.WriteLine({|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|});",
        "_last = 0; Console.WriteLine(model.ClipGradients().TotalNorm);")]
    [InlineData("Lenient model", "{|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};", "_ = model.ClipGradients();")]
    [InlineData("torch.nn.Module<torch.Tensor, torch.Tensor> model", "{|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|};",
        "Gradients.Clip(model);")]
    // A norm of another order, or of some parameters only, is not the limit that the model declares.
    [InlineData("Net model", "{|CLIP013:torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, 1.0)|};",
        "TorchGradients.ClipNorm(model.parameters(), 1.0, 1.0);")]
    [InlineData("Net model", "{|CLIP013:torch.nn.utils.clip_grad_value_(model.parameters(), 1.0)|};",
        "TorchGradients.ClipValue(model.parameters(), 1.0);")]
    public Task The_limit_that_the_model_declares(string parameter, string source, string @fixed) => VerifyAsync(
        Declared(parameter, source), Declared(parameter, @fixed), hasAdapter: true);

    [Theory]
    [InlineData("clip_grad_norm_", "'clip_grad_norm_' loses digits, overflows, and spreads a NaN to all gradients; "
        + "TorchGradients.ClipNorm does not")]
    [InlineData("clip_grad_value_", "'clip_grad_value_' keeps a NaN and does not report it; TorchGradients.ClipValue names the parameter "
        + "that holds one")]
    public async Task The_message_is_true_of_each_function(string function, string message)
    {
        Compilation compilation = AnalyzerHarness.Compile(
            $"class T {{ void M(TorchSharp.torch.nn.Module m) => TorchSharp.torch.nn.utils.{function}(m.parameters(), 1.0); }}",
            [.. AnalyzerHarness.Framework, AnalyzerHarness.ClipGen, AnalyzerHarness.RealTorchSharp, AnalyzerHarness.ClipGenTorchSharp]);
        Assert.Equal(message, Assert.Single(await AnalyzerHarness.AnalyzeAsync(compilation, [new TorchClipAnalyzer()])).GetMessage());
    }

    private static string Tested(string statements, string import) => $$"""
        using System;
        using System.Collections.Generic;
        {{import}}using TorchSharp;

        class Training
        {
            private readonly List<double> _norms = [];
            private double _last, _sum;

            private static bool IsBad(double norm) => double.IsNaN(norm);

            void Step(torch.nn.Module model)
            {
                {{statements}}
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
